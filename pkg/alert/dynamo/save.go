package dynamo

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"whydenied/pkg/alert"
)

// maxItem is what DynamoDB takes for one item, in bytes.
const maxItem = 400 << 10

// What has to hold of the items for a change to fit. An item without expires
// makes each comparison with it false.
const (
	isAbsent  = "attribute_not_exists(pk) OR expires <= :now"
	isVersion = "version = :version AND (attribute_not_exists(expires) OR expires > :now)"
	// A name that was forgotten since it was read is free for anyone.
	leadsThere = "incident = :was OR attribute_not_exists(pk) OR expires <= :now"
	hasRoom    = "attribute_not_exists(n) OR n < :limit"
	isBelow    = "n < :limit"
)

// Save makes a change whole or not at all: its items go into one transaction,
// each with its condition. The answer is alert.ErrCounted, alert.ErrFull or
// alert.ErrConflict where the change does not fit, in this order; ErrConflict
// also where another transaction was at one of the items at that moment, and
// then the others may not have been looked at.
//
// Each call has a token of its own, by which DynamoDB knows the SDK's further
// tries of it for ten minutes: where an answer was lost, the next try gets it
// again and does not collide with what the first one wrote. Where all tries
// fail with no answer, the change may have been made. Whoever calls Save with
// it once more is then told ErrCounted of an event, or ErrConflict, and finds
// its own change by reading. The token is none made of the change itself: two
// instances that make the same change would both be told that it was theirs.
func (s *Store) Save(ctx context.Context, c alert.Change) error {
	if c.Incident.ID == "" {
		return errors.New("an incident without an ID cannot be saved")
	}
	writes, err := s.writes(&c)
	if err != nil {
		return err
	}
	api, err := s.open(ctx)
	if err != nil {
		return err
	}
	input := &dynamodb.TransactWriteItemsInput{ClientRequestToken: aws.String(rand.Text())}
	for _, w := range writes {
		input.TransactItems = append(input.TransactItems, w.item)
	}
	_, err = api.TransactWriteItems(ctx, input)
	if err == nil {
		return nil
	}
	if misfit := misfit(err, writes); misfit != nil {
		return misfit
	}
	return s.failed("TransactWriteItems", err)
}

// write is a part of a transaction, and what it means that its condition does
// not hold.
type write struct {
	item   types.TransactWriteItem
	misfit error
}

func (s *Store) writes(c *alert.Change) ([]write, error) {
	incident, err := s.incident(c)
	if err != nil {
		return nil, err
	}
	writes := []write{incident}
	id := str(c.Incident.ID)
	if c.Event != "" {
		event := expire(with(key("event", c.Event), "incident", id), c.EventExpires)
		writes = append(writes, write{s.put(event, isAbsent, item{}), alert.ErrCounted})
	}
	if c.Count != (alert.Counter{}) {
		writes = append(writes, write{s.count(c), alert.ErrFull})
	}
	for i, name := range c.Names {
		if slices.Contains(c.Names[:i], name) {
			continue // a transaction takes each item once
		}
		it := expire(with(key("name", name.Name), "incident", id), c.Expires)
		condition, values := isAbsent, item{}
		if name.Was != "" {
			condition, values = leadsThere, item{":was": str(name.Was)}
		}
		writes = append(writes, write{s.put(it, condition, values), alert.ErrConflict})
	}
	if !c.Due.IsZero() {
		due := expire(item{"pk": dueKey(c.Due), "sk": id}, c.Expires)
		writes = append(writes, write{s.put(due, "", nil), nil})
	}
	for i, list := range c.Lists {
		if !slices.Contains(c.Lists[:i], list) {
			entry := expire(item{"pk": key("list", list)["pk"], "sk": id}, c.Expires)
			writes = append(writes, write{s.put(entry, "", nil), nil})
		}
	}
	return writes, nil
}

func (s *Store) incident(c *alert.Change) (write, error) {
	in := c.Incident
	in.Version++
	body, err := encode(in)
	if err != nil {
		return write{}, fmt.Errorf("incident %q: %w", in.ID, err)
	}
	it := expire(with(key("incident", in.ID), "body", body), c.Expires)
	it["version"] = num(in.Version)
	if n := size(it); n > maxItem {
		return write{}, fmt.Errorf("incident %q takes %d bytes in table %q, more than the %d that DynamoDB takes; its report has to be shorter",
			in.ID, n, s.table, maxItem)
	}
	condition, values := isAbsent, item{}
	if c.Incident.Version != 0 {
		condition, values = isVersion, item{":version": num(c.Incident.Version)}
	}
	return write{s.put(it, condition, values), alert.ErrConflict}, nil
}

// put writes an item where a condition holds. Each condition looks at the time.
func (s *Store) put(it item, condition string, values item) types.TransactWriteItem {
	put := &types.Put{TableName: &s.table, Item: it}
	if condition != "" {
		put.ConditionExpression = &condition
		put.ExpressionAttributeValues = with(values, ":now", num(s.now().Unix()))
	}
	return types.TransactWriteItem{Put: put}
}

// count adds one to a counter that is below its limit.
func (s *Store) count(c *alert.Change) types.TransactWriteItem {
	change, condition := "ADD n :one", hasRoom
	if c.Count.Limit < 1 {
		condition = isBelow // a counter that is not there is not below it
	}
	values := item{":one": num(1), ":limit": num(int64(c.Count.Limit))}
	if expires, ok := expire(item{}, c.Expires)["expires"]; ok {
		change += " SET expires = :expires"
		values[":expires"] = expires
	}
	return types.TransactWriteItem{Update: &types.Update{
		TableName: &s.table, Key: key("count", c.Count.Name),
		UpdateExpression: &change, ConditionExpression: &condition, ExpressionAttributeValues: values,
	}}
}

func with(it item, name string, value types.AttributeValue) item {
	it[name] = value
	return it
}
