package alert

import (
	"cmp"
	"context"
	"slices"
	"time"

	"whydenied/pkg/diagnosis"
)

// lists are those that an incident is put on by an attempt: that of the day,
// and those by which changes find it.
func (in *Incident) lists(at time.Time) []string {
	lists := []string{dayList(at)}
	if in.Role != "" {
		lists = append(lists, roleList(in.Account, in.Role))
	}
	if in.Role != "" && slices.Contains(ofProvider, diagnosis.Code(in.Cause)) {
		lists = append(lists, providerList(in.Account, in.Provider))
	}
	return lists
}

func dayList(at time.Time) string { return "day#" + at.UTC().Format("2006-01-02") }

// List are the incidents that were opened, or went on, since a moment, the
// latest first.
func (a *Alerter) List(ctx context.Context, since time.Time) ([]Incident, error) {
	seen := make(map[string]bool)
	var all []Incident
	for day := since.UTC().Truncate(24 * time.Hour); !day.After(a.Now().UTC()); day = day.Add(24 * time.Hour) {
		ids, err := a.Store.Listed(ctx, dayList(day))
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			if seen[id] {
				continue
			}
			seen[id] = true
			in, err := a.Store.Incident(ctx, id)
			if err != nil {
				return nil, err
			}
			if in.ID != "" && !in.Last.Before(since) {
				all = append(all, in)
			}
		}
	}
	slices.SortFunc(all, func(x, y Incident) int { return cmp.Or(y.Last.Compare(x.Last), cmp.Compare(x.ID, y.ID)) })
	return all, nil
}

// Open tells whether an attempt that is made now would belong to an incident.
func (a *Alerter) Open(in *Incident) bool { return a.open(in, a.Now()) }

// Muted tells whether a mute of an incident holds now.
func (a *Alerter) Muted(in *Incident) bool { return in.Mute.holds(a.Now()) }
