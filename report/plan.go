package report

import (
	"io"
	"strings"

	"pstest/probe"
)

// Plan writes what a check of the requests would send, to where and with which
// kind of secret. Nothing is sent.
func Plan(w io.Writer, requests []probe.Request, o TextOptions) error {
	p := newPaper(w, o)
	for i, r := range requests {
		if i > 0 {
			p.gap()
		}
		p.plan(safe(r.Target.Asked), probe.Plan(r))
	}
	return p.done()
}

func (p *paper) plan(host string, steps []probe.Step) {
	p.line(p.color(bold, host) + ": what would be sent. Nothing was.")
	to := ""
	for _, s := range steps {
		if s.To != to {
			to = s.To
			p.title("To " + safe(to))
		}
		p.step(s)
	}
	p.gap()
	p.wrap("", 0, secretsOf(steps))
}

func (p *paper) step(s probe.Step) {
	const hang = 20
	p.wrap("  "+safe(string(s.Path)), hang, safe(s.What))
	if words := secretWords(s.Secret); words != "" {
		p.wrap("", hang, "secret: "+p.color(secretPaint(s.Secret), words))
	}
	if s.If != "" {
		p.wrap("", hang, "only if "+safe(s.If))
	}
}

// secretsOf sums up which steps carry something that is derived from the password.
func secretsOf(steps []probe.Step) string {
	var carry []string
	for _, s := range steps {
		if s.Secret == probe.SentPassword || s.Secret == probe.SentNTLM {
			carry = append(carry, string(s.Path))
		}
	}
	if len(carry) == 0 {
		return "No step carries a secret: no account was given."
	}
	return "Steps that carry the account: " + strings.Join(carry, ", ") + ". After a rejection none of them follows. No other step carries a secret."
}

// secretWords says what a kind of secret is; "" is none.
func secretWords(kind string) string {
	switch kind {
	case "", probe.SentNothing:
		return ""
	case probe.SentCanary:
		return "none of yours: a random account and password, made for this"
	case probe.SentNTLM:
		return "an answer computed from the password, not the password"
	case probe.SentPassword:
		return "THE PASSWORD ITSELF"
	default:
		return safe(kind)
	}
}

func secretPaint(kind string) paint {
	switch kind {
	case probe.SentPassword:
		return red
	case probe.SentNTLM:
		return yellow
	default:
		return plain
	}
}
