SELECT json_format(CAST(MAP(
  ARRAY['eventID', 'requestID', 'eventTime', 'awsRegion', 'recipientAccountId', 'errorCode', 'errorMessage', 'sourceIPAddress', 'userAgent', 'vpcEndpointId', 'type', 'principalId', 'userName', 'identityProvider', 'requestParameters', 'additionalEventData', 'resources', 'tlsDetails'],
  ARRAY[
    eventid,
    requestid,
    CAST(eventtime AS varchar),
    awsregion,
    recipientaccountid,
    errorcode,
    errormessage,
    sourceipaddress,
    useragent,
    vpcendpointid,
    useridentity.type,
    useridentity.principalid,
    useridentity.username,
    useridentity.identityprovider,
    json_format(CAST(requestparameters AS JSON)),
    json_format(CAST(additionaleventdata AS JSON)),
    json_format(CAST(transform(resources, r -> MAP(ARRAY['ARN', 'accountId', 'type'], ARRAY[r.arn, r.accountid, r.type])) AS JSON)),
    IF(tlsdetails IS NULL, NULL, json_format(CAST(MAP(ARRAY['clientProvidedHostHeader'], ARRAY[tlsdetails.clientprovidedhostheader]) AS JSON)))
  ]) AS JSON)) AS record
FROM 5d1f0c6a-1f0b-4a53-9d5e-3c2b1a0f9e8d
WHERE eventsource = 'sts.amazonaws.com'
  AND eventname = 'AssumeRoleWithWebIdentity'
  AND eventtime >= TIMESTAMP '2026-10-01 00:00:01'
  AND eventtime < TIMESTAMP '2026-10-08 00:00:00'
  AND awsregion = 'eu-west-1'
  AND (recipientaccountid IN ('111122223333', '444455556666') OR recipientaccountid IS NULL)
