package certs

import (
	"crypto/x509"
	"net"
	"strings"
)

const oidNameConstraints = "2.5.29.30"

// Constraint is one name constraints extension (RFC 5280, section 4.2.1.10).
type Constraint struct {
	Where    int    `json:"where"`   // index in Certificates; -1: of a certificate that wasn't served
	Subject  string `json:"subject"` // of the authority
	Critical bool   `json:"critical,omitempty"`
	// Permitted and Excluded list the subtrees for DNS names, addresses, mail
	// addresses and URIs, each list at most MaxNames; LeftOut counts the rest.
	Permitted []string `json:"permitted,omitempty"`
	Excluded  []string `json:"excluded,omitempty"`
	LeftOut   int      `json:"leftOut,omitempty"`
	// Name is the first DNS name or address of the leaf that is in conflict with
	// the constraint; empty: none is. Rule is the excluded subtree that it is in;
	// empty: it is in none of the permitted ones.
	Name string `json:"name,omitempty"`
	Rule string `json:"rule,omitempty"`
}

// constraintOf reads the name constraints of an authority.
func constraintOf(c *x509.Certificate) (k Constraint, ok bool) {
	if _, ok = extension(c, oidNameConstraints); !ok {
		return k, false
	}
	k = Constraint{Subject: distinguished(c.RawSubject), Critical: c.PermittedDNSDomainsCritical}
	var left, more int
	k.Permitted, left = listed(subtrees(c.PermittedDNSDomains, c.PermittedIPRanges, c.PermittedEmailAddresses, c.PermittedURIDomains), MaxNames)
	k.Excluded, more = listed(subtrees(c.ExcludedDNSDomains, c.ExcludedIPRanges, c.ExcludedEmailAddresses, c.ExcludedURIDomains), MaxNames)
	k.LeftOut = left + more
	return k, true
}

// subtrees writes subtrees of all kinds in one list, the kind before each but
// that of DNS names and addresses, which tell themselves apart.
func subtrees(dns []string, ips []*net.IPNet, mail, uris []string) []string {
	var all []string
	for _, name := range dns {
		if name == "" {
			name = "(every DNS name)"
		}
		all = append(all, name)
	}
	for _, ip := range ips {
		all = append(all, ip.String())
	}
	for _, name := range mail {
		all = append(all, "mail:"+name)
	}
	for _, name := range uris {
		all = append(all, "uri:"+name)
	}
	return all
}

// maxHeld bounds the comparisons of the names of a leaf with one constraint.
const maxHeld = 100_000

// inTheWay looks for the first name of a leaf that an authority may not vouch
// for, and for the excluded subtree that it is in; empty: none.
func inTheWay(authority, leaf *x509.Certificate) (name, rule string) {
	held := 0
	for _, name := range leaf.DNSNames {
		if held += len(authority.PermittedDNSDomains) + len(authority.ExcludedDNSDomains); held > maxHeld {
			return "", ""
		}
		if rule, bad := againstDNS(authority, name); bad {
			return shown(name), shown(rule)
		}
	}
	for _, ip := range leaf.IPAddresses {
		if held += len(authority.PermittedIPRanges) + len(authority.ExcludedIPRanges); held > maxHeld {
			return "", ""
		}
		if rule, bad := againstIP(authority, ip); bad {
			return ip.String(), rule
		}
	}
	return "", ""
}

func againstDNS(authority *x509.Certificate, name string) (rule string, bad bool) {
	for _, tree := range authority.ExcludedDNSDomains {
		if dnsWithin(name, tree) || coversTree(name, tree) {
			return tree, true
		}
	}
	for _, tree := range authority.PermittedDNSDomains {
		if dnsWithin(name, tree) {
			return "", false
		}
	}
	return "", len(authority.PermittedDNSDomains) > 0
}

func againstIP(authority *x509.Certificate, ip net.IP) (rule string, bad bool) {
	for _, tree := range authority.ExcludedIPRanges {
		if tree.Contains(ip) {
			return tree.String(), true
		}
	}
	for _, tree := range authority.PermittedIPRanges {
		if tree.Contains(ip) {
			return "", false
		}
	}
	return "", len(authority.PermittedIPRanges) > 0
}

// coversTree tells whether a wildcard stands for the name of a subtree.
func coversTree(name, tree string) bool {
	domain, wild := strings.CutPrefix(name, "*.")
	_, parent, _ := strings.Cut(strings.TrimPrefix(tree, "."), ".")
	return wild && strings.EqualFold(domain, parent)
}

// dnsWithin tells whether a DNS name is in a subtree: it is the name itself or
// has labels before it; with a dot in front, which clients take for "below it
// only", it must have some. The star of a wildcard is a label like others.
func dnsWithin(name, tree string) bool {
	name, tree = strings.ToLower(name), strings.ToLower(tree)
	if tree == "" {
		return true
	}
	if below, ok := strings.CutPrefix(tree, "."); ok {
		return strings.HasSuffix(name, "."+below)
	}
	return name == tree || strings.HasSuffix(name, "."+tree)
}
