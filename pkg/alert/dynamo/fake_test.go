package dynamo_test

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

type item = map[string]types.AttributeValue

// table is a DynamoDB table as far as the store uses one. What DynamoDB would
// refuse, and any expression that it does not know, fails the test.
type table struct {
	t *testing.T

	mutex  sync.Mutex
	items  map[[2]string]item
	inUse  map[[2]string]bool // by a transaction that is under way
	tokens map[string]bool    // of the transactions that were made
}

func newTable(t *testing.T) *table {
	return &table{t: t, items: map[[2]string]item{}, inUse: map[[2]string]bool{}, tokens: map[string]bool{}}
}

// conditions are those that the store may set.
var conditions = map[string]func(old, values item) bool{
	"attribute_not_exists(pk) OR expires <= :now": func(old, values item) bool {
		return old == nil || compared(old, "expires", values[":now"], atMost)
	},
	"version = :version AND (attribute_not_exists(expires) OR expires > :now)": func(old, values item) bool {
		return compared(old, "version", values[":version"], equal) &&
			(old["expires"] == nil || compared(old, "expires", values[":now"], above))
	},
	"incident = :was OR attribute_not_exists(pk) OR expires <= :now": func(old, values item) bool {
		led := text(old["incident"])
		return led != "" && led == text(values[":was"]) ||
			old == nil || compared(old, "expires", values[":now"], atMost)
	},
	"attribute_not_exists(n) OR n < :limit": func(old, values item) bool {
		return old["n"] == nil || compared(old, "n", values[":limit"], below)
	},
	"n < :limit": func(old, values item) bool { return compared(old, "n", values[":limit"], below) },
}

func atMost(order int) bool { return order <= 0 }
func above(order int) bool  { return order > 0 }
func below(order int) bool  { return order < 0 }
func equal(order int) bool  { return order == 0 }

// compared says whether a number is there and holds against another.
func compared(old item, name string, value types.AttributeValue, holds func(int) bool) bool {
	return old[name] != nil && holds(cmp.Compare(number(old[name]), number(value)))
}

// number is the value of an attribute that is one; anything else ends the test.
func number(v types.AttributeValue) int64 {
	attribute, is := v.(*types.AttributeValueMemberN)
	if !is {
		panic(fmt.Sprintf("expected a number, got %#v", v))
	}
	n, err := strconv.ParseInt(attribute.Value, 10, 64)
	if err != nil {
		panic(err)
	}
	return n
}

// text is the value of an attribute that is a string, "" of any other.
func text(v types.AttributeValue) string {
	if attribute, is := v.(*types.AttributeValueMemberS); is {
		return attribute.Value
	}
	return ""
}

func (tb *table) GetItem(ctx context.Context, in *dynamodb.GetItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if !aws.ToBool(in.ConsistentRead) {
		tb.t.Error("GetItem may read what is old")
	}
	tb.mutex.Lock()
	defer tb.mutex.Unlock()
	return &dynamodb.GetItemOutput{Item: tb.items[tb.key(in.TableName, in.Key)]}, nil
}

// Query gives two items a page.
func (tb *table) Query(ctx context.Context, in *dynamodb.QueryInput, _ ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if got := aws.ToString(in.KeyConditionExpression); got != "pk = :pk" {
		tb.t.Errorf("unknown expression %q", got)
	}
	tb.uses(in.ExpressionAttributeValues, in.KeyConditionExpression)
	pk := text(in.ExpressionAttributeValues[":pk"])
	var after [2]string
	if in.ExclusiveStartKey != nil {
		after = tb.key(in.TableName, in.ExclusiveStartKey)
	}
	tb.mutex.Lock()
	defer tb.mutex.Unlock()
	var found [][2]string
	for key := range tb.items {
		if key[0] == pk && key[1] > after[1] {
			found = append(found, key)
		}
	}
	slices.SortFunc(found, func(a, b [2]string) int { return cmp.Compare(a[1], b[1]) })
	out := &dynamodb.QueryOutput{}
	for _, key := range found[:min(2, len(found))] {
		out.Items = append(out.Items, tb.items[key])
		if len(found) > 2 {
			out.LastEvaluatedKey = keyOf(tb.items[key])
		}
	}
	return out, nil
}

func (tb *table) TransactWriteItems(ctx context.Context, in *dynamodb.TransactWriteItemsInput, _ ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	token := aws.ToString(in.ClientRequestToken)
	if len(token) < 1 || len(token) > 36 {
		tb.t.Errorf("a token of %d characters, want 1 to 36", len(token))
	}
	var keys [][2]string
	for _, part := range in.TransactItems {
		keys = append(keys, tb.check(part))
	}
	if len(keys) > 100 || len(slices.Compact(slices.SortedFunc(slices.Values(keys), order))) != len(keys) {
		tb.t.Errorf("a transaction of %d items takes one twice, or too many: %q", len(keys), keys)
	}
	conflicts, free := tb.enter(keys)
	defer tb.leave(free)
	runtime.Gosched() // so that others come in between
	return &dynamodb.TransactWriteItemsOutput{}, tb.commit(in, token, keys, conflicts)
}

