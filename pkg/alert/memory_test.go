package alert_test

import (
	"testing"
	"testing/synctest"
	"time"

	"whydenied/pkg/alert"
	"whydenied/pkg/alert/storetest"
)

func TestMemory(t *testing.T) {
	storetest.Run(t, func(*testing.T) alert.Store { return alert.NewMemory() })
}

func TestMemoryForgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		memory := alert.NewMemory()
		err := memory.Save(t.Context(), alert.Change{
			Incident: alert.Incident{ID: "0123456789ab"},
			Names:    []alert.Name{{Name: "name"}},
			Expires:  time.Now().Add(time.Hour + time.Millisecond),
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, tt := range []struct {
			after  time.Duration
			want   string
			reason string
		}{
			{time.Hour, "0123456789ab", "its time is in the next second"},
			{time.Second, "", "the second of its time is over"},
		} {
			<-time.After(tt.after)
			if got, err := memory.Named(t.Context(), "name"); err != nil || got != tt.want {
				t.Errorf("got %q, %v, want %q: %s", got, err, tt.want, tt.reason)
			}
		}
	})
}

func TestMemoryReadsItsClock(t *testing.T) {
	now := time.Date(2026, 11, 24, 14, 0, 0, 0, time.UTC)
	memory := alert.Memory{Now: func() time.Time { return now }}
	c := alert.Change{Incident: alert.Incident{ID: "0123456789ab"}, Event: "event", EventExpires: now.Add(time.Minute)}
	if err := memory.Save(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	now = now.Add(time.Minute)
	if got, err := memory.Counted(t.Context(), "event"); err != nil || got != "" {
		t.Errorf("got %q, %v, want none: its minute is over", got, err)
	}
}
