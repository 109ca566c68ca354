package engine

import (
	"fmt"
	"math"
)

// Price is what an engine charges for what it scans.
type Price struct {
	Dollars float64 // for each Unit
	Unit    int64   // bytes
	Name    string  // of the unit: "TB"
	Least   int64   // bytes that a query is charged for at the least
}

// Cost is what one query scans. Units are decimal, so that a sum that is
// reckoned from them is never below AWS's own.
type Cost struct {
	Bytes int64
	Price Price
}

// Dollars is what the query costs by the list price.
func (c Cost) Dollars() float64 {
	return float64(max(c.Bytes, c.Price.Least)) / float64(c.Price.Unit) * c.Price.Dollars
}

// String is "12.3 GB scanned, 0.07 USD (5 USD per TB, the list price in us-east-1 in 2026)".
func (c Cost) String() string {
	return fmt.Sprintf("%s scanned, %s", Bytes(c.Bytes), c.priced())
}

func (c Cost) priced() string {
	return fmt.Sprintf("%s (%s)", dollars(c.Dollars()), c.Price)
}

// String is the price in words. Prices differ between regions, and agreements.
func (p Price) String() string {
	text := fmt.Sprintf("%g USD per %s", p.Dollars, p.Name)
	if p.Least > 0 {
		text += fmt.Sprintf(", at least %s a query", Bytes(p.Least))
	}
	return text + ", the list price in us-east-1 in 2026"
}

// Estimate is what is known of a query's cost before it runs.
type Estimate struct {
	Cost
	Known  bool   // whether Bytes is
	Why    string // where Bytes is from, or why it is not known
	Cutoff int64  // bytes after which the query is ended, 0 for none
}

// String is one sentence.
func (e Estimate) String() string {
	text := "how much it will scan is not known before: " + e.Why + "; it costs " + e.Price.String()
	if e.Known {
		text = fmt.Sprintf("about %s to scan (%s), %s", Bytes(e.Bytes), e.Why, e.priced())
	}
	if e.Cutoff > 0 {
		text += fmt.Sprintf("; the workgroup ends it after %s, %s", Bytes(e.Cutoff), dollars(Cost{e.Cutoff, e.Price}.Dollars()))
	}
	return text
}

// dollars are shown to the cent, and less than one as that.
func dollars(sum float64) string {
	if sum > 0 && sum < 0.01 {
		return "less than 0.01 USD"
	}
	return fmt.Sprintf("%.2f USD", math.Ceil(sum*100-1e-6)/100)
}

// Bytes is a number of bytes for people: "12.3 GB", in powers of ten.
func Bytes(n int64) string {
	const step = 1000
	value, unit := float64(n), ""
	for _, next := range []string{"k", "M", "G", "T", "P"} {
		if value < step {
			break
		}
		value, unit = value/step, next
	}
	if unit == "" {
		return fmt.Sprintf("%d B", n)
	}
	return fmt.Sprintf("%.3g %sB", value, unit)
}
