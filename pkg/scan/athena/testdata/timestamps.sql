SELECT "eventid",
  "requestid",
  date_format("eventtime", '%Y-%m-%dT%H:%i:%sZ'),
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
  "resources",
  "tlsdetails"
FROM "logs"."trail"
WHERE "eventsource" = 'sts.amazonaws.com'
  AND "eventname" = 'AssumeRoleWithWebIdentity'
  AND "eventtime" >= TIMESTAMP '2026-10-26 09:30:00'
  AND "eventtime" < TIMESTAMP '2026-11-01 09:30:00'

-- the table logs.trail has no partition by time that is understood, so that all of it is scanned, whatever time is asked for; see docs/scan-engines.md
