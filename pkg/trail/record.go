package trail

import "time"

const (
	stsSource = "sts.amazonaws.com"
	webCall   = "AssumeRoleWithWebIdentity"
	roleType  = "AWS::IAM::Role"
)

// record reads a CloudTrail record. The account is that of the EventBridge
// event around it, if there is one.
func record(o object, account string) Item {
	item := Item{Pos: o.place(0)}
	var f fields
	source, name := f.text(o, "eventSource"), f.text(o, "eventName")
	switch {
	case f.err != nil:
	case !source.Known || !name.Known:
		f.fail(&Error{Pos: item.Pos, Found: "a record that lacks eventSource or eventName", Expected: "one with both"})
	case source.Value != stsSource || name.Value != webCall:
		item.Kind, item.Call = KindOther, source.Value+":"+name.Value
	default:
		item.Denial = f.denial(o, account)
		item.Kind = KindDenied
		if item.Denial.ErrorCode == "" && item.Denial.ErrorMessage == "" {
			item.Kind = KindSucceeded
		}
	}
	if f.err != nil {
		return Item{Pos: item.Pos, Err: f.err}
	}
	return item
}

func (f *fields) denial(o object, account string) Denial {
	d := Denial{
		EventID:      f.text(o, "eventID").Value,
		RequestID:    f.text(o, "requestID").Value,
		Time:         f.time(o, "eventTime"),
		Account:      f.text(o, "recipientAccountId").Value,
		Region:       f.text(o, "awsRegion").Value,
		ErrorCode:    f.text(o, "errorCode").Value,
		ErrorMessage: f.text(o, "errorMessage").Value,
		SourceIP:     f.text(o, "sourceIPAddress").Value,
		UserAgent:    f.text(o, "userAgent").Value,
		VPCEndpoint:  f.text(o, "vpcEndpointId").Value,
	}
	user, _ := f.object(o, "userIdentity")
	principal := f.text(user, "principalId")
	d.Provider, d.Subject = f.text(user, "identityProvider"), f.text(user, "userName")
	if principal.Value == "" && d.Subject.Value == "" {
		// An identity of type Unknown has its keys, and nothing in them.
		principal, d.Subject = Text{}, Text{}
	}
	audience, note := readPrincipal(principal, d.Provider, d.Subject)
	d.Audience = audience
	d.note(note)

	f.request(o, &d)
	tls, hasTLS := f.object(o, "tlsDetails")
	d.TLS, d.HostHeader = hasTLS, f.text(tls, "clientProvidedHostHeader").Value
	extra, _ := f.object(o, "additionalEventData")
	details, _ := f.object(extra, "RequestDetails")
	d.EndpointType = f.text(details, "endpointType").Value
	if d.ErrorCode == "" && d.ErrorMessage == "" {
		d.RoleAuthorizedByIDP = f.flag(extra, "RoleAuthorizedByIdp")
	}

	requested := d.RoleARN
	resource, owner := f.role(o)
	d.Missing = lacks(d, principal, requested, resource)
	d.useResource(resource, owner, account)
	return d
}

// request reads requestParameters, which denials may have as null.
func (f *fields) request(o object, d *Denial) {
	p, ok := f.object(o, "requestParameters")
	// Of parameters that are too large, CloudTrail leaves only that they were.
	d.HasRequestParameters = ok && !p.has("omitted")
	d.RoleARN = f.text(p, "roleArn")
	d.SessionName = f.text(p, "roleSessionName")
	d.SourceIdentity = f.text(p, "sourceIdentity")
	d.DurationSeconds = f.whole(p, "durationSeconds")
	d.TransitiveTagKeys = f.texts(p, "transitiveTagKeys")
	tags, _ := f.object(p, "principalTags")
	for _, m := range tags.members {
		m.value.path = join(tags.path, m.key)
		s, err := m.value.text()
		if _, twice := d.PrincipalTags[m.key]; twice {
			err = repeated(m.value)
		}
		if err != nil {
			f.fail(err)
			return
		}
		if d.PrincipalTags == nil {
			d.PrincipalTags = make(map[string]string, len(tags.members))
		}
		d.PrincipalTags[m.key] = s
	}
}

// role finds the role among the resources, and the account that owns it, or
// else any other resource.
func (f *fields) role(o object) (arn Text, account string) {
	for _, n := range f.array(o, "resources") {
		if n.kind() == "null" {
			continue
		}
		r, err := n.object()
		if err != nil {
			f.fail(err)
			return Text{}, ""
		}
		owner, name := f.text(r, "accountId").Value, f.text(r, "ARN")
		if f.text(r, "type").Value == roleType && name.Known && !arn.Known {
			arn = name
			if owner != "" {
				account = owner
			}
		}
		if account == "" {
			account = owner
		}
	}
	return arn, account
}

func (f *fields) time(o object, key string) time.Time {
	n, ok := f.get(o, key)
	if !ok {
		return time.Time{}
	}
	s, err := n.text()
	t, bad := time.Parse(time.RFC3339, s)
	if err == nil && bad != nil {
		err = &Error{Pos: n.place(0), Found: "a string that is not a time", Expected: "a time such as 2025-09-02T15:47:12Z"}
	}
	if err != nil {
		f.fail(err)
		return time.Time{}
	}
	return t.UTC()
}
