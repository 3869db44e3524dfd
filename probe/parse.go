package probe

import (
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"

	"pstest/negotiate"
)

// TargetOptions are the flags that apply to every host of a command.
type TargetOptions struct {
	PortHTTP, PortHTTPS int    // 0: the documented ports
	Path                string // "": /wsman
	Route               Route  // "": any
	Family              Family
	Trust               TrustAsk
}

// ParseTarget reads HOST, HOST:PORT, a URL, an IPv4 or an IPv6 address (with or
// without brackets). HOST:PORT names the HTTPS port when it ends in 6 like
// 5986, is 443, or the route asks for HTTPS; else the HTTP port. A URL names
// its scheme, and then only that listener is looked at.
// Errors say what was wrong and what is accepted.
func ParseTarget(arg string, o TargetOptions) (Target, error) {
	if !utf8.ValidString(arg) || strings.Contains(arg, "@") {
		// A password may stand in it, so that it isn't repeated.
		return Target{}, fmt.Errorf("a host argument has an @ or bytes that are no text; give the account with -u, the password by prompt, file or environment; accepted: HOST, HOST:PORT, [IPV6]:PORT, a URL")
	}
	t := Target{Asked: arg, PortHTTP: orInt(o.PortHTTP, DefaultPortHTTP), PortHTTPS: orInt(o.PortHTTPS, DefaultPortHTTPS),
		Path: o.Path, Route: o.Route, Family: o.Family, Trust: o.Trust}
	if t.Route == "" {
		t.Route = RouteAny
	}
	if err := checkPorts(t); err != nil {
		return Target{}, err
	}
	var err error
	if strings.Contains(arg, "://") {
		err = t.readURL(arg)
	} else {
		err = t.readHostPort(arg)
	}
	if err != nil {
		return Target{}, err
	}
	t.Path, err = checkPath(orString(t.Path, DefaultPath))
	if err != nil {
		return Target{}, err
	}
	return t, t.checkRoute()
}

func (t *Target) readURL(arg string) error {
	u, err := url.Parse(arg)
	if err != nil || u.Host == "" {
		return fmt.Errorf("host %q is not a URL; accepted: http://HOST[:PORT][/PATH] or https://HOST[:PORT][/PATH]", Clean(arg, 80))
	}
	if u.RawQuery != "" || u.Fragment != "" {
		return fmt.Errorf("host %q has a query or fragment; accepted: http://HOST[:PORT][/PATH] or https://HOST[:PORT][/PATH]", Clean(arg, 80))
	}
	switch strings.ToLower(u.Scheme) {
	case "http":
		t.NoHTTPS = true
	case "https":
		t.NoHTTP = true
	default:
		return fmt.Errorf("host %q has the scheme %q; accepted: http, https", Clean(arg, 80), Clean(u.Scheme, 20))
	}
	if u.Path != "" && u.Path != "/" {
		t.Path = u.EscapedPath()
	}
	if err := t.setHost(u.Hostname(), arg); err != nil {
		return err
	}
	return t.setPort(u.Port(), !t.NoHTTP)
}

func (t *Target) readHostPort(arg string) error {
	if _, err := netip.ParseAddr(arg); err == nil {
		return t.setHost(arg, arg)
	}
	host, port := arg, ""
	if i := strings.LastIndexByte(arg, ':'); i >= 0 && !strings.HasSuffix(arg, "]") {
		host, port = arg[:i], arg[i+1:]
		if port == "" {
			return fmt.Errorf("host %q ends in a colon; accepted: HOST, HOST:PORT, [IPV6]:PORT, a URL", Clean(arg, 80))
		}
	}
	bracketed := strings.HasPrefix(host, "[") && strings.HasSuffix(host, "]")
	if bracketed {
		host = host[1 : len(host)-1]
		if a, err := netip.ParseAddr(host); err != nil || !a.Is6() {
			return fmt.Errorf("host %q has brackets around something that is no IPv6 address", Clean(arg, 80))
		}
	}
	if err := t.setHost(host, arg); err != nil {
		return err
	}
	return t.setPort(port, !looksHTTPS(port, t.Route))
}

// looksHTTPS guesses which listener a bare HOST:PORT names.
func looksHTTPS(port string, r Route) bool {
	switch {
	case port == "443" || port == strconv.Itoa(DefaultPortHTTPS):
		return true
	case port == "80" || port == strconv.Itoa(DefaultPortHTTP):
		return false
	}
	return r == RouteBasicHTTPS || r == RouteNegotiateHTTPS
}

func (t *Target) setHost(host, arg string) error {
	if a, err := netip.ParseAddr(host); err == nil {
		if err := t.checkAddress(a); err != nil {
			return err
		}
		t.Host = a.String()
		return nil
	}
	host, err := toASCII(strings.TrimSuffix(host, "."))
	if err == nil {
		err = checkName(host)
	}
	if err != nil {
		return fmt.Errorf("host %q: %w; accepted: HOST, HOST:PORT, [IPV6]:PORT, a URL", Clean(arg, 80), err)
	}
	t.Host = host
	return nil
}

