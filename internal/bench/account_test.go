package bench_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"whydenied/internal/trailtest"
)

// startAccount is AWS with the account of events/account.json: IAM in its
// query protocol, and a CloudTrail without changes.
func startAccount(b *testing.B) *httptest.Server {
	b.Helper()
	var account struct {
		Roles []struct {
			Arn, RoleName            string
			AssumeRolePolicyDocument json.RawMessage
		}
		OpenIDConnectProviders []struct {
			Arn          string
			ClientIDList []string
		}
	}
	if err := json.Unmarshal(read(b, "../../events/account.json"), &account); err != nil {
		b.Fatal(err)
	}
	trail := trailtest.New(time.Now)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Amz-Target") != "" {
			trail.ServeHTTP(w, r)
			return
		}
		switch action := r.FormValue("Action"); action {
		case "GetRole":
			for _, role := range account.Roles {
				if role.RoleName == r.FormValue("RoleName") {
					answer(w, action, fmt.Sprintf("<Role><Arn>%s</Arn><RoleName>%s</RoleName><CreateDate>2024-01-01T00:00:00Z</CreateDate><AssumeRolePolicyDocument>%s</AssumeRolePolicyDocument></Role>",
						role.Arn, role.RoleName, url.PathEscape(string(role.AssumeRolePolicyDocument))))
				}
			}
		case "ListOpenIDConnectProviders":
			list := ""
			for _, p := range account.OpenIDConnectProviders {
				list += "<member><Arn>" + p.Arn + "</Arn></member>"
			}
			answer(w, action, "<OpenIDConnectProviderList>"+list+"</OpenIDConnectProviderList>")
		case "ListAccountAliases":
			answer(w, action, "<AccountAliases></AccountAliases><IsTruncated>false</IsTruncated>")
		case "GetOpenIDConnectProvider":
			answer(w, action, "<ClientIDList><member>sts.amazonaws.com</member></ClientIDList><CreateDate>2024-01-01T00:00:00Z</CreateDate>")
		default:
			http.Error(w, action, http.StatusNotImplemented)
		}
	}))
	b.Cleanup(s.Close)
	return s
}

func answer(w http.ResponseWriter, action, result string) {
	_, _ = fmt.Fprintf(w, "<%[1]sResponse><%[1]sResult>%[2]s</%[1]sResult></%[1]sResponse>", action, result)
}
