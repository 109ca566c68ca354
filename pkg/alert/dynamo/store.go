// Package dynamo keeps incidents in one DynamoDB table: an [alert.Store] for
// many instances of a function at once.
//
// The table's keys are pk and sk, both strings; its TTL attribute is expires,
// in seconds since 1970. Everything of a change is written in one transaction:
//
//	pk                    sk             attributes
//	incident#<id>         incident       version, body (JSON: text, or gzip where it is large)
//	event#<event>         event          incident
//	name#<name>           name           incident
//	count#<counter>       count          n
//	due#2026-11-24T14     <incident id>
//	list#<list>           <incident id>
//
// DynamoDB removes an item within days of its time, not at it, so what is past
// its time is read as absent and may be replaced. Nothing is ever scanned.
//
// The calls are GetItem, Query and TransactWriteItems, which IAM judges by
// what is in it: dynamodb:PutItem and dynamodb:UpdateItem.
package dynamo

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"whydenied/pkg/alert"
)

// API are the calls of DynamoDB that are made. A *dynamodb.Client has them.
type API interface {
	GetItem(context.Context, *dynamodb.GetItemInput, ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error)
	Query(context.Context, *dynamodb.QueryInput, ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error)
	TransactWriteItems(context.Context, *dynamodb.TransactWriteItemsInput, ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error)
}

// Config is what a store needs.
type Config struct {
	Table string // name or ARN
	// Client makes the client, when it is first needed. It is called again
	// after an error, else never.
	Client func(context.Context) (API, error)
	Now    func() time.Time // nil for time.Now
}

// Store is an [alert.Store] in a table. Its errors name the call and the
// table, and the permission that is missing.
type Store struct {
	table  string
	client func(context.Context) (API, error)
	now    func() time.Time

	mutex sync.Mutex
	api   API
}

var _ alert.Store = (*Store)(nil)

// New makes a store. It calls nothing yet.
func New(config Config) *Store {
	now := config.Now
	if now == nil {
		now = time.Now
	}
	return &Store{table: config.Table, client: config.Client, now: now}
}

// Counted is the incident in which an event was counted, "" for none.
func (s *Store) Counted(ctx context.Context, event string) (string, error) {
	item, err := s.read(ctx, key("event", event))
	return text(item, "incident"), err
}

// Named is the incident that a name leads to, "" for none.
func (s *Store) Named(ctx context.Context, name string) (string, error) {
	item, err := s.read(ctx, key("name", name))
	return text(item, "incident"), err
}

// Incident reads one; the zero Incident where there is none of this ID.
func (s *Store) Incident(ctx context.Context, id string) (alert.Incident, error) {
	item, err := s.read(ctx, key("incident", id))
	if err != nil || item == nil {
		return alert.Incident{}, err
	}
	in, err := decode(item["body"])
	if err != nil {
		return alert.Incident{}, fmt.Errorf("incident %q of table %q: %w", id, s.table, err)
	}
	return in, nil
}

// Due are the incidents that were to be looked at in an hour, in the order of
// their IDs.
func (s *Store) Due(ctx context.Context, hour time.Time) ([]string, error) {
	return s.partition(ctx, dueKey(hour))
}

// Listed are the incidents on a list, in the order of their IDs.
func (s *Store) Listed(ctx context.Context, list string) ([]string, error) {
	return s.partition(ctx, key("list", list)["pk"])
}

// partition reads the sort keys of a partition whose items are not past their
// time.
func (s *Store) partition(ctx context.Context, pk types.AttributeValue) ([]string, error) {
	api, err := s.open(ctx)
	if err != nil {
		return nil, err
	}
	pages := dynamodb.NewQueryPaginator(api, &dynamodb.QueryInput{
		TableName:                 &s.table,
		ConsistentRead:            aws.Bool(true),
		KeyConditionExpression:    aws.String("pk = :pk"),
		ExpressionAttributeValues: item{":pk": pk},
	})
	var ids []string
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, s.failed("Query", err)
		}
		for _, entry := range page.Items {
			if s.isLive(entry) {
				ids = append(ids, text(entry, "sk"))
			}
		}
	}
	return ids, nil
}

// read gets an item, nil where there is none or it is past its time. The read
// is strongly consistent: what was saved before is seen.
func (s *Store) read(ctx context.Context, key item) (item, error) {
	api, err := s.open(ctx)
	if err != nil {
		return nil, err
	}
	out, err := api.GetItem(ctx, &dynamodb.GetItemInput{TableName: &s.table, Key: key, ConsistentRead: aws.Bool(true)})
	if err != nil {
		return nil, s.failed("GetItem", err)
	}
	if !s.isLive(out.Item) {
		return nil, nil
	}
	return out.Item, nil
}

func (s *Store) isLive(it item) bool {
	if len(it) == 0 {
		return false
	}
	expires, ok := it["expires"].(*types.AttributeValueMemberN)
	if !ok {
		return true // it has no time
	}
	second, err := strconv.ParseInt(expires.Value, 10, 64)
	return err != nil || second > s.now().Unix()
}

// open makes the client, once.
func (s *Store) open(ctx context.Context) (API, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.api != nil {
		return s.api, nil
	}
	if s.client == nil {
		return nil, errors.New("the incident table has no DynamoDB client")
	}
	api, err := s.client(ctx)
	if err != nil {
		return nil, fmt.Errorf("table %q: no DynamoDB client: %w", s.table, err)
	}
	s.api = api
	return api, nil
}
