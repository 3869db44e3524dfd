package report

import (
	"slices"
	"strings"

	"pstest/limits"
	"pstest/probe"
)

// spoken is the report with its failures in words for people: what was being
// done is left out where the label says it, and a failure's class, which is for
// programs, is no part of a sentence.
func spoken(r Report) Report {
	v := voice{short: map[string]string{}}
	for _, f := range failures(r.Facts) {
		v.long = append(v.long, f.String(), f.Op+": "+failureWords(f))
		v.short[f.String()] = failureWords(f)
	}
	routes, findings := slices.Clone(r.Routes), slices.Clone(r.Findings)
	for i := range routes {
		routes[i].Why = v.brief(routes[i].Why)
	}
	for i, f := range findings {
		findings[i].Why = v.full(f.Why)
		findings[i].Evidence = slices.Clone(f.Evidence)
		for k, e := range f.Evidence {
			findings[i].Evidence[k].Value = v.evidence(e)
		}
	}
	r.Routes, r.Findings = routes, findings
	return r
}

// voice knows the failures of one host: as facts spell them, and for people.
type voice struct {
	long  []string          // pairs: as spelled, with what was being done
	short map[string]string // by spelling, without it
}

// brief is a text that is nothing but a failure, without what was being done.
func (v voice) brief(text string) string {
	if words, ok := v.short[text]; ok {
		return words
	}
	return v.full(text)
}

// full puts every failure that a text quotes into words.
func (v voice) full(text string) string {
	if !strings.HasSuffix(text, ")") {
		return text
	}
	return classless(strings.NewReplacer(v.long...).Replace(text))
}

// evidence also knows lists, whose entries say nothing but a class.
func (v voice) evidence(e limits.Evidence) string {
	if words, ok := classWords()[probe.Class(e.Value)]; ok && e.Path == string(probe.PathNeutral) {
		return words
	}
	return v.brief(e.Value)
}

// classless puts the class in brackets at a text's end into words.
func classless(text string) string {
	for class, words := range classWords() {
		if rest, ok := strings.CutSuffix(text, " ("+string(class)+")"); ok {
			if strings.HasSuffix(rest, words) {
				return rest
			}
			return rest + ": " + words
		}
	}
	return text
}

// failures are those of all observations, and those inside of one.
func failures(f *probe.Facts) []*probe.Failure {
	var out []*probe.Failure
	for _, h := range []probe.Handshake{f.HTTPS.TLS.Value, f.HTTPS.Legacy.Value, f.HTTP.TLS.Value} {
		if h.Refused != nil {
			out = append(out, h.Refused)
		}
	}
	for _, p := range probe.Paths() {
		if s := f.Status(p); s.Failure != nil {
			out = append(out, s.Failure)
		}
	}
	return out
}

// failureWords says what went wrong: in the words of the system or the host
// where they say more than the class.
func failureWords(f *probe.Failure) string {
	raw := strings.TrimPrefix(f.Raw, "connect: ")
	if alert, ok := strings.CutPrefix(raw, "remote error: tls: "); ok {
		return classWords()[probe.ClassTLSAlert] + ": " + alert
	}
	switch raw {
	case "", "i/o timeout", "connection timed out", "EOF", "unexpected EOF":
		if words, ok := classWords()[f.Class]; ok {
			return words
		}
	}
	return raw
}

// classWords are the words for a class that stands alone.
func classWords() map[probe.Class]string {
	return map[probe.Class]string{
		probe.ClassDNS:        "the name gives no address",
		probe.ClassUnroutable: "no route to it",
		probe.ClassRefused:    "connection refused",
		probe.ClassSilent:     "no answer in the time allowed",
		probe.ClassReset:      "the connection was closed before an answer",
		probe.ClassNotTLS:     "the answer is not TLS",
		probe.ClassPlainOnTLS: "the answer is plain HTTP",
		probe.ClassTLSAlert:   "the host ended the handshake",
		probe.ClassTLSVersion: "no TLS version in common",
		probe.ClassProxy:      "a proxy answered in the host's place",
		probe.ClassStatus:     "the status says no",
		probe.ClassMalformed:  "the answer is malformed",
		probe.ClassTooLarge:   "the answer is larger than allowed",
		probe.ClassOurs:       "interrupted",
	}
}
