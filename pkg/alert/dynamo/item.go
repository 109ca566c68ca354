package dynamo

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

type item = map[string]types.AttributeValue

// maxKey is how long a name may be to stand in a key as it is. DynamoDB takes
// partition keys of 2048 bytes.
const maxKey = 1000

// hashed marks a name that stands in a key as its SHA-256.
const hashed = "sha256:"

// key is the primary key of what has a name of its own. Keys are UTF-8 and
// short; any other name, which a caller may have had a hand in, goes in by its
// hash, so that two names never share a key.
func key(kind, name string) item {
	if len(name) > maxKey || !utf8.ValidString(name) || strings.HasPrefix(name, hashed) ||
		strings.ContainsFunc(name, unicode.IsControl) {
		sum := sha256.Sum256([]byte(name))
		name = hashed + hex.EncodeToString(sum[:])
	}
	return item{"pk": str(kind + "#" + name), "sk": str(kind)}
}

// dueKey is the partition of an hour of UTC.
func dueKey(at time.Time) types.AttributeValue {
	return str("due#" + at.UTC().Format("2006-01-02T15"))
}

// expire gives an item the time from which on it may be removed. A part of a
// second counts as a whole one: nothing is forgotten too early.
func expire(it item, at time.Time) item {
	if at.IsZero() {
		return it
	}
	second := at.Unix()
	if at.Nanosecond() > 0 {
		second++
	}
	it["expires"] = num(second)
	return it
}

func str(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

func num(n int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(n, 10)}
}

// text is an attribute that is a string, "" where it is none.
func text(it item, name string) string {
	if s, ok := it[name].(*types.AttributeValueMemberS); ok {
		return s.Value
	}
	return ""
}

// size is what DynamoDB counts against its limit of an item: names and values
// (Developer Guide, "DynamoDB item sizes and formats"). A number counts as its
// digits, which is more than it takes.
func size(it item) int {
	n := 0
	for name, value := range it {
		n += len(name)
		switch v := value.(type) {
		case *types.AttributeValueMemberS:
			n += len(v.Value)
		case *types.AttributeValueMemberN:
			n += len(v.Value)
		case *types.AttributeValueMemberB:
			n += len(v.Value)
		}
	}
	return n
}
