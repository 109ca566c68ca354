package live_test

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"whydenied/internal/trailtest"
	"whydenied/pkg/evidence/live"
)

// stub is AWS: IAM and STS in their query protocol, and CloudTrail.
type stub struct {
	mu       sync.Mutex
	trail    *trailtest.Server
	accounts map[string]*stubAccount
	page     int               // roles on a page
	faults   map[string]string // by call: "denied", "throttled", "hangs", "unreachable", "expired", …
	calls    []string          // "GetRole deploy", "AssumeRole arn external-id session"
	assume   bool              // whether AssumeRole is granted
}

type stubAccount struct {
	roles     []stubRole
	providers []stubProvider
	alias     string
}

type stubRole struct {
	path, name, policy string
	created            time.Time
	tags               map[string]string
}

type stubProvider struct {
	host      string
	clientIDs []string
	scheme    string // of the URL in the answer: AWS gives none, some emulators do
}

const (
	hub   = "111122223333"
	spoke = "444455556666"
)

func newStub() *stub {
	s := &stub{trail: trailtest.New(nil), accounts: map[string]*stubAccount{hub: {}, spoke: {}}, page: 100, faults: map[string]string{}, assume: true}
	s.trail.Throttle(true)
	s.trail.Belongs("AKID"+hub, hub)
	s.trail.Belongs("AKID"+spoke, spoke)
	return s
}

// config is what a source needs to reach the stub with the hub's credentials.
func (s *stub) config() live.Config {
	return live.Config{Load: func(context.Context) (aws.Config, error) { return s.aws("eu-west-1"), nil }}
}

func (s *stub) aws(region string) aws.Config {
	return aws.Config{
		Region: region, HTTPClient: s, BaseEndpoint: aws.String("http://aws.test"),
		Credentials: credentials.NewStaticCredentialsProvider("AKID"+hub, "secret", ""),
	}
}

