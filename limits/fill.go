package limits

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"pstest/certs"
	"pstest/probe"
)

// words fills placeholders in texts and commands. What a host, a report file or
// a user chose enters a command only as one quoted argument or as a word of
// characters that no shell reads; anything else stays a "<PLACEHOLDER>".
type words struct{ facts *probe.Facts }

func filler(f *probe.Facts) words { return words{f} }

// text fills a headline, for people.
func (w words) text(s string) string { return w.replacer(printable).Replace(s) }

// powershell fills lines that are pasted into PowerShell; nil stays nil.
func (w words) powershell(lines []string) []string { return each(lines, w.replacer(psQuote).Replace) }

// shell fills lines that are pasted into a POSIX shell; nil stays nil.
func (w words) shell(lines []string) []string { return each(lines, w.posix) }

// posix fills one such line.
func (w words) posix(line string) string {
	parts := strings.Split(line, checkAgain)
	fill := w.replacer(shQuote)
	out := fill.Replace(parts[0])
	for _, rest := range parts[1:] {
		out += fill.Replace(checkAgain) + given(w.facts, rest) + fill.Replace(rest)
	}
	return out
}

func each(lines []string, fill func(string) string) []string {
	var out []string
	for _, l := range lines {
		out = append(out, fill(l))
	}
	return out
}

// replacer knows all placeholders. quote makes one argument of a free text.
// It replaces in one pass, so that a value can't bring in a placeholder.
func (w words) replacer(quote func(string) string) *strings.Replacer {
	f := w.facts
	n, _, _ := ntlm(f)
	h, _, _ := handshake(f)
	dns := w.dns()
	return strings.NewReplacer(
		"{host}", word(f.Target.Host, "<HOST>"),
		"{dns}", dns,
		"{dnsnames}", dnsNames(dns),
		"{computer}", word(first(n.DNSComputer, n.NetBIOSComputer), "<COMPUTER>"),
		"{names}", names(h.Chain.Name),
		"{user}", quote(first(f.Account.Asked, "<USER>")),
		"{account}", quote(first(f.Account.Asked, "<USER>")),
		"{localuser}", quote(first(f.Account.User, "<USER>")),
		"{hostuser}", quote(word(n.NetBIOSComputer, "<HOST>")+`\LOCALUSER`),
		"{ownaddress}", ownAddress(f),
		"{domainuser}", quote(word(n.NetBIOSDomain, "<DOMAIN>")+`\`+first(f.Account.User, "<USER>")),
		"{thumbprint}", hexWord(h.Chain.SHA1, "<THUMBPRINT>"),
		"{sha256}", hexWord(h.Chain.SHA256, "<SHA256>"),
		"{portHttp}", strconv.Itoa(f.Target.PortHTTP),
		"{portHttps}", strconv.Itoa(f.Target.PortHTTPS),
		"{path}", pathWord(f.Target.Path),
		"{silent}", portsThat(f, port.silent),
		"{refused}", portsThat(f, port.refused),
	)
}

// ownAddress is this computer's address as a connection to the host showed it.
func ownAddress(f *probe.Facts) string {
	for _, p := range ports(f) {
		if local := p.dial.Value.Local; local != "" {
			return word(local, "<YOUR_ADDRESS>")
		}
	}
	return "<YOUR_ADDRESS>"
}

// dns is the name that a certificate should carry: the one that was asked for,
// else the host's own.
func (w words) dns() string {
	if !isAddress(w.facts.Target.Host) && safe(w.facts.Target.Host) {
		return w.facts.Target.Host
	}
	n, _, _ := ntlm(w.facts)
	return word(n.DNSComputer, "<DNS_NAME>")
}

// dnsNames is the name with the short form of it, as arguments of -DnsName.
func dnsNames(dns string) string {
	if short := label(dns); short != dns {
		return dns + "," + short
	}
	return dns
}

// names are the first of the names that clients go by, the common name only
// where there is no other.
func names(n certs.Name) string {
	all := slices.Concat(n.DNSNames, n.IPs)
	if !n.HasSAN {
		all = append(all, n.CN)
	}
	all = slices.DeleteFunc(all, func(s string) bool { return !safe(strings.TrimPrefix(s, "*.")) })
	return orNone(strings.Join(all[:min(len(all), 8)], ", "))
}

// first is the first of two that is not empty.
func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// word is a name or an address that no shell reads anything into, else the placeholder.
func word(s, placeholder string) string {
	if safe(s) {
		return s
	}
	return placeholder
}

// safe accepts names and addresses: letters and digits of ASCII, and of the
// punctuation only what can't begin an option or mean something to a shell.
func safe(s string) bool {
	if _, err := netip.ParseAddr(s); err == nil {
		return !strings.Contains(s, "%")
	}
	plain := func(r rune) bool {
		return r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)) || r == '.' || r == '-' || r == '_'
	}
	return s != "" && len(s) <= 253 && s[0] != '-' && s[0] != '.' && !strings.ContainsFunc(s, func(r rune) bool { return !plain(r) })
}

func hexWord(s, placeholder string) string {
	if s == "" || strings.Trim(s, "0123456789ABCDEFabcdef") != "" {
		return placeholder
	}
	return s
}

// pathWord is a path that no shell reads anything into, else the placeholder.
func pathWord(p string) string {
	for _, part := range strings.Split(strings.Trim(p, "/"), "/") {
		if !safe(part) {
			return "<PATH>"
		}
	}
	return p
}

// printable is the text itself with what no terminal should get replaced.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, s)
}

// psQuote makes one literal argument for PowerShell, which takes five
// characters for a single quote and reads each of them doubled as itself. A
// text that is not printable becomes a placeholder.
func psQuote(s string) string {
	if printable(s) != s {
		s = "<USER>"
	}
	var b strings.Builder
	for _, r := range s {
		if strings.ContainsRune("'\u2018\u2019\u201a\u201b", r) {
			b.WriteRune(r)
		}
		b.WriteRune(r)
	}
	return "'" + b.String() + "'"
}

// shQuote makes one literal argument for a POSIX shell.
func shQuote(s string) string {
	if printable(s) != s {
		s = "<USER>"
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// pyQuote makes one literal string for Python, in double quotes and without a
// single quote in it, so that it may stand inside an argument of shQuote.
func pyQuote(s string) string {
	if printable(s) != s {
		s = "<USER>"
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "'", `\x27`).Replace(s) + `"`
}
