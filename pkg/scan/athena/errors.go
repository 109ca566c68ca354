package athena

import (
	"fmt"
	"strings"

	"whydenied/internal/awserr"
)

const giveOutput = "give an output location, an s3:// address that you may write to, or choose a workgroup that has one"

// advice is what to do about an error, by a part of what Athena says. Athena has
// few codes: what is wrong stands in the text.
var advice = []struct{ part, do string }{
	{"No output location provided", giveOutput},
	{"Unable to verify/create output bucket", giveOutput},
	{"WorkGroup is disabled", "choose another workgroup"},
	{"WorkGroup", "see that the workgroup exists in this region, and that you may use it"},
	{"Entity Not Found", "see that the table exists in this catalog and region"},
	{"EntityNotFoundException", "see that the table exists in this catalog and region"},
	{"TABLE_NOT_FOUND", "see that the table exists in this catalog and region"},
	{"SCHEMA_NOT_FOUND", "see that the database exists in this catalog and region"},
	{"COLUMN_NOT_FOUND", "the table's definition changed while it was read; run again"},
	{"HIVE_PARTITION_SCHEMA_MISMATCH", "the table was changed after its partitions were added; drop them and add them again, or use partition projection"},
	{"HIVE_CURSOR_ERROR", "a log file is damaged, or is none; whydenied scan s3://… reads what is left of such an archive"},
	{"HIVE_BAD_DATA", "a log file is damaged, or is none; whydenied scan s3://… reads what is left of such an archive"},
	{"Bytes scanned limit", "ask for less time, or raise the workgroup's limit"},
	{"exceeded the configured data scanned limit", "ask for less time, or raise the workgroup's limit"},
	{"Query exhausted resources", "ask for less time, or again later"},
	{"Query timeout", "ask for less time"},
	{"glue:", "you need glue:GetDatabase, glue:GetTable and glue:GetPartitions on the table"},
	{"kms:", "you need kms:Decrypt for the key of the log files"},
	{"Access Denied", "you need s3:GetObject and s3:ListBucket for the log files, and s3:PutObject for the result; Athena reads and writes as you"},
	{"Access denied", "you need s3:GetObject and s3:ListBucket for the log files, and s3:PutObject for the result; Athena reads and writes as you"},
	{"Insufficient permissions", "you need the permissions that docs/scan-engines.md lists"},
	{"lakeformation", "you need Lake Formation's SELECT on the table"},
}

// advised is a reason of Athena's in one line, and what to do about it.
func advised(reason string) string {
	const most = 400
	reason = strings.Join(strings.Fields(reason), " ")
	if len(reason) > most {
		reason = strings.ToValidUTF8(reason[:most], "") + "…"
	}
	if do := remedy(reason); do != "" {
		return reason + ": " + do
	}
	return reason
}

func remedy(reason string) string {
	for _, a := range advice {
		if strings.Contains(reason, a.part) {
			return a.do
		}
	}
	return ""
}

// failed words the error of a call about the table.
func (s *Source) failed(call string, err error) error { return s.about(call, s.name(), err) }

func (s *Source) about(call, object string, err error) error {
	service := awserr.Service{Name: "Athena"}
	failure := service.Failed(call, object, err)
	if do := remedy(failure.Error()); do != "" {
		return fmt.Errorf("%w: %s", failure, do)
	}
	return failure
}
