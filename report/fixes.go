package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"pstest/limits"
)

// said knows the commands of a finding that need not be written again: those
// of causes by the cause's number, those of the fix by their first word.
type said struct {
	cause map[string]int
	fix   map[string]string
}

// brief is the widest command that is written again instead of being referred to.
const brief = 40

func newSaid(f limits.Finding) said {
	s := said{cause: map[string]int{}, fix: map[string]string{}}
	for _, l := range slices.Concat(f.FixWindows, f.FixClient) {
		command, _ := splitRemark(safe(l))
		if first, _, _ := strings.Cut(command, " "); columns(command) > brief {
			s.fix[command] = first
		}
	}
	return s
}

// hypotheses writes the causes that look alike from here, likeliest first,
// each with the one observation that would decide.
func (p *paper) hypotheses(f limits.Finding) {
	if len(f.Hypotheses) == 0 {
		return
	}
	done := newSaid(f)
	p.label("causes", "from here these look alike; the likeliest first:")
	for i, h := range f.Hypotheses {
		text := safe(h.Cause)
		if h.Limit != "" {
			text += p.color(dim, " ["+safe(h.Limit)+"]")
		}
		if h.Grade != "" {
			text += p.color(dim, " ("+safe(h.Grade)+")")
		}
		p.wrap(fmt.Sprintf("%*s%d.", labelled, "", i+1), labelled+3, text)
		p.decide(safe(h.Decide), done, i+1)
	}
}

// decide writes what would decide a cause. A command behind the last ": " or
// alone is kept whole on a line of its own.
func (p *paper) decide(text string, done said, cause int) {
	if text == "" {
		return
	}
	lead, line := splitCommand(text)
	command, remark := splitRemark(line)
	if refer := done.refer(command); refer != "" {
		lead, line = strings.TrimSuffix(lead, ":")+refer, ""
		if remark != "" {
			lead += ": " + remark
		}
	} else if command != "" {
		done.cause[command] = cause
	}
	p.wrap(pad("", labelled+3), labelled+3, strings.TrimSpace("to decide: "+strings.TrimSpace(lead)))
	if line != "" {
		p.command(labelled+5, line)
	}
}

// refer says where a command stands already; "": nowhere.
func (s said) refer(command string) string {
	if first, ok := s.fix[command]; ok {
		return ", with the " + first + " line under fix"
	}
	if cause, ok := s.cause[command]; ok {
		return " as for " + strconv.Itoa(cause)
	}
	return ""
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
// with "# ") wrapped. A remark that ends in a comma goes on in the next one.
func (p *paper) commands(indent int, lines []string) {
	begun := ""
	for i, l := range lines {
		text, remark := strings.CutPrefix(safe(l), "# ")
		switch {
		case !remark:
			p.command(indent, safe(l))
		case strings.HasSuffix(text, ",") && i+1 < len(lines) && strings.HasPrefix(lines[i+1], "# "):
			begun += text + " "
		default:
			p.remark(indent, begun+text)
			begun = ""
		}
	}
}

// command writes one command whole. A remark behind it ("COMMAND   # remark")
// goes below it, two columns in, where both do not fit on one line.
func (p *paper) command(indent int, l string) {
	command, remark := splitRemark(l)
	if remark == "" || indent+columns(l) <= p.o.Width {
		p.line(pad("", indent) + l)
		return
	}
	p.line(pad("", indent) + command)
	p.remark(indent+2, remark)
}

// splitRemark splits "COMMAND   # remark"; remark "": there is none.
func splitRemark(l string) (command, remark string) {
	command, remark, _ = strings.Cut(l, "   # ")
	return strings.TrimRight(command, " "), remark
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
