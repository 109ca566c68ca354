package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"whydenied/internal/trailtest"
)

// stub is AWS, by one address for all services: IAM and STS in their query
// protocol, CloudTrail, and DynamoDB. Every account holds what the snapshot holds, but that
// the role web-deploy is under a path.
type stub struct {
	*httptest.Server
	trail *trailtest.Server
	table *stubTable
	stack stubStack

	mu        sync.Mutex
	roles     []stubRole
	providers []stubProvider
	faults    map[string]string // error codes by action
	asked     []string          // actions
	changed   *sync.Cond        // of asked
}

type stubRole struct {
	RoleName, Arn            string
	AssumeRolePolicyDocument json.RawMessage
}

type stubProvider struct {
	Arn          string
	ClientIDList []string
}

// stubAccount is the account of the stub's first key.
const stubAccount = "123456789012"

func newStub(snapshot []byte) (*stub, error) {
	s := &stub{trail: trailtest.New(nil), table: &stubTable{items: make(map[string]map[string]any)}, faults: make(map[string]string)}
	s.changed = sync.NewCond(&s.mu)
	s.trail.Throttle(true)
	var held struct {
		Roles                  []stubRole
		OpenIDConnectProviders []stubProvider
	}
	err := json.Unmarshal(snapshot, &held)
	s.roles, s.providers = held.Roles, held.OpenIDConnectProviders
	for i := range s.roles {
		if s.roles[i].RoleName == "web-deploy" {
			s.roles[i].Arn = strings.Replace(s.roles[i].Arn, "role/", "role/ci/", 1)
		}
	}
	s.Server = httptest.NewServer(s)
	return s, err
}

// variables are what brings the SDK there.
func (s *stub) variables() map[string]string {
	return map[string]string{
		"AWS_ENDPOINT_URL": s.URL, "AWS_REGION": "eu-west-1",
		"AWS_ACCESS_KEY_ID": "AKID" + stubAccount, "AWS_SECRET_ACCESS_KEY": "secret",
	}
}

// record puts the record of an event in, as if it had just happened.
func (s *stub) record(event []byte, ago time.Duration, region string) error {
	var e struct {
		Detail map[string]any `json:"detail"`
	}
	if err := json.Unmarshal(event, &e); err != nil {
		return err
	}
	e.Detail["eventTime"] = time.Now().Add(-ago).UTC().Format(time.RFC3339)
	e.Detail["awsRegion"] = cmp.Or(region, "us-east-1")
	record, err := json.Marshal(e.Detail)
	if err != nil {
		return err
	}
	return s.trail.Add(record)
}

// fail has an action answered with an error; "" as it should be.
func (s *stub) fail(action, code string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults[action] = code
}

// ServeHTTP answers a call.
func (s *stub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	action := "LookupEvents"
	_, call, isTable := strings.Cut(r.Header.Get("X-Amz-Target"), "DynamoDB_20120810.")
	switch {
	case isTable:
		action = call
	case r.Header.Get("X-Amz-Target") == "":
		_ = r.ParseForm() // without an action it is answered so
		action = r.Form.Get("Action")
	}
	if of := stackAction(r, action); of != "" {
		s.serveStack(w, r, of)
		return
	}
	s.mu.Lock()
	s.asked = append(s.asked, action)
	s.changed.Broadcast()
	code := s.faults[action]
	s.mu.Unlock()
	switch {
	case code == "hangs":
		// Only behind the body does the server see that the caller goes away.
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	case code != "" && (action == "LookupEvents" || isTable):
		w.WriteHeader(http.StatusBadRequest)
		_, _ = fmt.Fprintf(w, `{"__type":%q,"message":"no"}`, code)
	case isTable:
		s.table.ServeHTTP(w, r)
	case action == "LookupEvents":
		s.trail.ServeHTTP(w, r)
	case code != "":
		refuse(w, code)
	default:
		s.answer(w, r.Form, action, key(r))
	}
}

func refuse(w http.ResponseWriter, code string) {
	w.WriteHeader(http.StatusBadRequest)
	_, _ = fmt.Fprintf(w, "<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>no</Message></Error></ErrorResponse>", code)
}

// key is the account of the caller's access key.
func key(r *http.Request) string {
	_, after, _ := strings.Cut(r.Header.Get("Authorization"), "Credential=AKID")
	account, _, _ := strings.Cut(after, "/")
	return account
}

func (s *stub) answer(w http.ResponseWriter, form url.Values, action, account string) {
	var b strings.Builder
	switch action {
	case "GetCallerIdentity":
		fmt.Fprintf(&b, "<Arn>arn:aws:sts::%[1]s:assumed-role/admin/ada</Arn><Account>%[1]s</Account>", account)
	case "AssumeRole":
		if form.Get("ExternalId") != "e-1" {
			refuse(w, "AccessDenied")
			return
		}
		other := strings.Split(form.Get("RoleArn"), ":")[4]
		fmt.Fprintf(&b, "<Credentials><AccessKeyId>AKID%s</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2100-01-01T00:00:00Z</Expiration></Credentials>", other)
	case "GetRole":
		i := slices.IndexFunc(s.roles, func(r stubRole) bool { return r.RoleName == form.Get("RoleName") })
		if i < 0 {
			refuse(w, "NoSuchEntity")
			return
		}
		fmt.Fprintf(&b, "<Role>%s</Role>", s.roles[i].xml())
	case "ListRoles":
		b.WriteString("<IsTruncated>false</IsTruncated><Roles>")
		for _, r := range s.roles {
			fmt.Fprintf(&b, "<member>%s</member>", r.xml())
		}
		b.WriteString("</Roles>")
	case "ListAccountAliases":
		b.WriteString("<AccountAliases><member>octo-tools</member></AccountAliases><IsTruncated>false</IsTruncated>")
	case "ListOpenIDConnectProviders":
		b.WriteString("<OpenIDConnectProviderList>")
		for _, p := range s.providers {
			fmt.Fprintf(&b, "<member><Arn>%s</Arn></member>", p.Arn)
		}
		b.WriteString("</OpenIDConnectProviderList>")
	case "GetOpenIDConnectProvider":
		b.WriteString("<ClientIDList>")
		for _, p := range s.providers {
			for _, id := range p.ClientIDList {
				if p.Arn == form.Get("OpenIDConnectProviderArn") {
					fmt.Fprintf(&b, "<member>%s</member>", html.EscapeString(id))
				}
			}
		}
		b.WriteString("</ClientIDList>")
	}
	body := strings.ReplaceAll(b.String(), stubAccount, account)
	if action == "AssumeRole" || action == "GetCallerIdentity" {
		body = b.String()
	}
	_, _ = fmt.Fprintf(w, "<%[1]sResponse><%[1]sResult>%[2]s</%[1]sResult></%[1]sResponse>", action, body)
}

func (r *stubRole) xml() string {
	return fmt.Sprintf("<RoleName>%s</RoleName><Arn>%s</Arn><CreateDate>2024-01-01T00:00:00Z</CreateDate><MaxSessionDuration>3600</MaxSessionDuration><AssumeRolePolicyDocument>%s</AssumeRolePolicyDocument>",
		r.RoleName, r.Arn, url.PathEscape(string(r.AssumeRolePolicyDocument)))
}

func (s *stub) count(action string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.counted(action)
}

// await waits until an action was asked n times.
func (s *stub) await(action string, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.counted(action) < n {
		s.changed.Wait()
	}
}

func (s *stub) counted(action string) (n int) {
	for _, a := range s.asked {
		if a == action {
			n++
		}
	}
	return n
}
