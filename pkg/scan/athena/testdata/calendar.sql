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
  AND "eventtime" >= '2026-07-30T09:30:00Z'
  AND "eventtime" < '2026-10-02T09:30:00Z'
  AND "awsregion" = 'us-east-1'
  AND "region" = 'us-east-1'
  AND (("year" = '2026' AND (("month" IN ('07', '7') AND "day" IN ('29', '30', '31'))
    OR ("month" = '10' AND "day" IN ('01', '1', '02', '2', '03', '3'))
    OR ("month" IN ('08', '8', '09', '9')))))
