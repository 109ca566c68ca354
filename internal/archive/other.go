package archive

import (
	"bytes"
	_ "embed" // for the calls of other services
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

//go:embed calls.json
var callsFile string

// call is a record of another service, as calls.json has it: what makes it
// differ from others.
type call struct {
	Weight       int             `json:"weight"` // how often it comes, against the others
	Source       string          `json:"source"`
	Name         string          `json:"name"`
	Read         bool            `json:"read"`
	Data         bool            `json:"data"`    // a data event
	Service      bool            `json:"service"` // made by an AWS service
	Global       bool            `json:"global"`
	Shared       bool            `json:"shared"`
	ErrorCode    string          `json:"errorCode"`
	ErrorMessage string          `json:"errorMessage"`
	Request      json.RawMessage `json:"request"`
	Response     json.RawMessage `json:"response"`
	Extra        json.RawMessage `json:"extra"`
	Resources    json.RawMessage `json:"resources"`
	APIVersion   string          `json:"apiVersion"`
}

// other is such a call, ready to be filled in.
type other struct {
	source, name string
	service      bool
	read         bool
	template     template
}

// compileCalls has each call as often as its weight says.
func compileCalls() ([]other, error) {
	var calls []call
	if err := json.Unmarshal([]byte(callsFile), &calls); err != nil {
		return nil, fmt.Errorf("calls.json: %w", err)
	}
	var list []other
	for _, c := range calls {
		t, err := compile(c.record())
		if err != nil {
			return nil, fmt.Errorf("calls.json: %s: %w", c.Name, err)
		}
		list = append(list, slices.Repeat([]other{{c.host(), c.Name, c.Service, c.Read, t}}, c.Weight)...)
	}
	return list, nil
}

func (c call) host() string { return c.Source + ".amazonaws.com" }

// record is the whole record in CloudTrail's order of keys.
func (c call) record() string {
	var b strings.Builder
	region, endpoint := "${region}", c.Source+".${region}.amazonaws.com"
	if c.Global {
		region, endpoint = "us-east-1", c.host()
	}
	fmt.Fprintf(&b, `{"eventVersion":"1.11","userIdentity":"${identity}","eventTime":"${time}","eventSource":"%s","eventName":"%s","awsRegion":"%s","sourceIPAddress":"${address}","userAgent":"${agent}"`,
		c.host(), c.Name, region)
	if c.ErrorCode != "" {
		fmt.Fprintf(&b, `,"errorCode":"%s","errorMessage":"%s"`, c.ErrorCode, c.ErrorMessage)
	}
	fmt.Fprintf(&b, `,"requestParameters":%s,"responseElements":%s`, compact(c.Request, "null"), compact(c.Response, "null"))
	b.WriteString(compact(c.Extra, "", `,"additionalEventData":`))
	fmt.Fprintf(&b, `,"requestID":"${uuid}","eventID":"${uuid}","readOnly":%t`, c.Read)
	b.WriteString(compact(c.Resources, "", `,"resources":`))
	b.WriteString(`,"eventType":"AwsApiCall"`)
	if c.APIVersion != "" {
		fmt.Fprintf(&b, `,"apiVersion":"%s"`, c.APIVersion)
	}
	fmt.Fprintf(&b, `,"managementEvent":%t,"recipientAccountId":"${account}"`, !c.Data)
	if c.Shared {
		b.WriteString(`,"sharedEventID":"${uuid}"`)
	}
	category := "Management"
	if c.Data {
		category = "Data"
	}
	fmt.Fprintf(&b, `,"eventCategory":"%s"`, category)
	if !c.Service {
		fmt.Fprintf(&b, `,"tlsDetails":{"tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256","clientProvidedHostHeader":"%s"}`, endpoint)
	}
	b.WriteString("}")
	return b.String()
}

// compact is the JSON on one line, behind what is to stand before it; or, where
// there is none, the alternative. The escapes stay as they are.
func compact(raw json.RawMessage, none string, before ...string) string {
	var b bytes.Buffer
	if len(raw) == 0 || json.Compact(&b, raw) != nil {
		return none
	}
	return strings.Join(before, "") + b.String()
}
