package lake

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
)

// API are the calls of CloudTrail that are made. [*cloudtrail.Client] has them.
type API interface {
	StartQuery(context.Context, *cloudtrail.StartQueryInput, ...func(*cloudtrail.Options)) (*cloudtrail.StartQueryOutput, error)
	DescribeQuery(context.Context, *cloudtrail.DescribeQueryInput, ...func(*cloudtrail.Options)) (*cloudtrail.DescribeQueryOutput, error)
	GetQueryResults(context.Context, *cloudtrail.GetQueryResultsInput, ...func(*cloudtrail.Options)) (*cloudtrail.GetQueryResultsOutput, error)
	CancelQuery(context.Context, *cloudtrail.CancelQueryInput, ...func(*cloudtrail.Options)) (*cloudtrail.CancelQueryOutput, error)
}

// Tries is how often a call is made that AWS throttles.
const Tries = 10

// Client is the API with an account's credentials, in the region of the store
// where that is known.
func Client(cfg aws.Config, store Store) API {
	return cloudtrail.NewFromConfig(cfg, func(o *cloudtrail.Options) {
		o.RetryMaxAttempts = Tries
		if store.Region != "" {
			o.Region = store.Region
		}
	})
}

// Store is an event data store. Region and Account are empty where only its id
// was given.
type Store struct{ ID, Region, Account string }

var (
	storeID  = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
	storeARN = regexp.MustCompile(`^arn:aws[a-z-]*:cloudtrail:([a-z0-9-]+):([0-9]{12}):eventdatastore/(.+)$`)
)

// ParseStore reads an event data store's ARN or id.
func ParseStore(text string) (Store, error) {
	store := Store{ID: text}
	if parts := storeARN.FindStringSubmatch(text); parts != nil {
		store = Store{ID: parts[3], Region: parts[1], Account: parts[2]}
	}
	store.ID = strings.ToLower(store.ID)
	if !storeID.MatchString(store.ID) {
		return Store{}, fmt.Errorf("event data store %q: expected arn:aws:cloudtrail:REGION:ACCOUNT:eventdatastore/ID, or the ID", text)
	}
	return store, nil
}

// Config says which store is asked.
type Config struct {
	API   API
	Store Store
}

// Source is an event data store.
type Source struct{ c Config }

// New is the source that a Config describes. It calls nothing.
func New(c Config) (*Source, error) {
	if !storeID.MatchString(c.Store.ID) { // it stands in the SQL, where Lake takes no quotation marks
		return nil, fmt.Errorf("event data store %q: expected an ID that ParseStore made", c.Store.ID)
	}
	return &Source{c}, nil
}

// String is the source's place, as positions name it: "lake:" and the store's ID.
func (s *Source) String() string { return "lake:" + s.c.Store.ID }
