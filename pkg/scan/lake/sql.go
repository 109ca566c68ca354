package lake

import (
	"strings"
	"time"

	"whydenied/pkg/scan/engine"
)

// column is the name of the only column of the answer.
const column = "record"

// fields are those of a row, and the expressions that give them, all of the type
// varchar.
var fields = []struct{ field, expression string }{
	{engine.EventID, "eventid"},
	{engine.RequestID, "requestid"},
	{engine.EventTime, "CAST(eventtime AS varchar)"},
	{engine.Region, "awsregion"},
	{engine.Account, "recipientaccountid"},
	{engine.ErrorCode, "errorcode"},
	{engine.ErrorMessage, "errormessage"},
	{engine.SourceIP, "sourceipaddress"},
	{engine.UserAgent, "useragent"},
	{engine.VPCEndpoint, "vpcendpointid"},
	{engine.IdentityType, "useridentity.type"},
	{engine.PrincipalID, "useridentity.principalid"},
	{engine.UserName, "useridentity.username"},
	{engine.Provider, "useridentity.identityprovider"},
	{engine.RequestParameters, "json_format(CAST(requestparameters AS JSON))"},
	{engine.Additional, "json_format(CAST(additionaleventdata AS JSON))"},
	{engine.Resources, "json_format(CAST(transform(resources, r -> MAP(ARRAY['ARN', 'accountId', 'type'], ARRAY[r.arn, r.accountid, r.type])) AS JSON))"},
	{engine.TLS, "IF(tlsdetails IS NULL, NULL, json_format(CAST(MAP(ARRAY['clientProvidedHostHeader'], ARRAY[tlsdetails.clientprovidedhostheader]) AS JSON)))"},
}

// statement is the query. A row is one text of JSON, since nothing documents how
// the API tells NULL from an empty text.
func (s *Source) statement(q engine.Query) string {
	names, values := make([]string, len(fields)), make([]string, len(fields))
	for i, f := range fields {
		names[i], values[i] = engine.Quote(f.field), f.expression
	}
	conditions := q.Where(func(name string) string { return name }, moment)
	return "SELECT json_format(CAST(MAP(\n  ARRAY[" + strings.Join(names, ", ") + "],\n  ARRAY[\n    " +
		strings.Join(values, ",\n    ") + "\n  ]) AS JSON)) AS " + column +
		"\nFROM " + s.c.Store.ID +
		"\nWHERE " + strings.Join(conditions, "\n  AND ") + "\n"
}

// moment is a bound of eventtime. Records have whole seconds; a bound between
// two is the later one, for both ends.
func moment(t time.Time) string {
	t = t.UTC()
	if down := t.Truncate(time.Second); !down.Equal(t) {
		t = down.Add(time.Second)
	}
	return "TIMESTAMP '" + t.Format(time.DateTime) + "'"
}
