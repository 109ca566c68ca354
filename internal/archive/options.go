package archive

import (
	"cmp"
	"fmt"
	"time"
)

// Options say which archive is made. The zero Options make a small one.
type Options struct {
	Seed uint64
	// Bytes are all log files unpacked, about: exact to a record, but for the
	// one small file at least that each account has in each region on each day.
	// Zero is 1 MiB.
	Bytes    int64
	Accounts int       // zero is 1; the first is FirstAccount
	Regions  int       // of each account, the first one the busiest; zero is 3, at most 8
	Days     int       // zero is 7
	Until    time.Time // the last day's end; zero is the end of 2026-11-15 in UTC

	Organization bool // the trail of an organization: its ID is in each path
	Digests      bool // digest files beside the log files

	WebIdentityShare float64 // of the records; zero is 0.001, less is none
	DeniedShare      float64 // of the web-identity calls; zero is 0.1, less is none

	Envelope Envelope
	Packing  Packing

	// Identical makes an archive of so many refused calls and nothing else, all
	// alike but for their times and IDs. Bytes is then what it comes to.
	Identical int
}

// Envelope is the form in which a file holds its records.
type Envelope uint8

// The envelopes; the zero one is what a trail delivers.
const (
	LogFile      Envelope = iota // {"Records":[…]}, one line without an end
	EventBridge                  // an EventBridge event on each line
	JSONLines                    // a record on each line
	LookupEvents                 // what aws cloudtrail lookup-events prints
)

// Packing is how a file is packed.
type Packing uint8

// The packings; the zero one is what a trail delivers.
const (
	Gzip Packing = iota
	Zstd
	Plain
)

// FirstAccount is the account of an archive that has one.
const FirstAccount = "123456789012"

// day is the length of what a folder of the layout holds.
const day = 24 * time.Hour

// filled has the defaults where nothing is set.
func (o Options) filled() Options {
	o.Bytes = cmp.Or(o.Bytes, 1<<20)
	o.Accounts = max(o.Accounts, 1)
	o.Regions = min(cmp.Or(max(o.Regions, 0), 3), len(regions()))
	o.Days = cmp.Or(max(o.Days, 0), 7)
	if o.Until.IsZero() {
		o.Until = time.Date(2026, time.November, 16, 0, 0, 0, 0, time.UTC)
	}
	o.Until = o.Until.UTC().Truncate(day)
	o.WebIdentityShare = cmp.Or(o.WebIdentityShare, 0.001)
	o.DeniedShare = cmp.Or(o.DeniedShare, 0.1)
	if o.Identical > 0 {
		o.WebIdentityShare, o.DeniedShare = 1, 1
	}
	return o
}

// AccountID is the account with this number, from 0.
func AccountID(i int) string {
	if i == 0 {
		return FirstAccount
	}
	return fmt.Sprintf("%012d", 200_000_000_000+int64(i)*1_234_567_890)
}

func regions() []string {
	return []string{"us-east-1", "eu-west-1", "us-west-2", "eu-central-1", "ap-southeast-2", "ap-northeast-1", "sa-east-1", "ca-central-1"}
}
