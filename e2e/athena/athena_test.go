package athena_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"iter"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"whydenied/pkg/scan/athena"
	"whydenied/pkg/scan/engine"
	"whydenied/pkg/scan/engine/enginetest"
	"whydenied/pkg/trail"
)

// layouts are the ways in which people divide such a table.
var layouts = []struct {
	label, reason string
	columns       string
	partitions    string
	values        func(logFile) []string
}{
	{
		"documented", "the table that docs/scan-engines.md advises", "", "",
		func(f logFile) []string { return []string{f.account, f.region, f.day.Format("2006/01/02")} },
	},
	{
		"calendar", "AWS's manual partitions: year, month and day, in text", withProvider(), "account string\nregion string\nyear string\nmonth string\nday string",
		func(f logFile) []string {
			return []string{f.account, f.region, f.day.Format("2006"), f.day.Format("01"), f.day.Format("02")}
		},
	},
	{
		"numbers", "the same in numbers", withProvider(), "year int\nmonth int\nday int\nregion string\naccount string",
		func(f logFile) []string {
			return []string{f.day.Format("2006"), f.day.Format("1"), f.day.Format("2"), f.region, f.account}
		},
	},
	{"whole", "the console's table has no partitions", withProvider(), "", func(logFile) []string { return nil }},
}

var questions = []struct {
	label string
	query engine.Query
}{
	{"all", engine.Query{}},
	{"days", engine.Query{Since: firstDay.AddDate(0, 0, 2), Until: firstDay.AddDate(0, 0, 4).Add(90 * time.Minute)}},
	{"since", engine.Query{Since: firstDay.AddDate(0, 0, 5).Add(7 * time.Hour)}},
	{"one region", engine.Query{Regions: []string{"eu-west-1"}, Until: firstDay.AddDate(0, 0, 3)}},
	{"one account, two regions", engine.Query{Accounts: accounts[1:], Regions: regions[:2], Since: firstDay.AddDate(0, 0, 1)}},
}

func testAthena(t *testing.T, s *trino, archive string, files []logFile) {
	for _, l := range layouts {
		table := enginetest.Table{Columns: columns(l.columns), Partitions: columns(l.partitions)}
		if l.columns == "" {
			table = documented(t)
		}
		lay(t, s, l.label, files, table, l.values)
		whole := int64(0)
		for _, q := range questions {
			t.Run(l.label+"/"+q.label, func(t *testing.T) {
				p := plan(t, s, l.label, table, q.query)
				compare(t, l.reason, wanted(t, archive, files, q.query), found(t, p.Items(t.Context())))
				if whole = max(whole, p.Cost().Bytes); q.label != "all" && len(table.Partitions) > 0 && p.Cost().Bytes >= whole {
					t.Errorf("%s: %d bytes scanned of %d, so that nothing was pruned by\n%s", l.reason, p.Cost().Bytes, whole, p.SQL)
				}
			})
		}
	}
	for label, text := range map[string]string{"current": awsColumns, "old": oldColumns} {
		table := enginetest.Table{Columns: columns(text)}
		lay(t, s, label, files, table, func(logFile) []string { return nil })
		t.Run("AWS's own definition, "+label, func(t *testing.T) { lacking(t, s, label, table, archive, files) })
	}
}

// lacking holds a table without the provider to what it may say: every call and
// no provider; and the files that it names to hold all of them, whole.
func lacking(t *testing.T, s *trino, name string, table enginetest.Table, archive string, files []logFile) {
	q := engine.Query{Since: firstDay.AddDate(0, 0, 2), Regions: regions[:1]}
	p := plan(t, s, name, table, q)
	if p.Whole || len(p.Notes) == 0 || !strings.Contains(p.Notes[0], "identityprovider") {
		t.Errorf("got notes %q, want one that names identityprovider", p.Notes)
	}
	want, got := wanted(t, archive, files, q), found(t, p.Items(t.Context()))
	if len(want) != len(got) {
		t.Errorf("got %d calls, want %d", len(got), len(want))
	}
	for _, it := range got {
		if it.Denial.Provider.Known || it.Denial.Audience.Known {
			t.Fatalf("got a provider from a table without: %+v", it.Denial)
		}
	}
	named := map[string]bool{}
	for file, err := range p.Files(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		named[strings.TrimPrefix(file, "local:///"+name+"/")] = true
	}
	var chosen []logFile
	for _, f := range files {
		if named[f.name] {
			chosen = append(chosen, f)
		}
	}
	if len(chosen) != len(named) || len(chosen) == len(files) {
		t.Errorf("Files names %d files, of which the archive has %d of its %d", len(named), len(chosen), len(files))
	}
	compare(t, "the files that are named hold all calls", want, wanted(t, archive, chosen, q))
}

