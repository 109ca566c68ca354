package policy

import (
	"encoding/base64"
	"net/netip"
	"strings"
)

// compileBool takes true and false in any letter case. AWS's pages disagree
// on whether Bool resolves variables, so one that has some stays unknown.
func compileBool(s string, vars bool) pattern {
	if vars && strings.Contains(s, "${") {
		return pattern{unresolved: true}
	}
	s = strings.ToLower(s)
	return pattern{valid: s == "true" || s == "false", text: s}
}

func matchBool(p *pattern, _ *Request, s string) Truth {
	return truthOf(p.valid && strings.EqualFold(p.text, s))
}

func compileBinary(s string, _ bool) pattern {
	raw, err := base64.StdEncoding.DecodeString(s)
	return pattern{valid: err == nil, text: string(raw)}
}

func matchBinary(p *pattern, _ *Request, s string) Truth {
	presented := compileBinary(s, false)
	return truthOf(p.valid && presented.valid && p.text == presented.text)
}

// compileNull prepares the value of a Null condition: "true" asks for a
// missing key, "false" for a present one.
func compileNull(s string, _ bool) pattern {
	s = strings.ToLower(s)
	return pattern{valid: s == "true" || s == "false", text: s}
}

// compileIP takes a CIDR block or a single address.
func compileIP(s string, _ bool) pattern {
	if prefix, err := netip.ParsePrefix(s); err == nil {
		return pattern{valid: true, prefix: prefix}
	}
	addr, err := netip.ParseAddr(s)
	if err != nil || addr.Zone() != "" {
		return pattern{}
	}
	return pattern{valid: true, prefix: netip.PrefixFrom(addr, addr.BitLen())}
}

// matchIP compares addresses; one of IPv4 never matches a block of IPv6, nor
// the other way round. invalid is as in [matchNumber].
func matchIP(invalid Truth) func(*pattern, *Request, string) Truth {
	return func(p *pattern, _ *Request, s string) Truth {
		addr, err := netip.ParseAddr(s)
		if err != nil || !p.valid {
			return invalid
		}
		return truthOf(p.prefix.Contains(addr.WithZone("")))
	}
}