// enter takes the items that no other transaction is at, and says which are
// not among them.
func (tb *table) enter(keys [][2]string) (conflicts []bool, taken [][2]string) {
	tb.mutex.Lock()
	defer tb.mutex.Unlock()
	for _, key := range keys {
		conflicts = append(conflicts, tb.inUse[key])
		if !tb.inUse[key] {
			tb.inUse[key] = true
			taken = append(taken, key)
		}
	}
	return conflicts, taken
}

func (tb *table) leave(keys [][2]string) {
	tb.mutex.Lock()
	defer tb.mutex.Unlock()
	for _, key := range keys {
		delete(tb.inUse, key)
	}
}

func (tb *table) commit(in *dynamodb.TransactWriteItemsInput, token string, keys [][2]string, conflicts []bool) error {
	tb.mutex.Lock()
	defer tb.mutex.Unlock()
	if tb.tokens[token] {
		return nil
	}
	canceled := false
	reasons := make([]types.CancellationReason, len(keys))
	for i, part := range in.TransactItems {
		code := "None"
		switch condition, values := conditionOf(part); {
		case conflicts[i]:
			code = "TransactionConflict"
		case condition != nil && conditions[*condition] != nil && !conditions[*condition](tb.items[keys[i]], values):
			code = "ConditionalCheckFailed"
		}
		reasons[i].Code = &code
		canceled = canceled || code != "None"
	}
	if canceled {
		return &types.TransactionCanceledException{CancellationReasons: reasons}
	}
	tb.tokens[token] = true
	for i, part := range in.TransactItems {
		if part.Put != nil {
			tb.items[keys[i]] = part.Put.Item
		} else {
			tb.items[keys[i]] = tb.updated(tb.items[keys[i]], part.Update)
		}
	}
	return nil
}

// updated is an item after an update.
func (tb *table) updated(old item, up *types.Update) item {
	it := item{}
	for _, from := range []item{up.Key, old} {
		for name, value := range from {
			it[name] = value
		}
	}
	switch aws.ToString(up.UpdateExpression) {
	case "ADD n :one SET expires = :expires":
		it["expires"] = up.ExpressionAttributeValues[":expires"]
	case "ADD n :one":
	default:
		tb.t.Errorf("unknown expression %q", *up.UpdateExpression)
	}
	n := number(up.ExpressionAttributeValues[":one"])
	if old["n"] != nil {
		n += number(old["n"])
	}
	it["n"] = &types.AttributeValueMemberN{Value: fmt.Sprint(n)}
	return it
}

// check is the key of a part of a transaction that DynamoDB would take.
func (tb *table) check(part types.TransactWriteItem) [2]string {
	condition, values := conditionOf(part)
	if condition != nil && conditions[*condition] == nil {
		tb.t.Errorf("unknown expression %q", *condition)
	}
	switch {
	case part.Put != nil:
		tb.uses(values, condition)
		bytes := 0
		for name, value := range part.Put.Item {
			bytes += len(name) + tb.length(value)
		}
		if bytes > 400<<10 {
			tb.t.Errorf("an item of %d bytes, want at most 400 KB", bytes)
		}
		return tb.key(part.Put.TableName, keyOf(part.Put.Item))
	case part.Update != nil:
		tb.uses(values, condition, part.Update.UpdateExpression)
		return tb.key(part.Update.TableName, part.Update.Key)
	}
	tb.t.Error("a part of a transaction that is neither Put nor Update")
	return [2]string{}
}

func conditionOf(part types.TransactWriteItem) (*string, item) {
	if part.Put != nil {
		return part.Put.ConditionExpression, part.Put.ExpressionAttributeValues
	}
	return part.Update.ConditionExpression, part.Update.ExpressionAttributeValues
}

var placeholder = regexp.MustCompile(`:\w+`)

// uses checks that the expressions name each value, and no other.
func (tb *table) uses(values item, expressions ...*string) {
	named := map[string]bool{}
	for _, expression := range expressions {
		for _, name := range placeholder.FindAllString(aws.ToString(expression), -1) {
			named[name] = true
			if values[name] == nil {
				tb.t.Errorf("no value for %s in %q", name, *expression)
			}
		}
	}
	if len(named) != len(values) {
		tb.t.Errorf("%d values, of which %d are used", len(values), len(named))
	}
}

func (tb *table) key(name *string, key item) [2]string {
	if aws.ToString(name) != "incidents" || len(key) != 2 {
		tb.t.Errorf("table %q, key of %d attributes", aws.ToString(name), len(key))
	}
	var out [2]string
	for i, part := range []string{"pk", "sk"} {
		value, is := key[part].(*types.AttributeValueMemberS)
		if !is || value.Value == "" || len(value.Value) > 2048>>i {
			tb.t.Errorf("key %s is none of 1 to %d bytes: %v", part, 2048>>i, key[part])
			continue
		}
		tb.length(value)
		out[i] = value.Value
	}
	return out
}

func (tb *table) length(value types.AttributeValue) int {
	switch v := value.(type) {
	case *types.AttributeValueMemberS:
		if !utf8.ValidString(v.Value) {
			tb.t.Errorf("a string that is no UTF-8: %q", v.Value)
		}
		return len(v.Value)
	case *types.AttributeValueMemberB:
		return len(v.Value)
	case *types.AttributeValueMemberN:
		return len(fmt.Sprint(number(v)))
	}
	tb.t.Errorf("an attribute of type %T", value)
	return 0
}

func keyOf(it item) item { return item{"pk": it["pk"], "sk": it["sk"]} }

func order(a, b [2]string) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) }
