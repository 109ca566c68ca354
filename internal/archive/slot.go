package archive

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

// scene is what the records of a file are made from.
type scene struct {
	rng     *rand.Rand
	account string
	region  string
	at      time.Time // of the record
	session *session  // who made it
	pool    *pool     // of the account
	word    string    // a name that recurs within a record
	self    string    // the instance that a session is of
}

// slotOf finds the slot of a name; bare says that its value is no string.
func slotOf(name string) (fill slot, bare bool) {
	stem := strings.TrimRight(name, "0123456789")
	n, _ := strconv.Atoi(name[len(stem):])
	if n > 0 {
		return sized(stem, n), false
	}
	return words()[name], name == "number" || name == "millis" || name == "identity"
}

// sized are random values of a given length.
func sized(stem string, n int) slot {
	alphabet := map[string]string{"hex": hexadecimal, "blob": base64Letters, "base": base32Letters}[stem]
	if alphabet == "" {
		return nil
	}
	return func(b []byte, s *scene) []byte { return random(b, s.rng, alphabet, n) }
}

const (
	hexadecimal   = "0123456789abcdef"
	base32Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	base64Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
)

// random takes six bits of the source for each letter.
func random(b []byte, rng *rand.Rand, alphabet string, n int) []byte {
	mask := uint64(len(alphabet) - 1)
	for n > 0 {
		bits := rng.Uint64()
		for k := 0; k < 10 && n > 0; k, n = k+1, n-1 {
			b = append(b, alphabet[bits&mask])
			bits >>= 6
		}
	}
	return b
}

func words() map[string]slot {
	return map[string]slot{
		"account":  func(b []byte, s *scene) []byte { return append(b, s.account...) },
		"region":   func(b []byte, s *scene) []byte { return append(b, s.region...) },
		"word":     func(b []byte, s *scene) []byte { return append(b, s.word...) },
		"bucket":   func(b []byte, s *scene) []byte { return append(append(b, "acme-"...), s.word...) },
		"uuid":     func(b []byte, s *scene) []byte { return uuid(b, s.rng) },
		"octet":    func(b []byte, s *scene) []byte { return strconv.AppendInt(b, 1+s.rng.Int64N(250), 10) },
		"time":     timeSlot,
		"expiry":   func(b []byte, s *scene) []byte { return s.at.Add(time.Hour).AppendFormat(b, "Jan 2, 2006, 3:04:05 PM") },
		"instance": func(b []byte, s *scene) []byte { return append(b, s.pool.instances[s.rng.IntN(16)]...) },
		"self":     func(b []byte, s *scene) []byte { return append(b, s.self...) },
		"keyid":    func(b []byte, s *scene) []byte { return append(b, s.pool.keys[s.rng.IntN(16)]...) },
		"accesskey": func(b []byte, s *scene) []byte {
			return random(append(b, "ASIA"...), s.rng, base32Letters, 16)
		},
		"number":   func(b []byte, s *scene) []byte { return strconv.AppendInt(b, s.rng.Int64N(1<<22), 10) },
		"millis":   func(b []byte, s *scene) []byte { return strconv.AppendInt(b, s.at.UnixMilli(), 10) },
		"identity": func(b []byte, s *scene) []byte { return append(b, s.session.identity...) },
		"agent":    func(b []byte, s *scene) []byte { return append(b, s.session.agent...) },
		"address":  func(b []byte, s *scene) []byte { return append(b, s.session.address...) },
	}
}

func uuid(b []byte, rng *rand.Rand) []byte {
	for i, n := range [...]int{8, 4, 4, 4, 12} {
		if i > 0 {
			b = append(b, '-')
		}
		b = random(b, rng, hexadecimal, n)
	}
	return b
}

// pool are the IDs that recur in an account.
type pool struct{ instances, keys [16]string }

func newPool(seed uint64, account string) *pool {
	number, _ := strconv.ParseUint(account, 10, 64)
	rng := rand.New(rand.NewPCG(seed, number))
	p := &pool{}
	for i := range p.instances {
		p.instances[i] = string(random([]byte("i-0"), rng, hexadecimal, 16))
		p.keys[i] = string(uuid(nil, rng))
	}
	return p
}

// wordList are the names of systems, services and teams of the company.
func wordList() []string {
	return []string{"api", "web", "shop", "ledger", "payments", "search", "mail", "batch", "reports", "identity", "media", "orders",
		"catalog", "pricing", "stock", "fraud", "events", "metrics", "billing", "support", "docs", "signer", "infra", "data-lake"}
}

func timeSlot(b []byte, s *scene) []byte { return s.at.AppendFormat(b, time.RFC3339) }
