package report

import (
	"strings"

	"pstest/limits"
)

// hypotheses writes the causes that look alike from here, likeliest first,
// each with the one observation that would decide.
func (p *paper) hypotheses(all []limits.Hypothesis) {
	if len(all) == 0 {
		return
	}
	p.label("causes", "from here these look alike; the likeliest first:")
	for i, h := range all {
		text := safe(h.Cause)
		if h.Limit != "" {
			text += p.color(dim, " ["+safe(h.Limit)+"]")
		}
		if h.Grade != "" {
			text += p.color(dim, " ("+safe(h.Grade)+")")
		}
		p.wrap(pad("", labelled)+string(rune('1'+i%9))+".", labelled+3, text)
		p.decide(safe(h.Decide))
	}
}

// decide writes what would decide. A command behind the last ": " or alone is
// kept whole on a line of its own.
func (p *paper) decide(text string) {
	if text == "" {
		return
	}
	lead, command := splitCommand(text)
	if lead != "" {
		p.wrap(pad("", labelled+3), labelled+3, "to decide: "+lead)
	} else {
		p.line(pad("", labelled+3) + "to decide:")
	}
	if command != "" {
		p.command(labelled+5, command)
	}
}

// fixes writes what to type on the host and on this side, commands whole.
func (p *paper) fixes(f limits.Finding) {
	name := "fix"
	for _, part := range []struct {
		where string
		lines []string
	}{{"on the host, in an elevated PowerShell:", f.FixWindows}, {"on this side:", f.FixClient}} {
		if len(part.lines) > 0 {
			p.wrap("    "+p.color(dim, name), labelled, part.where)
			p.commands(labelled+2, part.lines)
			name = ""
		}
	}
}

// commands writes commands whole, a line each, and remarks (lines that begin
// with "# ") wrapped; remarks that follow each other are one.
func (p *paper) commands(indent int, lines []string) {
	var remark []string
	flush := func() {
		if len(remark) > 0 {
			p.remark(indent, strings.Join(remark, " "))
		}
		remark = nil
	}
	for _, l := range lines {
		if text, ok := strings.CutPrefix(safe(l), "# "); ok {
			remark = append(remark, text)
			continue
		}
		flush()
		p.command(indent, safe(l))
	}
	flush()
}

// command writes one command whole. A remark behind it ("COMMAND   # remark")
// goes before it where both do not fit on one line.
func (p *paper) command(indent int, l string) {
	command, remark, ok := strings.Cut(l, "   # ")
	if ok && indent+columns(l) > p.o.Width {
		p.remark(indent, remark)
		l = command
	}
	p.line(pad("", indent) + l)
}

// splitCommand splits "on the host: Get-X -Y" into its lead and its command;
// without a command the whole text is the lead.
func splitCommand(text string) (lead, command string) {
	if isCommand(text) {
		return "", text
	}
	for i := 0; i+2 <= len(text); i++ {
		if text[i:i+2] == ": " && isCommand(text[i+2:]) {
			return text[:i+1], text[i+2:]
		}
	}
	return text, ""
}

// isCommand tells whether the first word is that of a command: a cmdlet or a
// program that the catalogue uses.
func isCommand(text string) bool {
	first, _, more := strings.Cut(text, " ")
	verb, noun, cmdlet := strings.Cut(first, "-")
	if cmdlet && verb != "" && noun != "" && isUpper(verb[0]) && isUpper(noun[0]) {
		return true
	}
	switch first {
	case "pstest", "winrm", "openssl", "curl", "netsh", "dig", "nc", "w32tm", "whoami", "net", "setspn", "getent", "sc.exe", "chronyc":
		return more
	}
	return false
}

func isUpper(b byte) bool { return 'A' <= b && b <= 'Z' }
