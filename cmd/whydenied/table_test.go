package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"whydenied/pkg/alert"
	"whydenied/pkg/alert/dynamo"
	"whydenied/pkg/evidence"
	"whydenied/pkg/explain"
	"whydenied/pkg/trail"
)

// stubTable is DynamoDB with one table, by its JSON protocol. Conditions are not
// looked at: the scripts write one after the other.
type stubTable struct {
	mu    sync.Mutex
	items map[string]map[string]any // by pk and sk
}

type stubKey map[string]any

func (k stubKey) text(name string) string {
	value, _ := k[name].(map[string]any)
	text, _ := value["S"].(string)
	return text
}

func (k stubKey) key() string { return k.text("pk") + "\n" + k.text("sk") }

func (s *stubTable) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var in struct {
		TableName                 string
		Key                       stubKey
		ExpressionAttributeValues stubKey
		TransactItems             []struct{ Put, Update *struct{ Item, Key stubKey } }
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[string]any{}
	switch {
	case in.Key != nil:
		if item := s.items[in.Key.key()]; item != nil {
			out["Item"] = item
		}
	case in.TransactItems != nil:
		for _, part := range in.TransactItems {
			if part.Put != nil {
				s.items[part.Put.Item.key()] = part.Put.Item
			}
		}
	default:
		found := []map[string]any{}
		for _, item := range s.items {
			if stubKey(item).text("pk") == in.ExpressionAttributeValues.text(":pk") {
				found = append(found, item)
			}
		}
		slices.SortFunc(found, func(a, b map[string]any) int { return len(stubKey(a).key()) - len(stubKey(b).key()) })
		out["Items"] = found
	}
	_ = json.NewEncoder(w).Encode(out) // whoever hung up wants no answer
}

// met has the Lambda's own code count the denial in an event, as if it had
// happened a while ago, and returns its incident.
func (s *stub) met(event, snapshot []byte, ago time.Duration) (string, error) {
	account, err := evidence.ParseSnapshot("account.json", snapshot)
	if err != nil {
		return "", err
	}
	store := dynamo.New(dynamo.Config{Table: "incidents", Client: func(context.Context) (dynamo.API, error) {
		return dynamodb.New(dynamodb.Options{Region: "eu-west-1", BaseEndpoint: &s.URL, Credentials: credentials.NewStaticCredentialsProvider("id", "secret", "")}), nil
	}})
	alerts := alert.New(alert.Config{Store: store, Now: time.Now, Owner: func(context.Context) string { return "one" }})
	items := trail.Parse("event", event)
	if len(items) != 1 {
		return "", fmt.Errorf("got %d records, want one", len(items))
	}
	denial := items[0].Denial
	denial.Time = time.Now().Add(-ago)
	r := explain.Call(context.Background(), denial, false, account)
	r.Denial.EventID = fmt.Sprint(r.Denial.EventID, ago)
	if err := alerts.Report(context.Background(), &r); err != nil {
		return "", err
	}
	return store.Counted(context.Background(), r.Denial.EventID)
}
