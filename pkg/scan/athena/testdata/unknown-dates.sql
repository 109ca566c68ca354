SELECT "eventid",
  "requestid",
  "eventtime",
  "awsregion",
  "recipientaccountid",
  "errorcode",
  "errormessage",
  "sourceipaddress",
  "useragent",
  "vpcendpointid",
  "requestparameters",
  "additionaleventdata",
  "useridentity"."type",
  "useridentity"."principalid",
  "useridentity"."username",
  "useridentity"."identityprovider",
  json_format(CAST(transform("resources", r -> MAP(ARRAY['ARN', 'accountId', 'type'], ARRAY[r."arn", r."accountid", r."type"])) AS JSON)),
  IF("tlsdetails" IS NULL, NULL, json_format(CAST(MAP(ARRAY['clientProvidedHostHeader'], ARRAY["tlsdetails"."clientprovidedhostheader"]) AS JSON)))
FROM "logs"."trail"
WHERE "eventsource" = 'sts.amazonaws.com'
  AND "eventname" = 'AssumeRoleWithWebIdentity'
  AND "eventtime" >= '2026-10-26T09:30:00Z'
  AND "eventtime" < '2026-11-01T09:30:00Z'

-- the table logs.trail has no partition by time that is understood, so that all of it is scanned, whatever time is asked for; see docs/scan-engines.md
