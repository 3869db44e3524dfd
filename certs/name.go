package certs

import (
	"crypto/x509"
	"fmt"
	"net/netip"
	"strings"

	"golang.org/x/net/idna"
)

// asked is the host that a certificate is held against.
type asked struct {
	name string     // lower case, A-labels, no trailing dot; empty: none, or no host name
	ip   netip.Addr // without a zone; invalid when the host is no address
	none bool       // nothing was asked for
}

// ask reads a host as people write it.
func ask(host string) asked {
	if host == "" {
		return asked{none: true}
	}
	if ip, ok := address(host); ok {
		return asked{ip: ip}
	}
	return asked{name: hostName(host)}
}

// address reads an IP address, with or without brackets and zone.
func address(s string) (netip.Addr, bool) {
	if len(s) > 2 && s[0] == '[' && s[len(s)-1] == ']' {
		s = s[1 : len(s)-1]
	}
	ip, err := netip.ParseAddr(s)
	return ip.WithZone("").Unmap(), err == nil
}

// hostName brings a DNS name into one form; empty when it isn't one. Letters
// beyond ASCII become A-labels (RFC 5891, section 5).
func hostName(s string) string {
	s = strings.TrimSuffix(s, ".")
	if len(s) > 253*4 {
		return ""
	}
	if strings.IndexFunc(s, func(r rune) bool { return r > 0x7f }) >= 0 {
		ascii, err := idna.Lookup.ToASCII(s)
		if err != nil {
			return ""
		}
		s = ascii
	}
	s = strings.ToLower(s)
	if len(s) > 253 {
		return ""
	}
	for _, label := range strings.Split(s, ".") {
		if !validLabel(label) {
			return ""
		}
	}
	return s
}

// validLabel is lenient as Go is: underscores are met in the field.
func validLabel(label string) bool {
	if label == "" || len(label) > 63 || label[0] == '-' {
		return false
	}
	for _, r := range label {
		if r != '-' && r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') {
			return false
		}
	}
	return true
}

// inspectName holds the names of a leaf against a host.
func inspectName(c *x509.Certificate, host string) Name {
	n := Name{CN: shown(c.Subject.CommonName)}
	n.DNSNames, n.IPs, n.NamesLeftOut = altNames(c)
	n.HasSAN = len(c.DNSNames) > 0 || len(c.IPAddresses) > 0
	a := ask(host)
	n.HostIsIP = a.ip.IsValid()
	n.MatchesCN = a.matches(c.Subject.CommonName)
	switch {
	case n.HostIsIP:
		n.MatchesSAN = c.VerifyHostname(a.ip.String()) == nil
		n.IPAsDNS = a.amongDNS(c.DNSNames)
	case a.name != "":
		n.MatchesSAN = c.VerifyHostname(a.name) == nil
	}
	if !n.MatchesSAN {
		n.Reason = a.reason(c, n)
		n.Detail = shown(n.explain(a))
	}
	return n
}

// matches is the rule for one name of a certificate: equal in any case, or a
// wildcard as the whole first label standing for exactly one.
func (a asked) matches(pattern string) bool {
	if a.ip.IsValid() {
		ip, ok := address(pattern)
		return ok && ip == a.ip
	}
	if a.name == "" {
		return false
	}
	if rest, ok := strings.CutPrefix(pattern, "*."); ok {
		_, parent, more := strings.Cut(a.name, ".")
		return more && hostName(rest) == parent
	}
	return hostName(pattern) == a.name
}

func (a asked) amongDNS(names []string) bool {
	for _, name := range names {
		if ip, ok := address(name); ok && ip == a.ip {
			return true
		}
	}
	return false
}

// reason says why no subjectAltName matches, the most telling word first.
func (a asked) reason(c *x509.Certificate, n Name) string {
	names := append([]string{c.Subject.CommonName}, c.DNSNames...)
	switch {
	case a.none:
		return NameNotAsked
	case !n.HostIsIP && a.name == "":
		return NameInvalidHost
	case n.MatchesCN && !n.HasSAN:
		return NameCNOnly
	case n.IPAsDNS:
		return NameIPAsDNS
	case n.MatchesCN:
		return NameCNNotSAN
	case !n.HasSAN && c.Subject.CommonName == "":
		return NameNone
	case n.HostIsIP:
		return NameNoIP
	case anyOf(names, a.wildcardDepth):
		return NameWildcard
	case anyOf(names, a.shortened):
		return NameShort
	case anyOf(names, a.lengthened):
		return NameFull
	}
	return NameOther
}

func anyOf(names []string, is func(string) bool) bool {
	for _, name := range names {
		if is(name) {
			return true
		}
	}
	return false
}

// wildcardDepth: a wildcard of the parent domain, at another depth than asked.
func (a asked) wildcardDepth(pattern string) bool {
	rest, ok := strings.CutPrefix(strings.ToLower(pattern), "*.")
	return ok && rest != "" && (a.name == rest || strings.HasSuffix(a.name, "."+rest))
}

// shortened: the first label of what was asked.
func (a asked) shortened(name string) bool {
	first, _, more := strings.Cut(a.name, ".")
	return more && strings.EqualFold(first, name)
}

// lengthened: a name of which only the first label was asked.
func (a asked) lengthened(name string) bool {
	first, _, more := strings.Cut(name, ".")
	return more && strings.EqualFold(first, a.name)
}

// explain puts Reason into words.
func (n Name) explain(a asked) string {
	host := a.name
	if a.ip.IsValid() {
		host = a.ip.String()
	}
	switch n.Reason {
	case NameNotAsked:
		return "no host name to hold the certificate against"
	case NameInvalidHost:
		return "what was asked for is neither a host name nor an address"
	case NameCNOnly:
		return fmt.Sprintf("only the common name says %s; clients that go by subject alternative names alone, Go's among them, refuse it", host)
	case NameIPAsDNS:
		return fmt.Sprintf("%s is listed as a DNS name, not as an IP address, where clients look for it", host)
	case NameCNNotSAN:
		return fmt.Sprintf("the common name says %s, but the subject alternative names, which win, don't", host)
	case NameNone:
		return "the certificate has neither a common name nor a subject alternative name"
	case NameNoIP:
		return fmt.Sprintf("asked for the address %s, which is not among the IP addresses of the certificate", host)
	case NameWildcard:
		return fmt.Sprintf("a wildcard stands for exactly one label, which doesn't give %s", host)
	case NameShort:
		return fmt.Sprintf("the certificate has the short name of %s", host)
	case NameFull:
		return fmt.Sprintf("the certificate has a longer name than %s", host)
	}
	return fmt.Sprintf("no name of the certificate is %s", host)
}
