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
  AND "eventtime" >= '2024-11-30T00:00:00Z'
  AND (("year" = '2024' AND (("month" = '11' AND "day" IN ('29', '30'))
    OR ("month" = '12')))
    OR ("year" = '2026' AND (("month" = '11' AND "day" IN ('01', '1', '02', '2', '03', '3'))
    OR ("month" IN ('01', '1', '02', '2', '03', '3', '04', '4', '05', '5', '06', '6', '07', '7', '08', '8', '09', '9', '10'))))
    OR ("year" = '2025'))
