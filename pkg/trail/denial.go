package trail

import "time"

// Text is a string that a record may lack. The zero Text is missing, which is
// not the same as empty.
type Text struct {
	Value string
	Known bool
}

// Known is a Text that the record has, be it empty.
func Known(s string) Text { return Text{Value: s, Known: true} }

// Denial is one AssumeRoleWithWebIdentity call, as far as its record tells. It
// is filled for a call that succeeded, too. The zero Denial says that nothing
// was recorded. Field names in comments are CloudTrail's.
type Denial struct {
	EventID   string // eventID, the one to deduplicate by
	RequestID string // requestID

	Time    time.Time // eventTime in UTC, to the second; zero if missing
	Account string    // recipientAccountId, else of the resources, else of the EventBridge event
	Region  string    // awsRegion; us-east-1 for the global endpoint, wherever it was served

	ErrorCode    string // "" if the call succeeded
	ErrorMessage string

	Provider Text // userIdentity.identityProvider: a provider ARN, or a built-in provider's bare host
	Audience Text // the middle of userIdentity.principalId
	Subject  Text // userIdentity.userName

	RoleARN        Text // requestParameters.roleArn, else the ARN of the resource of type AWS::IAM::Role
	SessionName    Text // requestParameters.roleSessionName
	SourceIdentity Text // requestParameters.sourceIdentity

	DurationSeconds   int               // requestParameters.durationSeconds; 0 if the caller sent none
	PrincipalTags     map[string]string // requestParameters.principalTags; nil if there are none
	TransitiveTagKeys []string          // requestParameters.transitiveTagKeys

	// HasRequestParameters says that requestParameters was an object, so that
	// what it lacks was not sent. Denials with null there have been seen.
	HasRequestParameters bool

	SourceIP     string // sourceIPAddress: an address, or the name of an AWS service
	UserAgent    string // userAgent
	VPCEndpoint  string // vpcEndpointId
	HostHeader   string // tlsDetails.clientProvidedHostHeader
	EndpointType string // additionalEventData.RequestDetails.endpointType: "regional", "global" or ""
	TLS          bool   // tlsDetails is there

	// RoleAuthorizedByIDP is additionalEventData.RoleAuthorizedByIdp as text.
	// Only records of calls that succeeded have it.
	RoleAuthorizedByIDP Text

	Missing []string // what a full record has and this one lacks, always in the same order
	Notes   []string // short facts for the reader
}

// useResource fills in what the record says only in another place.
func (d *Denial) useResource(role Text, owner, account string) {
	switch {
	case !d.RoleARN.Known:
		d.RoleARN = role
	case role.Known && role.Value != d.RoleARN.Value:
		d.note("requestParameters.roleArn and resources name different roles; the former is taken")
	}
	switch {
	case d.Account != "":
	case owner != "":
		d.Account = owner
		d.note("the account is taken from resources, the record has no recipientAccountId")
	case account != "":
		d.Account = account
		d.note("the account is taken from the EventBridge event, the record has no recipientAccountId")
	}
}

func (d *Denial) note(s string) {
	if s != "" {
		d.Notes = append(d.Notes, s)
	}
}

// lacks names what a full record has, always in this order.
func lacks(d Denial, principal, requested, resource Text) []string {
	var names []string
	for _, part := range []struct {
		name string
		has  bool
	}{
		{"eventID", d.EventID != ""},
		{"eventTime", !d.Time.IsZero()},
		{"awsRegion", d.Region != ""},
		{"recipientAccountId", d.Account != ""},
		{"userIdentity.principalId", principal.Known},
		{"userIdentity.identityProvider", d.Provider.Known},
		{"userIdentity.userName", d.Subject.Known},
		{"requestParameters.roleArn", requested.Known},
		{"requestParameters.roleSessionName", d.SessionName.Known},
		{"resources", resource.Known},
		{"sourceIPAddress", d.SourceIP != ""},
		{"userAgent", d.UserAgent != ""},
		{"tlsDetails", d.TLS},
	} {
		if !part.has {
			names = append(names, part.name)
		}
	}
	return names
}
