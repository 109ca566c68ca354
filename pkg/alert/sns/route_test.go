package sns_test

import (
	"context"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/alert"
	"whydenied/pkg/alert/sns"
)

func TestRoutedTopic(t *testing.T) {
	const team = "arn:aws:sns:eu-west-1:111122223333:data"
	for _, tt := range []struct {
		label, topic, route string
		want                []string
	}{
		{"no route", topic, "", []string{topic}},
		{"a route", topic, team, []string{team}},
		{"only routes have one", "", team, []string{team}},
		{"nowhere to go", "", "", nil},
	} {
		t.Run(tt.label, func(t *testing.T) {
			p := &publisher{}
			n := sns.New(sns.Config{Client: func(context.Context) (sns.Publisher, error) { return p, nil }, Topic: tt.topic})
			m := *stored(t)["1-prefect"]
			m.Incident.Route.TopicARN = tt.route
			if err := n.Deliver(t.Context(), &m, "", func(alert.Ref) error { return nil }); err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, in := range p.published {
				got = append(got, aws.ToString(in.TopicArn))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if err := n.SendTest(t.Context(), alert.TestMessage{To: m.Incident.Route}); err != nil && tt.want != nil {
				t.Fatal(err)
			}
			for i, in := range p.published {
				if region := strings.Split(aws.ToString(in.TopicArn), ":"); len(region) > 3 && p.regions[i] != region[3] {
					t.Errorf("%s was asked for in %q", aws.ToString(in.TopicArn), p.regions[i])
				}
			}
		})
	}
}
