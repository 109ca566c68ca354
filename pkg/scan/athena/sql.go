package athena

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"whydenied/pkg/scan/engine"
)

// selected is one column of the answer: the field of a record that it fills,
// and the expression that gives it.
type selected struct{ field, expression string }

// texts are the columns that hold one text each, in the order of a record.
var texts = []struct{ field, column string }{
	{engine.EventID, "eventid"},
	{engine.RequestID, "requestid"},
	{engine.EventTime, "eventtime"},
	{engine.Region, "awsregion"},
	{engine.Account, "recipientaccountid"},
	{engine.ErrorCode, "errorcode"},
	{engine.ErrorMessage, "errormessage"},
	{engine.SourceIP, "sourceipaddress"},
	{engine.UserAgent, "useragent"},
	{engine.VPCEndpoint, "vpcendpointid"},
	{engine.RequestParameters, "requestparameters"},
	{engine.Additional, "additionaleventdata"},
}

// users are the members of useridentity.
var users = []struct{ field, member string }{
	{engine.IdentityType, "type"},
	{engine.PrincipalID, "principalid"},
	{engine.UserName, "username"},
	{engine.Provider, "identityprovider"},
}

// columns are what a query of this table selects, and what of a record the
// table has no column for.
func (s *Source) columns(d definition) (list []selected, missing []string, err error) {
	for _, name := range []string{"eventsource", "eventname", "eventtime"} {
		if d.columns[name] == "" {
			return nil, nil, fmt.Errorf("athena table %q is no table of CloudTrail logs: it has no column %s", s.name(), name)
		}
	}
	for _, t := range texts {
		kind := d.columns[t.column]
		switch {
		case kind == "":
			missing = append(missing, t.column)
		case t.column == "eventtime" && strings.HasPrefix(kind, "timestamp"):
			list = append(list, selected{t.field, `date_format("eventtime", '%Y-%m-%dT%H:%i:%sZ')`})
		case !isText(kind):
			return nil, nil, s.unlike(t.column, kind, "string")
		default:
			list = append(list, selected{t.field, engine.Name(t.column)})
		}
	}
	members := fields(d.columns["useridentity"])
	if kind := d.columns["useridentity"]; kind != "" && members == nil {
		return nil, nil, s.unlike("useridentity", kind, "a struct")
	}
	for _, u := range users {
		if !isText(members[u.member]) {
			missing = append(missing, "useridentity."+u.member)
			continue
		}
		list = append(list, selected{u.field, `"useridentity".` + engine.Name(u.member)})
	}
	for _, nested := range []selected{{engine.Resources, resources(d)}, {engine.TLS, tls(d)}} {
		if nested.expression == "" {
			missing = append(missing, strings.ToLower(nested.field))
			continue
		}
		list = append(list, nested)
	}
	return list, missing, nil
}

// resources gives the list as JSON. A cast of a struct would do so with names in
// lower case, and in older engines without any.
func resources(d definition) string {
	kind := d.columns["resources"]
	if isText(kind) {
		return `"resources"`
	}
	element, _ := inside(kind, "array")
	object := jsonObject(fields(element), `r.`, "ARN", "accountId", "type")
	if object == "" {
		return ""
	}
	return `json_format(CAST(transform("resources", r -> ` + object + `) AS JSON))`
}

// tls gives JSON, and NULL where the record has none.
func tls(d definition) string {
	kind := d.columns["tlsdetails"]
	if isText(kind) {
		return `"tlsdetails"`
	}
	object := jsonObject(fields(kind), `"tlsdetails".`, "clientProvidedHostHeader")
	if object == "" {
		return ""
	}
	return `IF("tlsdetails" IS NULL, NULL, json_format(CAST(` + object + ` AS JSON)))`
}

// jsonObject makes a map of those members that a struct has, under CloudTrail's
// names for them.
func jsonObject(members map[string]string, of string, names ...string) string {
	names = slices.DeleteFunc(names, func(name string) bool { return !isText(members[strings.ToLower(name)]) })
	if len(names) == 0 {
		return ""
	}
	values := make([]string, len(names))
	for i, name := range names {
		values[i] = of + engine.Name(strings.ToLower(name))
	}
	return "MAP(ARRAY[" + strings.Join(engine.Quoted(names), ", ") + "], ARRAY[" + strings.Join(values, ", ") + "])"
}

// statement is the query for some expressions. The conditions on partitions
// stand last, so that a person sees at the end what is scanned.
func (s *Source) statement(expressions string, conditions []string) string {
	return "SELECT " + expressions +
		"\nFROM " + engine.Name(s.database) + "." + engine.Name(s.table) +
		"\nWHERE " + strings.Join(conditions, "\n  AND ") + "\n"
}

func expressions(list []selected) string {
	var b strings.Builder
	for i, column := range list {
		if i > 0 {
			b.WriteString(",")
		}
		b.WriteString("\n  " + column.expression)
	}
	return strings.TrimPrefix(b.String(), "\n  ")
}

// moments gives the literals for eventtime: CloudTrail's own text, which sorts
// as time does, or a timestamp where somebody made one of it.
func moments(d definition) func(time.Time) string {
	if strings.HasPrefix(d.columns["eventtime"], "timestamp") {
		return func(t time.Time) string { return "TIMESTAMP '" + whole(t).Format("2006-01-02 15:04:05") + "'" }
	}
	return func(t time.Time) string { return engine.Quote(whole(t).Format(time.RFC3339)) }
}

// whole is t in whole seconds, which is what records have. A bound between two
// seconds is the later one, for both ends.
func whole(t time.Time) time.Time {
	t = t.UTC()
	if down := t.Truncate(time.Second); !down.Equal(t) {
		return down.Add(time.Second)
	}
	return t
}
