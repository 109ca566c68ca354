package archive

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"time"
)

// OrganizationID is in the paths of an organization's trail.
const OrganizationID = "o-a1b2c3d4e5"

// name is the key of a log file, as a trail names it.
func (o Options) name(p place, published time.Time, rng *rand.Rand) string {
	unique := random(nil, rng, base64Letters[:32]+base64Letters[26:58], 16)
	return fmt.Sprintf("%s%s_CloudTrail_%s_%s_%s%s%s", o.folder(p, "CloudTrail"), p.account, p.region,
		published.Format("20060102T1504Z"), unique, o.Envelope.extension(), o.Packing.extension())
}

func (o Options) folder(p place, kind string) string {
	organization := ""
	if o.Organization {
		organization = OrganizationID + "/"
	}
	return fmt.Sprintf("AWSLogs/%s%s/%s/%s/%s/", organization, p.account, kind, p.region, p.day.Format("2006/01/02"))
}

// delivered is a log file as a digest file tells of it.
type delivered struct {
	Object    string `json:"s3Object"`
	Hash      string `json:"hashValue"`
	Algorithm string `json:"hashAlgorithm"`
}

func (w *writer) deliver(name string, packed []byte) delivered {
	if !w.o.Digests {
		return delivered{}
	}
	sum := sha256.Sum256(packed)
	return delivered{name, hex.EncodeToString(sum[:]), "SHA-256"}
}

// digest makes the digest file of a folder. A trail makes one each hour; one
// for the day has the same form.
func (w *writer) digest(p place, files []delivered) error {
	end := p.day.Add(day)
	text, err := json.Marshal(map[string]any{
		"awsAccountId": p.account, "digestStartTime": p.day.Format(time.RFC3339), "digestEndTime": end.Format(time.RFC3339),
		"digestS3Bucket": "acme-trail", "logFiles": files, "newestEventTime": nil, "oldestEventTime": nil,
		"digestPublicKeyFingerprint": "31e8b5433410dfb61a9dc45cc65b22ff", "digestSignatureAlgorithm": "SHA256withRSA",
	})
	if err != nil {
		return err
	}
	pk, err := newPacker(Gzip)
	if err != nil {
		return err
	}
	packed, err := pk.pack(text)
	if err != nil {
		return err
	}
	w.tally.m.Digests++
	name := fmt.Sprintf("%s%s_CloudTrail-Digest_%s_trail_%s_%s.json.gz", w.o.folder(p, "CloudTrail-Digest"), p.account, p.region, p.region, end.Format("20060102T150405Z"))
	if err := w.to(name, packed); err != nil {
		return fmt.Errorf("archive file %q: %w", name, err)
	}
	return nil
}
