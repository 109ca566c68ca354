package athena

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/athena"
)

// API are the calls of Athena that are made. [*athena.Client] has them.
type API interface {
	GetTableMetadata(context.Context, *athena.GetTableMetadataInput, ...func(*athena.Options)) (*athena.GetTableMetadataOutput, error)
	GetWorkGroup(context.Context, *athena.GetWorkGroupInput, ...func(*athena.Options)) (*athena.GetWorkGroupOutput, error)
	StartQueryExecution(context.Context, *athena.StartQueryExecutionInput, ...func(*athena.Options)) (*athena.StartQueryExecutionOutput, error)
	GetQueryExecution(context.Context, *athena.GetQueryExecutionInput, ...func(*athena.Options)) (*athena.GetQueryExecutionOutput, error)
	GetQueryResults(context.Context, *athena.GetQueryResultsInput, ...func(*athena.Options)) (*athena.GetQueryResultsOutput, error)
	StopQueryExecution(context.Context, *athena.StopQueryExecutionInput, ...func(*athena.Options)) (*athena.StopQueryExecutionOutput, error)
}

// Tries is how often a call is made that AWS throttles: Athena allows few calls
// a second, and an account's other queries count.
const Tries = 10

// Client is the API with an account's credentials.
func Client(cfg aws.Config) API {
	return athena.NewFromConfig(cfg, func(o *athena.Options) { o.RetryMaxAttempts = Tries })
}

// Config says which table is asked, and how.
type Config struct {
	API API
	// Table is DATABASE.TABLE.
	Table string
	// Catalog is the data catalog; empty means AwsDataCatalog, which is Glue's.
	Catalog string
	// Workgroup is where the query runs; empty means primary.
	Workgroup string
	// Output is the s3:// address for the query's result; empty means the
	// workgroup's own.
	Output string
	// Reuse is how old a result of the same query may be that is taken instead
	// of asking again, for which nothing is charged. Zero means none.
	Reuse time.Duration
	// Measure adds up what lies below an s3:// prefix, in bytes, for the estimate
	// of the cost. Nil means that nothing is measured.
	Measure func(ctx context.Context, prefix string) (int64, error)
	// Now is the time; nil means the real one.
	Now func() time.Time
}

// Source is a table of CloudTrail logs.
type Source struct {
	c               Config
	database, table string
}

var (
	// Glue takes more characters in names than a person would use for a table
	// (Athena User Guide, "Name databases, tables, and columns").
	tableName     = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_-]{0,254}$`)
	catalogName   = regexp.MustCompile(`^[A-Za-z0-9_@-]{1,256}$`)
	workgroupName = regexp.MustCompile(`^[A-Za-z0-9._-]{1,128}$`)
	s3Address     = regexp.MustCompile(`^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/.*)?$`)
)

// New is the source that a Config describes, or what is wrong with it. It calls
// nothing.
func New(c Config) (*Source, error) {
	database, table, found := strings.Cut(c.Table, ".")
	if !found || !tableName.MatchString(database) || !tableName.MatchString(table) {
		return nil, fmt.Errorf("athena table %q: expected DATABASE.TABLE, of letters, digits, _ and -", c.Table)
	}
	if c.Catalog == "" {
		c.Catalog = "AwsDataCatalog"
	}
	if c.Workgroup == "" {
		c.Workgroup = "primary"
	}
	switch {
	case !catalogName.MatchString(c.Catalog):
		return nil, fmt.Errorf("athena catalog %q: expected letters, digits, _, @ and -", c.Catalog)
	case !workgroupName.MatchString(c.Workgroup):
		return nil, fmt.Errorf("athena workgroup %q: expected letters, digits, ., _ and -", c.Workgroup)
	case c.Output != "" && !s3Address.MatchString(c.Output):
		return nil, fmt.Errorf("output location %q: expected s3://BUCKET/PREFIX/", c.Output)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	// Athena keeps names in lower case, however they are typed.
	return &Source{c: c, database: strings.ToLower(database), table: strings.ToLower(table)}, nil
}

// String is the source's place, as positions name it: "athena:logs.cloudtrail".
func (s *Source) String() string { return "athena:" + s.name() }

func (s *Source) name() string { return s.database + "." + s.table }