// Do answers without a network, so that a test's clock may run ahead.
func (s *stub) Do(r *http.Request) (*http.Response, error) {
	action := ""
	if target := r.Header.Get("X-Amz-Target"); target != "" {
		action = target[strings.LastIndex(target, ".")+1:]
	} else if err := r.ParseForm(); err == nil {
		action = r.Form.Get("Action")
	}
	s.mu.Lock()
	if kind := s.faults["LookupEvents"]; action == "LookupEvents" && slices.Contains(kinds(), kind) {
		action = "" // one kind of change only
		if asksFor(r, kind) {
			s.mu.Unlock()
			return nil, &url.Error{Op: "Post", URL: "http://aws.test/", Err: io.ErrUnexpectedEOF}
		}
	}
	fault, once := strings.CutSuffix(s.faults[action], " once")
	if once {
		delete(s.faults, action)
	}
	s.mu.Unlock()
	switch fault {
	case "hangs":
		<-r.Context().Done()
		return nil, r.Context().Err()
	case "unreachable":
		return nil, &url.Error{Op: "Post", URL: "http://aws.test/?secret", Err: &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connect: connection refused")}}
	case "unknown host":
		return nil, &url.Error{Op: "Post", URL: "http://aws.test/", Err: &net.DNSError{Err: "no such host", Name: "iam.amazonaws.com"}}
	}
	w := httptest.NewRecorder()
	s.serve(w, r, action, fault)
	return w.Result(), nil
}

// kinds are names that stand as a fault of LookupEvents for those events alone.
func kinds() []string { return []string{"CreateOpenIDConnectProvider"} }

// asksFor tells whether a request has a name in its body, which stays readable.
func asksFor(r *http.Request, name string) bool {
	body, err := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	return err == nil && bytes.Contains(body, []byte(`"`+name+`"`))
}

// ServeHTTP is the same over a network.
func (s *stub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	action := ""
	if r.Header.Get("X-Amz-Target") == "" && r.ParseForm() == nil {
		action = r.Form.Get("Action")
	}
	s.serve(w, r, action, "")
}

func (s *stub) serve(w http.ResponseWriter, r *http.Request, action, fault string) {
	if r.Header.Get("X-Amz-Target") != "" && fault == "" {
		s.trail.ServeHTTP(w, r)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	code, message := refusals(action, fault)
	body := ""
	if fault == "garbled" {
		_, _ = fmt.Fprint(w, "<html>\n<p>")
		return
	}
	if code == "" {
		body, code = s.answer(r, action)
	}
	if code == "" {
		_, _ = fmt.Fprintf(w, "<%[1]sResponse><%[1]sResult>%[2]s</%[1]sResult></%[1]sResponse>", action, body)
		return
	}
	w.WriteHeader(http.StatusBadRequest)
	if r.Header.Get("X-Amz-Target") != "" {
		_, _ = fmt.Fprintf(w, `{"__type":%q,"message":%q}`, code, message)
		return
	}
	_, _ = fmt.Fprintf(w, "<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error></ErrorResponse>", code, text(message))
}

// refusals are AWS's codes and words.
func refusals(action, fault string) (code, message string) {
	who := "User: arn:aws:sts::111122223333:assumed-role/whydenied/fn is not authorized to perform: x:" + action + " on resource: y "
	switch fault {
	case "denied":
		return "AccessDenied", who + "because no identity-based policy allows the x:" + action + " action"
	case "denied by SCP":
		return "AccessDenied", who + "with an explicit deny in a service control policy: arn:aws:organizations::1:policy/p-1"
	case "throttled":
		return "Throttling", "Rate exceeded"
	case "expired":
		return "ExpiredToken", "The security token included in the request is expired"
	case "unknown key":
		return "InvalidClientTokenId", "The security token included in the request is invalid."
	case "broken":
		return "ServiceFailure", "first line\n\nsecond line"
	}
	return "", ""
}

func (s *stub) answer(r *http.Request, action string) (body, code string) {
	owner := strings.TrimPrefix(strings.Split(strings.SplitN(r.Header.Get("Authorization"), "Credential=", 2)[1], "/")[0], "AKID")
	a := s.accounts[owner]
	switch action {
	case "GetCallerIdentity":
		s.calls = append(s.calls, action)
		return "<Arn>arn:aws:sts::" + owner + ":assumed-role/whydenied/fn</Arn><Account>" + owner + "</Account>", ""
	case "AssumeRole":
		arn := r.Form.Get("RoleArn")
		s.calls = append(s.calls, strings.Join([]string{action, arn, r.Form.Get("ExternalId"), r.Form.Get("RoleSessionName")}, " "))
		if !s.assume {
			return "", "AccessDenied"
		}
		return "<Credentials><AccessKeyId>AKID" + strings.Split(arn, ":")[4] + "</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2100-01-01T00:00:00Z</Expiration></Credentials>", ""
	case "GetRole":
		name := r.Form.Get("RoleName")
		s.calls = append(s.calls, action+" "+name)
		i := slices.IndexFunc(a.roles, func(r stubRole) bool { return strings.EqualFold(r.name, name) })
		if i < 0 {
			return "", "NoSuchEntity"
		}
		return a.roles[i].xml(owner, "Role", true), ""
	case "ListRoles":
		s.calls = append(s.calls, strings.TrimSpace(action+" "+r.Form.Get("Marker")))
		return s.listRoles(owner, a, r.Form.Get("Marker")), ""
	case "ListOpenIDConnectProviders":
		s.calls = append(s.calls, action)
		for _, p := range a.providers {
			body += "<member><Arn>" + p.arn(owner) + "</Arn></member>"
		}
		return "<OpenIDConnectProviderList>" + body + "</OpenIDConnectProviderList>", ""
	case "ListAccountAliases":
		s.calls = append(s.calls, action)
		if a.alias != "" {
			body = "<member>" + text(a.alias) + "</member>"
		}
		return "<AccountAliases>" + body + "</AccountAliases><IsTruncated>false</IsTruncated>", ""
	case "GetOpenIDConnectProvider":
		arn := r.Form.Get("OpenIDConnectProviderArn")
		s.calls = append(s.calls, action+" "+arn)
		i := slices.IndexFunc(a.providers, func(p stubProvider) bool { return p.arn(owner) == arn })
		if i < 0 {
			return "", "NoSuchEntity"
		}
		for _, id := range a.providers[i].clientIDs {
			body += "<member>" + text(id) + "</member>"
		}
		return "<Url>" + a.providers[i].scheme + a.providers[i].host + "</Url><ClientIDList>" + body + "</ClientIDList><CreateDate>1999-01-01T00:00:00Z</CreateDate>", ""
	}
	return "", "InvalidAction"
}

func (s *stub) listRoles(owner string, a *stubAccount, marker string) string {
	from, _ := strconv.Atoi(marker)
	to := min(from+s.page, len(a.roles))
	body := ""
	for _, r := range a.roles[from:to] {
		body += r.xml(owner, "member", false)
	}
	more := "<IsTruncated>false</IsTruncated>"
	if to < len(a.roles) {
		more = fmt.Sprintf("<IsTruncated>true</IsTruncated><Marker>%d</Marker>", to)
	}
	return "<Roles>" + body + "</Roles>" + more
}

func (r stubRole) arn(owner string) string {
	return "arn:aws:iam::" + owner + ":role/" + strings.TrimPrefix(r.path+"/", "/") + r.name
}

// xml is a role as IAM writes it: the document percent-encoded, the tags only
// where it was asked for by its name.
func (r stubRole) xml(owner, element string, tags bool) string {
	created := r.created
	if created.IsZero() {
		created = time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	body := ""
	for k, v := range r.tags {
		body += "<member><Key>" + text(k) + "</Key><Value>" + text(v) + "</Value></member>"
	}
	if body = "<Tags>" + body + "</Tags>"; !tags {
		body = ""
	}
	return fmt.Sprintf("<%[1]s><Path>%[2]s/</Path><RoleName>%[3]s</RoleName><RoleId>AROA</RoleId><Arn>%[4]s</Arn><CreateDate>%[5]s</CreateDate>"+
		"<AssumeRolePolicyDocument>%[6]s</AssumeRolePolicyDocument><Description>a &amp; b</Description><MaxSessionDuration>3600</MaxSessionDuration>%[7]s</%[1]s>",
		element, r.path, r.name, r.arn(owner), created.Format(time.RFC3339), strings.ReplaceAll(url.QueryEscape(r.policy), "+", "%20"), body)
}

func (p stubProvider) arn(owner string) string {
	return "arn:aws:iam::" + owner + ":oidc-provider/" + p.host
}

func text(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a strings.Builder takes everything
	return b.String()
}

// made are the calls since the last time, those of CloudTrail by their number.
func (s *stub) made() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	calls := s.calls
	s.calls = nil
	slices.Sort(calls)
	return calls
}

func (s *stub) fault(call, fault string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults[call] = fault
}

// set changes what the hub's account holds.
func (s *stub) set(change func(a *stubAccount)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s.accounts[hub])
}

// add puts a record of CloudTrail in, which shows some time after its own.
func (s *stub) add(t *testing.T, record string, late time.Duration) {
	t.Helper()
	_, after, _ := strings.Cut(record, `"eventTime":"`)
	at, err := time.Parse(time.RFC3339, after[:20])
	if err == nil {
		err = s.trail.AddLate([]byte(record), at.Add(late))
	}
	if err != nil {
		t.Fatal(err)
	}
}
