package bucket

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"time"
)

// level says what the folders in a folder are.
type level uint8

const (
	outside  level = iota // anything: the layout may begin further down
	foreign               // no log file of a trail is below
	accounts              // accounts, or organizations
	services              // services of an account
	regions               // regions of an account's trail
	days                  // years, months, days, or nothing
)

const (
	logsFolder  = "AWSLogs"
	trailFolder = "CloudTrail"
)

var organization = regexp.MustCompile(`^o-[a-z0-9]{10,32}$`)

// spot is what a path tells of a place.
type spot struct {
	level           level
	account, region string
	folder          string // the region's folder, at level days
}

// spotOf reads the folders of a key or prefix; what follows the last slash is
// none.
func spotOf(key string) spot {
	folders := strings.Split(key, "/")
	folders = folders[:len(folders)-1]
	i := begin(folders)
	if i < 0 {
		return spot{}
	}
	if i < len(folders) && organization.MatchString(folders[i]) {
		i++
	}
	switch below := folders[i:]; {
	case len(below) == 0:
		return spot{level: accounts}
	case !isAccount(below[0]):
		return spot{level: foreign}
	case len(below) == 1:
		return spot{level: services, account: below[0]}
	case below[1] != trailFolder:
		return spot{level: foreign, account: below[0]}
	case len(below) == 2:
		return spot{level: regions, account: below[0]}
	default:
		return spot{days, below[0], below[2], strings.Join(folders[:i+3], "/") + "/"}
	}
}

// begin is where the layout begins, -1 where it does not: after AWSLogs, or with
// an account's folder in which a trail's folder lies, as in copies.
func begin(folders []string) int {
	for i, name := range slices.Backward(folders) {
		if name == logsFolder {
			return i + 1
		}
	}
	for i := range len(folders) - 1 {
		if isAccount(folders[i]) && folders[i+1] == trailFolder {
			return i
		}
	}
	return -1
}

func isAccount(name string) bool { return len(name) == 12 && strings.Trim(name, "0123456789") == "" }

// fileName is how log files of AWS are called, here and in other services:
// account, service, region, and the time of delivery where it is CloudTrail's.
var fileName = regexp.MustCompile(`^([0-9]{12})_([A-Za-z-]+)_([a-z0-9-]+)_([0-9]{8}T[0-9]{4}Z)?`)

// choice is what becomes of an object.
type choice uint8

const (
	unwanted   choice = iota // the query leaves it out
	passedOver               // by its name, it holds no records of calls
	wanted
)

// choose says what becomes of an object, by its key alone. Listing with
// prefixes is to find the very objects that this would want among all.
func (q *Query) choose(key string) choice {
	s, name := spotOf(key), path.Base(key)
	parts := fileName.FindStringSubmatch(name)
	switch {
	case !q.holds(s):
		return unwanted
	case s.level == foreign || s.level == services || !isLog(name), parts != nil && parts[2] != trailFolder:
		return passedOver
	case parts != nil && !q.holds(spot{account: parts[1], region: parts[3]}):
		return unwanted
	case !q.inTime(s, key, parts):
		return unwanted
	}
	return wanted
}

// inTime says whether an object was delivered in time: by its name, by its
// folder, or since nothing tells when it was.
func (q *Query) inTime(s spot, key string, parts []string) bool {
	if parts != nil && parts[4] != "" {
		if minute, err := time.Parse("20060102T1504Z", parts[4]); err == nil {
			return q.delivered(minute, time.Minute) && q.dated(s, key)
		}
	}
	return q.dated(s, key)
}

func (q *Query) dated(s spot, key string) bool {
	if s.level != days {
		return true
	}
	first, last := q.days(s.folder)
	return key > first && (last == "" || key < last)
}

// accessLog is how S3 calls its own access logs, which lie in many a bucket of
// logs (S3 User Guide, "Logging requests with server access logging").
var accessLog = regexp.MustCompile(`[0-9]{4}(-[0-9]{2}){5}-[0-9A-F]{16}$`)

// isLog tells log files by the end of their names. Those of a delivery stream
// have none; whether a file is packed, its content says.
func isLog(name string) bool {
	switch path.Ext(name) {
	case ".json", ".jsonl", ".ndjson", ".log", ".gz", ".zst":
		return true
	case "":
		return !accessLog.MatchString(name)
	}
	return false
}