// plan is what Athena would be asked, with Trino to answer.
func plan(t *testing.T, s *trino, name string, table enginetest.Table, q engine.Query) *athena.Plan {
	t.Helper()
	api := &enginetest.Athena{Table: table, Workgroup: map[string]any{
		"Name": "primary", "State": "ENABLED", "Configuration": map[string]any{"ResultConfiguration": map[string]any{"OutputLocation": "s3://results/"}},
	}}
	api.Run, api.Page = s.answer, 300
	source, err := athena.New(athena.Config{API: athena.Client(api.Config()), Table: "logs." + name, Now: func() time.Time { return firstDay.AddDate(0, 0, 20) }})
	if err != nil {
		t.Fatal(err)
	}
	p, err := source.Plan(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// answer runs SQL as it is.
func (s *trino) answer(sql string) (enginetest.Answer, error) {
	r, err := s.run(sql)
	a := enginetest.Answer{Columns: r.columns, Scanned: r.scanned}
	for _, row := range r.rows {
		values := make([]*string, len(row))
		for i, v := range row {
			if text, ok := v.(string); ok {
				values[i] = &text
			} else if v != nil {
				return a, fmt.Errorf("the column %s is no text: %v", r.columns[i], v)
			}
		}
		a.Rows = append(a.Rows, values)
	}
	return a, err
}

// call is an item without its place, which cannot be the same, and as a key to
// sort by.
type call struct {
	ID     string
	Kind   string
	Denial trail.Denial
}

func found(t *testing.T, items iter.Seq2[trail.Item, error]) []call {
	t.Helper()
	var calls []call
	for it, err := range items {
		if err != nil {
			t.Fatal(err)
		}
		_, id, _ := strings.Cut(it.Pos.Path, "eventID ")
		calls = append(calls, call{id, it.Kind.String(), it.Denial})
	}
	return sorted(calls)
}

// wanted is what pkg/trail finds in the log files themselves. A malformed record
// is judged by what the generator wrote.
func wanted(t *testing.T, archive string, files []logFile, q engine.Query) []call {
	t.Helper()
	var calls []call
	for _, f := range files {
		items := read(t, filepath.Join(archive, f.name))
		if len(items) != len(f.records) {
			t.Fatalf("%s: read %d records of %d", f.name, len(items), len(f.records))
		}
		for i, it := range items {
			if it.Kind == trail.KindOther || !within(f, f.records[i], q) {
				continue
			}
			id, _ := f.records[i]["eventID"].(string)
			calls = append(calls, call{id, it.Kind.String(), it.Denial})
		}
	}
	return sorted(calls)
}

// within tells whether a record is asked for. One without an account is the
// folder's: so its resources say.
func within(f logFile, record map[string]any, q engine.Query) bool {
	text := func(key string) string { v, _ := record[key].(string); return v }
	at, err := time.Parse(time.RFC3339, text("eventTime"))
	account := cmp.Or(text("recipientAccountId"), f.account)
	return err == nil && (q.Since.IsZero() || !at.Before(q.Since)) && (q.Until.IsZero() || at.Before(q.Until)) &&
		(len(q.Regions) == 0 || slices.Contains(q.Regions, text("awsRegion"))) &&
		(len(q.Accounts) == 0 || slices.Contains(q.Accounts, account))
}

func sorted(calls []call) []call {
	slices.SortFunc(calls, func(a, b call) int { return strings.Compare(a.ID, b.ID) })
	return calls
}

// compare holds the calls to each other one by one, and says how many groups of
// denials they make.
func compare(t *testing.T, reason string, want, got []call) {
	t.Helper()
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-files +engine):\n%.4000s", reason, diff)
	}
	groups, denied, malformed := map[string]int{}, 0, 0
	for _, c := range got {
		switch c.Kind {
		case "denied":
			denied++
			key, _ := json.Marshal([]string{c.Denial.RoleARN.Value, c.Denial.Provider.Value, c.Denial.Subject.Value, c.Denial.ErrorCode})
			groups[string(key)]++
		case "malformed":
			malformed++
		}
	}
	t.Logf("%d calls, %d of them denied, in %d groups; %d malformed", len(got), denied, len(groups), malformed)
}
