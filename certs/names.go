package certs

import (
	"bytes"
	"crypto/x509"
	"strings"
)

// MaxHosts bounds the hosts that InspectHosts answers for.
const MaxHosts = 100

// Served lists by what a leaf can be reached, for when no host was asked for.
type Served struct {
	// Names are the dNSNames that are host names or wildcards of them, lower
	// case, A-labels, then the addresses of the subjectAltName; each list in the
	// order of the certificate, together at most 2*MaxNames.
	Names []string `json:"names,omitempty"`
	// CommonName is the common name, in the same form, where it is a host name,
	// a wildcard or an address; empty: it is none. It meets the documented rule.
	CommonName string `json:"commonName,omitempty"`
	// OnlyCommonName: there is no name in a subjectAltName, so that only
	// clients which still look at the common name connect at all.
	OnlyCommonName bool `json:"onlyCommonName,omitempty"`
	// Unusable are the dNSNames by which no client finds a host: addresses,
	// names with spaces and the like, at most MaxNames.
	Unusable []string `json:"unusable,omitempty"`
	LeftOut  int      `json:"leftOut,omitempty"` // names beyond the bounds
}

// servedNames lists what a leaf serves.
func servedNames(c *x509.Certificate) Served {
	var s Served
	var names []string
	var unusable []string
	for _, name := range c.DNSNames {
		if usable := servedName(name); usable != "" {
			names = append(names, usable)
		} else {
			unusable = append(unusable, name)
		}
	}
	var left, more int
	s.Names, left = listed(names, MaxNames)
	s.Unusable, more = listed(unusable, MaxNames)
	_, addresses, _ := altNames(&x509.Certificate{IPAddresses: c.IPAddresses})
	s.Names = append(s.Names, addresses...)
	s.LeftOut = left + more + len(c.IPAddresses) - len(addresses)
	s.CommonName = servedName(c.Subject.CommonName)
	if ip, ok := address(c.Subject.CommonName); ok {
		s.CommonName = ip.String()
	}
	s.OnlyCommonName = s.CommonName != "" && len(c.DNSNames)+len(c.IPAddresses) == 0
	return s
}

// servedName brings a host name or a wildcard of the whole first label into one
// form; empty when it is neither.
func servedName(name string) string {
	if _, ok := address(name); ok {
		return ""
	}
	rest, wild := strings.CutPrefix(name, "*.")
	host := hostName(rest)
	if host != "" && wild {
		return "*." + host
	}
	return host
}

// HostMatch is what one of several hosts gets: Name without the lists, which
// are the same for all.
type HostMatch struct {
	Host       string `json:"host"`
	MatchesCN  bool   `json:"matchesCN,omitempty"`
	MatchesSAN bool   `json:"matchesSAN,omitempty"`
	Reason     string `json:"reason,omitempty"` // a Name… word; empty: the SAN matches
	Detail     string `json:"detail,omitempty"`
}

// InspectHosts holds a leaf, in DER, against several hosts, in their order; the
// first MaxHosts are looked at, left counts the others. A leaf that can't be
// read matches nothing.
func InspectHosts(leaf []byte, hosts []string) (matches []HostMatch, left int) {
	if len(hosts) > MaxHosts {
		hosts, left = hosts[:MaxHosts], len(hosts)-MaxHosts
	}
	p := parse(bytes.Clone(leaf))
	if p.cert == nil {
		p.cert = &x509.Certificate{}
	}
	for _, host := range hosts {
		n := inspectName(p.cert, host)
		matches = append(matches, HostMatch{Host: shown(host), MatchesCN: n.MatchesCN, MatchesSAN: n.MatchesSAN, Reason: n.Reason, Detail: n.Detail})
	}
	return matches, left
}
