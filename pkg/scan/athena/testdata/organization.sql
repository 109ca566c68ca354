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
  AND "awsregion" IN ('us-east-1', 'eu-west-1')
  AND ("recipientaccountid" = '111122223333' OR "recipientaccountid" IS NULL)
  AND "account" = '111122223333'
  AND "region" IN ('us-east-1', 'eu-west-1')
  AND "timestamp" >= '2026/10/25'
