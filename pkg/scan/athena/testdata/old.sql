SELECT "eventid",
  "requestid",
  "eventtime",
  "awsregion",
  "recipientaccountid",
  "errorcode",
  "errormessage",
  "sourceipaddress",
  "useragent",
  "requestparameters",
  "additionaleventdata",
  "useridentity"."type",
  "useridentity"."principalid",
  "useridentity"."username",
  json_format(CAST(transform("resources", r -> MAP(ARRAY['ARN', 'accountId', 'type'], ARRAY[r."arn", r."accountid", r."type"])) AS JSON))
FROM "logs"."trail"
WHERE "eventsource" = 'sts.amazonaws.com'
  AND "eventname" = 'AssumeRoleWithWebIdentity'
  AND "eventtime" >= '2026-10-26T09:30:00Z'
  AND "eventtime" < '2026-11-01T09:30:00Z'

-- the table logs.trail has no identityprovider in its useridentity (AWS's own definition has none), so that its rows name no provider, and no audience can be told from the subject: the log files that Athena names have to be read for them; to spare that, create the table again with identityprovider:string in that struct, which touches no log file; see docs/scan-engines.md

-- the table logs.trail has no vpcendpointid, tlsdetails: what these hold is missing in its records

-- the table logs.trail has no partition by time that is understood, so that all of it is scanned, whatever time is asked for; see docs/scan-engines.md
