package negotiate

import (
	"strings"
)

// Scheme is one challenge of a WWW-Authenticate field (RFC 9110 11.6.1).
type Scheme struct {
	Name   string            `json:"name"`             // as the host wrote it
	Token  string            `json:"token,omitempty"`  // the token68; "" when there is none
	Params map[string]string `json:"params,omitempty"` // by lower-case name, values unquoted; nil when there are none
}

// Bounds for an offer: Windows offers four schemes, and a token of 64 KiB takes 88 KiB in base64.
const (
	maxSchemes = 64
	maxParams  = 32
	maxLine    = 128 << 10
)

// ParseOffer reads the values of all WWW-Authenticate lines, in their order: one scheme a line, or several merged with
// commas. It never fails: what is not a challenge is passed over, up to the next comma. At most 64 schemes of 32
// parameters are kept, and of each line the first 128 KiB are read.
func ParseOffer(lines []string) []Scheme {
	var p offerParser
	for _, line := range lines {
		p.rest = line[:min(len(line), maxLine)]
		p.open = false
		for p.item() {
		}
		if len(p.schemes) == maxSchemes {
			break
		}
	}
	return p.schemes
}

// Find returns the first scheme of that name, in any case.
func Find(offer []Scheme, name string) (Scheme, bool) {
	for _, s := range offer {
		if strings.EqualFold(s.Name, name) {
			return s, true
		}
	}
	return Scheme{}, false
}

// offerParser walks one line. open says that the last scheme of this line may still take parameters.
type offerParser struct {
	rest    string
	schemes []Scheme
	open    bool
}

// item reads one element of the list: a scheme, or a parameter of the scheme before it. It reports whether there may be
// more.
func (p *offerParser) item() bool {
	p.rest = strings.TrimLeft(p.rest, " \t,\r\n")
	if p.rest == "" || len(p.schemes) == maxSchemes {
		return false
	}
	name := p.take(tokenChar)
	switch {
	case name == "":
		p.skip()
	case p.assigned():
		p.param(name)
	default:
		p.scheme(name)
	}
	return true
}

// scheme starts a new scheme, with the token68 that may follow it.
func (p *offerParser) scheme(name string) {
	p.schemes, p.open = append(p.schemes, Scheme{Name: name}), true
	end := token68End(p.rest)
	if end == 0 || p.rest[0] != ' ' && p.rest[0] != '\t' {
		return
	}
	p.schemes[len(p.schemes)-1].Token = strings.TrimLeft(p.rest[:end], " \t")
	p.rest, p.open = p.rest[end:], false
}

// token68End returns where a token68 (RFC 9110 11.2) with white space before it ends; 0 when there is none, because
// nothing follows or because it is the name of a parameter.
func token68End(s string) int {
	start := len(s) - len(strings.TrimLeft(s, " \t"))
	end := start
	for end < len(s) && (alphanumeric(s[end]) || strings.IndexByte("-._~+/", s[end]) >= 0) {
		end++
	}
	if end == start {
		return 0
	}
	for end < len(s) && s[end] == '=' {
		end++
	}
	if rest := strings.TrimLeft(s[end:], " \t\r\n"); rest != "" && rest[0] != ',' {
		return 0
	}
	return end
}

// assigned consumes "=" with optional white space around it.
func (p *offerParser) assigned() bool {
	after, found := strings.CutPrefix(strings.TrimLeft(p.rest, " \t"), "=")
	if found {
		p.rest = strings.TrimLeft(after, " \t")
	}
	return found
}

// param reads a value; without a scheme to belong to it is dropped, and of two of one name the first stays.
func (p *offerParser) param(name string) {
	value := ""
	if strings.HasPrefix(p.rest, `"`) {
		value = p.quoted()
	} else {
		value = p.take(func(c byte) bool { return c > ' ' && c != ',' && c != 0x7F })
	}
	if !p.open {
		return
	}
	s := &p.schemes[len(p.schemes)-1]
	if s.Params == nil {
		s.Params = map[string]string{}
	}
	key := strings.ToLower(name)
	if _, again := s.Params[key]; !again && len(s.Params) < maxParams {
		s.Params[key] = shown(strings.ToValidUTF8(value, "\uFFFD"))
	}
}

// quoted reads a quoted-string (RFC 9110 5.6.4); one that is never closed ends with the line.
func (p *offerParser) quoted() string {
	var value strings.Builder
	for i := 1; i < len(p.rest); i++ {
		switch c := p.rest[i]; {
		case c == '"':
			p.rest = p.rest[i+1:]
			return value.String()
		case c == '\\' && i+1 < len(p.rest):
			i++
			value.WriteByte(p.rest[i])
		default:
			value.WriteByte(c)
		}
	}
	p.rest = ""
	return value.String()
}

// take consumes the longest run of bytes that are in.
func (p *offerParser) take(in func(byte) bool) string {
	end := 0
	for end < len(p.rest) && in(p.rest[end]) {
		end++
	}
	run := p.rest[:end]
	p.rest = p.rest[end:]
	return run
}

// skip passes over what cannot begin an element.
func (p *offerParser) skip() {
	if comma := strings.IndexByte(p.rest, ','); comma >= 0 {
		p.rest = p.rest[comma:]
		return
	}
	p.rest = ""
}

// tokenChar is tchar of RFC 9110 5.6.2.
func tokenChar(c byte) bool { return alphanumeric(c) || strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0 }

func alphanumeric(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}
