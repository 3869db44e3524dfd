package report

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"pstest/probe"
	"pstest/wsman"
)

// answered says who is there: operating system, domain, WinRM stack, vendor.
// It names only what was seen; empty: nothing answered.
func answered(f *probe.Facts) []string {
	var parts []string
	id, known := identity(f)
	server := serverHeader(f)
	windows := known && id.Microsoft() || strings.HasPrefix(server, "Microsoft-HTTPAPI")
	n, ok := challenge(f)
	if ok {
		parts = append(parts, system(n, windows)...)
	}
	if !ok || n.Build == 0 {
		if os := id.OS; os != "" && !strings.HasPrefix(os, "0.0") {
			parts = append(parts, windowsName(name(os), build(os)))
		}
	}
	switch {
	case known && id.Microsoft():
		parts = append(parts, stack(id))
	case known && id.Vendor != "":
		parts = append(parts, "not Windows: "+free(strings.TrimSpace(id.Vendor+" "+id.Version)))
	case server != "":
		parts = append(parts, "answers as "+free(server))
	case f.HTTP.Dial.State == probe.Failed && f.HTTPS.Dial.State == probe.Failed:
		parts = append(parts, "nothing answers")
	}
	return drop(parts)
}

func stack(id wsman.Identity) string {
	if id.Stack == "" {
		return "WinRM"
	}
	return "WinRM stack " + name(id.Stack)
}

// maxFree bounds a text that the host chose, in runes: the header's line is ours.
const maxFree = 60

// free is free text of the host: cut, and in quotes that it can't end itself.
func free(text string) string {
	return "“" + strings.NewReplacer("“", "'", "”", "'", `"`, "'").Replace(probe.Clean(text, maxFree)) + "”"
}

// name is a name or a version that the host gave: as it is where it looks like
// one, else free text.
func name(text string) string {
	odd := func(r rune) bool {
		return r != '.' && r != '-' && r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}
	if strings.ContainsFunc(text, odd) || len(text) > maxFree {
		return free(text)
	}
	return text
}

func drop(parts []string) []string {
	kept := parts[:0]
	for _, s := range parts {
		if s != "" {
			kept = append(kept, s)
		}
	}
	return kept
}

// system names what the NTLM challenge tells. Other systems than Windows send
// a Windows version too, so the name is given only where Windows answers.
func system(n probe.NTLM, windows bool) []string {
	var parts []string
	if windows && n.Build > 0 {
		parts = append(parts, windowsName(name(n.Version), n.Build))
	}
	switch {
	case n.Workgroup():
		parts = append(parts, "workgroup (computer "+name(n.NetBIOSComputer)+")")
	case n.NetBIOSDomain != "":
		parts = append(parts, "domain "+name(n.NetBIOSDomain))
	}
	return parts
}

// challenge is the NTLM challenge of whichever listener gave one.
func challenge(f *probe.Facts) (probe.NTLM, bool) {
	for _, o := range []probe.Observed[probe.NTLM]{f.HTTP.NTLM, f.HTTPS.NTLM} {
		if o.State == probe.Seen {
			return o.Value, true
		}
	}
	return probe.NTLM{}, false
}

// identity is the best answer to Identify: an authenticated one tells more.
func identity(f *probe.Facts) (wsman.Identity, bool) {
	for _, a := range []probe.Observed[probe.Authentication]{f.HTTP.Negotiate, f.HTTPS.Negotiate, f.HTTPS.Basic, f.HTTP.Basic} {
		if a.State == probe.Seen && a.Value.Outcome == probe.Accepted {
			return a.Value.Identity, true
		}
	}
	for _, o := range []probe.Observed[wsman.Identity]{f.HTTP.Identify, f.HTTPS.Identify} {
		if o.State == probe.Seen {
			return o.Value, true
		}
	}
	return wsman.Identity{}, false
}

func serverHeader(f *probe.Facts) string {
	for _, c := range []probe.Observed[probe.Challenge]{f.HTTP.Challenge, f.HTTPS.Challenge, f.HTTPS.Plain} {
		if c.State == probe.Seen && c.Value.Server != "" {
			return c.Value.Server
		}
	}
	return ""
}

// build is the third number of "10.0.20348"; 0 where there is none.
func build(version string) int {
	parts := strings.Split(version, ".")
	if len(parts) < 3 {
		return 0
	}
	n, err := strconv.Atoi(parts[2])
	if err != nil {
		return 0
	}
	return n
}

// windowsName names the release behind a build number. Client and server
// releases share numbers, so several are named by both.
func windowsName(version string, number int) string {
	for _, r := range releases() {
		if r.build == number {
			return fmt.Sprintf("%s (build %d)", r.name, number)
		}
	}
	if version == "" {
		version = strconv.Itoa(number)
	}
	return "Windows " + version
}

type release struct {
	build int
	name  string
}

func releases() []release {
	return []release{
		{6002, "Windows Server 2008 or Vista"},
		{6003, "Windows Server 2008"},
		{7600, "Windows Server 2008 R2 or Windows 7"},
		{7601, "Windows Server 2008 R2 or Windows 7"},
		{9200, "Windows Server 2012 or Windows 8"},
		{9600, "Windows Server 2012 R2 or Windows 8.1"},
		{10240, "Windows 10 1507"},
		{10586, "Windows 10 1511"},
		{14393, "Windows Server 2016 or Windows 10 1607"},
		{17763, "Windows Server 2019 or Windows 10 1809"},
		{18363, "Windows 10 1909"},
		{19041, "Windows 10 2004"},
		{19042, "Windows 10 20H2"},
		{19043, "Windows 10 21H1"},
		{19044, "Windows 10 21H2"},
		{19045, "Windows 10 22H2"},
		{20348, "Windows Server 2022"},
		{22000, "Windows 11 21H2"},
		{22621, "Windows 11 22H2"},
		{22631, "Windows 11 23H2"},
		{25398, "Windows Server 23H2"},
		{26100, "Windows Server 2025 or Windows 11 24H2"},
		{26200, "Windows 11 25H2"},
	}
}
