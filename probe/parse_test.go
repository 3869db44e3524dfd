package probe

import (
	"strings"
	"testing"

	"pstest/negotiate"
)

func TestParseTarget(t *testing.T) {
	for _, c := range []struct {
		arg         string
		o           TargetOptions
		host        string
		http, https int
		path        string
	}{
		{"win01", TargetOptions{}, "win01", 5985, 5986, "/wsman"},
		{"win01.corp.example.", TargetOptions{}, "win01.corp.example", 5985, 5986, "/wsman"},
		{"win_01", TargetOptions{}, "win_01", 5985, 5986, "/wsman"},
		{"bücher.example", TargetOptions{}, "xn--bcher-kva.example", 5985, 5986, "/wsman"},
		{"10.2.3.4", TargetOptions{}, "10.2.3.4", 5985, 5986, "/wsman"},
		{"10.2.3.4:15985", TargetOptions{}, "10.2.3.4", 15985, 5986, "/wsman"},
		{"win01:5986", TargetOptions{}, "win01", 5985, 5986, "/wsman"},
		{"win01:443", TargetOptions{}, "win01", 5985, 443, "/wsman"},
		{"win01:8443", TargetOptions{Route: RouteBasicHTTPS}, "win01", 5985, 8443, "/wsman"},
		{"2001:db8::1", TargetOptions{}, "2001:db8::1", 5985, 5986, "/wsman"},
		{"[2001:db8::1]:15985", TargetOptions{}, "2001:db8::1", 15985, 5986, "/wsman"},
		{"[fe80::1%eth0]", TargetOptions{}, "fe80::1%eth0", 5985, 5986, "/wsman"},
		{"http://win01:80/powershell", TargetOptions{}, "win01", 80, 5986, "/powershell"},
		{"https://[2001:db8::1]", TargetOptions{PortHTTPS: 443}, "2001:db8::1", 5985, 443, "/wsman"},
		{"win01", TargetOptions{PortHTTP: 1, PortHTTPS: 2, Path: "x"}, "win01", 1, 2, "/x"},
	} {
		got, err := ParseTarget(c.arg, c.o)
		if err != nil || got.Host != c.host || got.PortHTTP != c.http || got.PortHTTPS != c.https || got.Path != c.path {
			t.Errorf("%s: %+v, %v", c.arg, got, err)
		}
	}
}

func TestParseTargetRefuses(t *testing.T) {
	for _, arg := range []string{"", ".", "a..b", "-x", "win01:", "win01:0", "win01:65536", "win01:x", "1.2.3", "1.2.3.400", "[1.2.3.4]:1",
		"a b", "a\x1b[31m", "ftp://win01", "https://", "https://user:pass@win01", "https://win01/?q", "http://win01:99999",
		"win01/wsman", strings.Repeat("a", 64), strings.Repeat("a.", 127) + "aa", "win01;reboot", "$(reboot)", "[::1", "::1]", "fe80::1", "fe80::1%\x1b[m", "a:+5985", "\xff\xfe", "u:S3cret@win01"} {
		if got, err := ParseTarget(arg, TargetOptions{}); err == nil {
			t.Errorf("%q became %+v", arg, got)
		} else if strings.ContainsAny(err.Error(), "\x1b\n") || strings.Contains(err.Error(), "S3cret") {
			t.Errorf("%q: the error carries control characters: %q", arg, err)
		}
	}
	if got, err := ParseTarget("192.0.2.1", TargetOptions{Family: FamilyV6}); err == nil {
		t.Errorf("an IPv4 address with -6 became %+v", got)
	}
	for _, o := range []TargetOptions{{PortHTTP: -1}, {PortHTTPS: 70000}, {Path: "/a b"}, {Path: "/a\r\nX: y"}, {Path: "/a?b"}} {
		if got, err := ParseTarget("win01", o); err == nil {
			t.Errorf("%+v became %+v", o, got)
		}
	}
	if _, err := ParseTarget("http://win01", TargetOptions{Route: RouteBasicHTTPS}); err == nil {
		t.Error("an http URL was accepted with a route over HTTPS")
	}
}

func TestParseAccount(t *testing.T) {
	for _, c := range []struct {
		in, user, qualifier string
		form                AccountForm
	}{
		{"alice", "alice", "", FormUnqualified},
		{`WIN01\alice`, "alice", "WIN01", FormDownLevel},
		{`WIN01\al@ice`, "al@ice", "WIN01", FormDownLevel},
		{"alice@corp.example", "alice", "corp.example", FormUPN},
		{"al@ice@corp", "al@ice", "corp", FormUPN},
	} {
		a, err := ParseAccount(c.in, negotiate.NewSecret("x"))
		if err != nil || a.User != c.user || a.Qualifier != c.qualifier || a.Form != c.form || a.Blank || a.NonASCII {
			t.Errorf("%s: %+v, %v", c.in, a, err)
		}
	}
	for _, bad := range []string{"", `WIN01\`, `\alice`, "alice@", "@corp", "a\x00b", "a\x1b[2J"} {
		if a, err := ParseAccount(bad, negotiate.Secret{}); err == nil {
			t.Errorf("%q became %+v", bad, a)
		}
	}
	if a, _ := ParseAccount("alice", negotiate.NewSecret("pässword")); !a.NonASCII {
		t.Error("a password beyond ASCII was not noticed")
	}
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"plain":            "plain",
		"\x1b[31mred\x07":  `\x1b[31mred\x07`,
		"a\u202eb\u200bc":  `a\u202eb\u200bc`,
		"line\r\nline":     `line\x0d\x0aline`,
		"bad\xff\xfebytes": `bad\xff\xfebytes`,
		"\u009b31m":        `\u009b31m`,
		"ünïcode 漢字":       "ünïcode 漢字",
	} {
		if got := clean(in); got != want {
			t.Errorf("%q: %q, not %q", in, got, want)
		}
	}
	if got := Clean(strings.Repeat("x", 100), 10); got != strings.Repeat("x", 10)+"…" {
		t.Errorf("long: %q", got)
	}
}