// checkAddress refuses an address that the flags exclude or that is incomplete.
func (t *Target) checkAddress(a netip.Addr) error {
	bad := func(r rune) bool {
		return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("._-", r)
	}
	switch {
	case strings.ContainsFunc(a.Zone(), bad):
		return fmt.Errorf("address %q names no interface; accepted: an interface such as eth0 behind the %%", Clean(a.String(), 80))
	case a.Is6() && a.IsLinkLocalUnicast() && a.Zone() == "":
		return fmt.Errorf("address %s is of one link and needs to say which; accepted: %s%%INTERFACE, such as %s%%eth0", a, a, a)
	case t.Family == FamilyV4 && !a.Unmap().Is4(), t.Family == FamilyV6 && a.Unmap().Is4():
		return fmt.Errorf("address %s is not of the family that -%s asks for; accepted: an address of that family, or a name", a, t.Family)
	}
	return nil
}

// toASCII turns U-labels into the A-labels that DNS, TLS and certificates have
// (RFC 5891); a name in ASCII stays as it is.
func toASCII(host string) (string, error) {
	if !strings.ContainsFunc(host, func(r rune) bool { return r > unicode.MaxASCII }) {
		return host, nil
	}
	a, err := idna.Lookup.ToASCII(host)
	if err != nil {
		return "", fmt.Errorf("no internationalised name")
	}
	return a, nil
}

// checkName accepts what DNS and /etc/hosts accept: LDH labels and underscores
// (which NetBIOS names have), 253 bytes in all, 63 a label.
func checkName(host string) error {
	if host == "" {
		return fmt.Errorf("the name is empty")
	}
	if len(host) > 253 {
		return fmt.Errorf("the name is longer than 253 bytes")
	}
	for _, label := range strings.Split(host, ".") {
		if label == "" || len(label) > 63 {
			return fmt.Errorf("a label is empty or longer than 63 bytes")
		}
		for _, r := range label {
			if r != '-' && r != '_' && (r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r)) {
				return fmt.Errorf("a host name can't contain %q", r)
			}
		}
		if strings.HasPrefix(label, "-") {
			return fmt.Errorf("a label can't begin with a hyphen")
		}
	}
	if looksNumeric(host) {
		return fmt.Errorf("not an IPv4 address: four numbers from 0 to 255")
	}
	return nil
}

// looksNumeric tells a mistyped IPv4 address from a name: the last label is all digits.
func looksNumeric(host string) bool {
	last := host[strings.LastIndexByte(host, '.')+1:]
	_, err := strconv.ParseUint(last, 10, 64)
	return err == nil
}

func (t *Target) setPort(port string, plain bool) error {
	if port == "" {
		return nil
	}
	n, err := strconv.Atoi(port)
	if err != nil || strings.Trim(port, "0123456789") != "" || n < 1 || n > 65535 {
		return fmt.Errorf("port %q of host %q is no port; accepted: 1 to 65535", Clean(port, 20), Clean(t.Asked, 80))
	}
	if plain {
		t.PortHTTP = n
	} else {
		t.PortHTTPS = n
	}
	return nil
}

func checkPorts(t Target) error {
	for _, p := range []int{t.PortHTTP, t.PortHTTPS} {
		if p < 1 || p > 65535 {
			return fmt.Errorf("port %d is no port; accepted: 1 to 65535", p)
		}
	}
	return nil
}

func checkPath(p string) (string, error) {
	if !strings.HasPrefix(p, "/") {
		p = "/" + p
	}
	if strings.ContainsFunc(p, func(r rune) bool { return r <= ' ' || r > '~' || r == '?' || r == '#' }) || len(p) > 1024 {
		return "", fmt.Errorf("path %q has characters that a URL path can't have; accepted: a path such as /wsman", Clean(p, 80))
	}
	return p, nil
}

// checkRoute refuses a route that the URL's scheme excludes.
func (t Target) checkRoute() error {
	https := t.Route == RouteBasicHTTPS || t.Route == RouteNegotiateHTTPS
	if (https && t.NoHTTPS) || (t.Route == RouteNegotiateHTTP && t.NoHTTP) {
		return fmt.Errorf("host %q names one listener and --route %s the other; accepted: HOST without a scheme, or the matching one", Clean(t.Asked, 80), t.Route)
	}
	return nil
}

// ParseAccount splits a user name as Windows does: DOMAIN\user at the first
// backslash, user@domain at the last @, else unqualified. The password is
// looked at for two properties that break logons and is not kept.
func ParseAccount(user string, password negotiate.Secret) (Account, error) {
	a := Account{Asked: user, Form: FormUnqualified, User: user}
	if i := strings.IndexByte(user, '\\'); i >= 0 {
		a.Form, a.Qualifier, a.User = FormDownLevel, user[:i], user[i+1:]
	} else if i := strings.LastIndexByte(user, '@'); i >= 0 {
		a.Form, a.User, a.Qualifier = FormUPN, user[:i], user[i+1:]
	}
	if a.User == "" || (a.Form != FormUnqualified && a.Qualifier == "") || len(user) > 512 || strings.ContainsFunc(user, unicode.IsControl) {
		return Account{}, fmt.Errorf("user %q is no account name; accepted: alice, WIN01\\alice, alice@win01.example", Clean(user, 80))
	}
	clear := password.Reveal()
	a.Blank = clear == ""
	a.NonASCII = strings.ContainsFunc(clear, func(r rune) bool { return r > unicode.MaxASCII })
	return a, nil
}

func orInt(n, otherwise int) int {
	if n == 0 {
		return otherwise
	}
	return n
}

func orString(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
