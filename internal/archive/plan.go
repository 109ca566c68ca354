package archive

import (
	"math"
	"math/rand/v2"
	"time"
)

// place is a folder of the layout: what an account did in a region on a day.
type place struct {
	account string
	region  string
	day     time.Time
	upTo    int64 // the bytes of the archive when all its files are there
	last    bool
}

// places are all of them, by day. Each region has half of what the one before
// it has; the days and the accounts are alike.
func (o Options) places() []place {
	var list []place
	names := regions()[:o.Regions]
	weights, done := 2-math.Pow(2, float64(1-len(names))), 0.0
	each := float64(o.Bytes) / float64(o.Days*o.Accounts) / weights
	for d := range o.Days {
		start := o.Until.Add(-time.Duration(o.Days-d) * day)
		for a := range o.Accounts {
			for r, region := range names {
				done += each * math.Pow(2, float64(-r))
				list = append(list, place{AccountID(a), region, start, int64(done), false})
			}
		}
	}
	list[len(list)-1].upTo, list[len(list)-1].last = o.Bytes, true
	return list
}

// largest is the most that a file of log records comes to, unpacked.
const largest = 24 << 20

// size draws how large a file is, unpacked. A lognormal distribution with this
// middle and width has 44 % of the files below 3,500 bytes, which pack to some
// 1,000, and most of the bytes in files of 100 KB to 10 MB.
func size(rng *rand.Rand) int64 {
	const width = 2.3
	middle := math.Log(3500) + 0.15*width
	return int64(min(math.Exp(middle+width*rng.NormFloat64()), largest))
}
