package doctor_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
)

const (
	own      = "111122223333"
	member   = "444455556666"
	home     = "eu-west-1"
	function = "arn:aws:lambda:eu-west-1:" + own + ":function:whydenied-1"
	topicARN = "arn:aws:sns:eu-west-1:" + own + ":whydenied"
	busARN   = "arn:aws:events:eu-west-1:" + own + ":event-bus/diagnoses"
	secretID = "arn:aws:secretsmanager:eu-west-1:" + own + ":secret:slack-a1b2c3"
	allState = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"

	denials = `{"source":["aws.sts"],"detail-type":["AWS API Call via CloudTrail"],"detail":{"eventSource":["sts.amazonaws.com"],"eventName":["AssumeRoleWithWebIdentity"],"errorCode":[{"exists":true}]}}`
	repairs = `{"source":["aws.iam"],"detail-type":["AWS API Call via CloudTrail"],"detail":{"eventSource":["iam.amazonaws.com"],"eventName":["CreateRole","UpdateAssumeRolePolicy"],"errorCode":[{"exists":false}]}}`
	// successes is that of a heartbeat, which is no rule on denials.
	successes = `{"source":["aws.sts"],"detail":{"eventName":["AssumeRoleWithWebIdentity"],"errorCode":[{"exists":false}]}}`
)

type object = map[string]any

// world is AWS, by one address for all services. It begins as it should be.
type world struct {
	mu     sync.Mutex
	faults map[string]string // a code, or "hangs", by call, or by call and region: "events.ListRules us-east-1"
	asked  []string

	trails    []object            // what DescribeTrails shows, in every region
	logging   bool                //
	selectors object              // GetEventSelectors
	rules     map[string][]object // by region and bus
	targets   map[string][]string // ARNs, by name of the rule
	calls     map[string]bool     // regions with a web-identity call
	topic     map[string]string
	routed    map[string]string // that of another topic
}

func newWorld() *world {
	w := &world{
		faults: map[string]string{}, logging: true, calls: map[string]bool{home: true, "us-east-1": true},
		trails: []object{{"Name": "main", "TrailARN": "arn:aws:cloudtrail:eu-west-1:" + own + ":trail/main", "HomeRegion": home, "IsMultiRegionTrail": true}},
		rules:  map[string][]object{}, targets: map[string][]string{},
		topic:  map[string]string{"SubscriptionsConfirmed": "1", "SubscriptionsPending": "0"},
		routed: map[string]string{"SubscriptionsConfirmed": "2", "SubscriptionsPending": "0"},
	}
	w.selectors = object{"EventSelectors": []object{{"ReadWriteType": "All", "IncludeManagementEvents": true}}}
	w.rule(home+" default", "denials", allState, denials, function)
	w.rule("us-east-1 default", "forward", allState, denials, "arn:aws:events:eu-west-1:"+own+":event-bus/whydenied-denials")
	w.rule(home+" whydenied-denials", "central", allState, denials, function)
	return w
}

func (w *world) rule(at, name, state, pattern string, targets ...string) {
	w.rules[at] = append(w.rules[at], object{"Name": name, "State": state, "EventPattern": pattern})
	w.targets[name] = targets
}

// starts serves it until the test is over.
func (w *world) starts(t *testing.T) string {
	t.Helper()
	s := httptest.NewServer(w)
	t.Cleanup(s.Close)
	return s.URL
}

// ServeHTTP answers a call, in the protocol of its service.
func (w *world) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	_, scope, _ := strings.Cut(r.Header.Get("Authorization"), "Credential=")
	parts := strings.Split(scope, "/")
	if len(parts) < 4 {
		http.Error(rw, "not signed", http.StatusForbidden)
		return
	}
	region, service := parts[2], parts[3]
	_, action, isJSON := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	action = action[strings.LastIndexByte(action, '.')+1:]
	if !isJSON {
		_, action, _ = strings.Cut(string(body), "Action=")
		action, _, _ = strings.Cut(action, "&")
	}
	call := service + "." + action
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked = append(w.asked, call+" "+region)
	fault := w.faults[call]
	if f := w.faults[call+" "+region]; f != "" {
		fault = f
	}
	switch {
	case fault == "hangs":
		w.mu.Unlock()
		<-r.Context().Done()
		w.mu.Lock()
	case fault == "<html>":
		_, _ = fmt.Fprint(rw, "<html>Please log in</html>")
	case fault != "" && isJSON:
		rw.WriteHeader(http.StatusBadRequest)
		_, _ = fmt.Fprintf(rw, `{"__type":%q,"message":"no"}`, fault)
	case fault != "":
		rw.WriteHeader(http.StatusBadRequest)
		_, _ = fmt.Fprintf(rw, "<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>no</Message></Error></ErrorResponse>", fault)
	case isJSON:
		var in object
		_ = json.Unmarshal(body, &in) // the SDK writes what it reads
		_ = json.NewEncoder(rw).Encode(w.answer(call, region, in))
	default:
		_, _ = fmt.Fprintf(rw, "<%[1]sResponse><%[1]sResult>%[2]s</%[1]sResult></%[1]sResponse>", action, w.xml(call, string(body)+"&"))
	}
}

func (w *world) answer(call, region string, in object) object {
	switch call {
	case "cloudtrail.LookupEvents":
		events := []object{}
		if w.calls[region] {
			events = append(events, object{"EventId": "e", "EventTime": 1_795_600_000})
		}
		return object{"Events": events}
	case "cloudtrail.DescribeTrails":
		return object{"trailList": w.trails}
	case "cloudtrail.GetTrailStatus":
		return object{"IsLogging": w.logging}
	case "cloudtrail.GetEventSelectors":
		return w.selectors
	case "events.ListRules":
		return w.page(w.rules[fmt.Sprint(region, " ", in["EventBusName"])], in["NextToken"])
	case "events.ListTargetsByRule":
		targets := []object{}
		for _, arn := range w.targets[fmt.Sprint(in["Rule"])] {
			targets = append(targets, object{"Id": "1", "Arn": arn})
		}
		return object{"Targets": targets}
	case "sqs.GetQueueAttributes":
		return object{"Attributes": object{"ApproximateNumberOfMessages": "2"}}
	case "secretsmanager.GetSecretValue":
		return object{"SecretString": token}
	case "events.PutEvents":
		return object{"FailedEntryCount": 0, "Entries": []object{{"EventId": "e"}}}
	}
	return object{}
}

// page gives one rule at a time, so that a rule on a later page counts, too.
func (w *world) page(rules []object, token any) object {
	at := 0
	if token != nil {
		_, _ = fmt.Sscan(fmt.Sprint(token), &at) // it is one that was given out here
	}
	if at >= len(rules) {
		return object{"Rules": []object{}}
	}
	out := object{"Rules": rules[at : at+1]}
	if at+1 < len(rules) {
		out["NextToken"] = fmt.Sprint(at + 1)
	}
	return out
}

func (w *world) xml(call, body string) string {
	switch call {
	case "sts.AssumeRole":
		return "<Credentials><AccessKeyId>A</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2100-01-01T00:00:00Z</Expiration></Credentials>"
	case "sns.GetTopicAttributes":
		var b strings.Builder
		attributes := w.topic
		if !strings.Contains(body, url.QueryEscape(topicARN)+"&") {
			attributes = w.routed
		}
		for key, value := range attributes {
			fmt.Fprintf(&b, "<entry><key>%s</key><value>%s</value></entry>", key, value)
		}
		return "<Attributes>" + b.String() + "</Attributes>"
	case "sns.Publish":
		return "<MessageId>m</MessageId>"
	}
	return ""
}
