package live

import "strings"

// partition is a part of AWS with accounts, regions and ARNs of its own.
type partition struct {
	name   string // as ARNs have it
	prefix string // of the names of its regions; "" for the one that has all others
	home   string // the region in which CloudTrail records what IAM did
}

// partitions are those of the SDK's own table (partitions.json), which calls
// the home region implicitGlobalRegion. The one without a prefix is the last.
func partitions() []partition {
	return []partition{
		{"aws-cn", "cn-", "cn-north-1"},
		{"aws-us-gov", "us-gov-", "us-gov-west-1"},
		{"aws-iso", "us-iso-", "us-iso-east-1"},
		{"aws-iso-b", "us-isob-", "us-isob-east-1"},
		{"aws-iso-e", "eu-isoe-", "eu-isoe-west-1"},
		{"aws-iso-f", "us-isof-", "us-isof-south-1"},
		{"aws-eusc", "eusc-", "eusc-de-east-1"},
		{"aws", "", "us-east-1"},
	}
}

// partitionOf is the partition of a region.
func partitionOf(region string) partition {
	all := partitions()
	for _, p := range all {
		if strings.HasPrefix(region, p.prefix) {
			return p
		}
	}
	return all[len(all)-1]
}

// partitionNamed is the partition of an ARN's second part, and that of the
// region where there is no such partition.
func partitionNamed(name, region string) partition {
	for _, p := range partitions() {
		if p.name == name {
			return p
		}
	}
	return partitionOf(region)
}
