package probe

import (
	"context"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"pstest/negotiate"
	"pstest/wsman"
)

// challengeOn POSTs an Identify to the WS-Man path without credentials and
// without the header that asks for an unauthenticated answer: who answers, and
// with which offer. Where anybody gets an Identify in this way, one that comes
// behind a credential proves nothing.
func (r *run) challengeOn(ctx context.Context, w *wire, l line, step Path) Observed[Challenge] {
	start := r.env.Now()
	a, fail := r.do(ctx, w, l, message{step: step, body: wsman.IdentifyRequest(), header: [][2]string{{"Content-Type", wsman.ContentType}}})
	took := r.env.Now().Sub(start)
	if fail != nil {
		return Fail[Challenge](fail).took(took)
	}
	return See(r.readChallenge(a)).took(took)
}

func (r *run) readChallenge(a answer) Challenge {
	c := Challenge{
		Status: a.status,
		Server: clean(a.header.Get("Server")),
		Offer:  r.cleanOffer(negotiate.ParseOffer(a.header["Www-Authenticate"])),
		Type:   clean(a.header.Get("Content-Type")),
		Via:    proxySigns(a.header),
		Close:  a.close,
		Title:  title(a.body),
	}
	if a.status >= 200 && a.status < 300 {
		_, err := wsman.ParseIdentity(a.body)
		c.Anybody = err == nil
	}
	if date, err := http.ParseTime(a.header.Get("Date")); err == nil {
		c.Date = date.UTC()
		c.Skew = date.Sub(r.env.Now()).Round(time.Second)
	}
	return c
}

// cleanOffer makes the texts of an offer safe; tokens are dropped, they belong
// to the handshake.
func (r *run) cleanOffer(offer []negotiate.Scheme) []negotiate.Scheme {
	out := make([]negotiate.Scheme, 0, len(offer))
	for _, s := range offer {
		params := map[string]string{}
		for k, v := range s.Params {
			params[r.scrub.text(k)] = r.scrub.text(v)
		}
		if len(params) == 0 {
			params = nil
		}
		out = append(out, negotiate.Scheme{Name: r.scrub.text(s.Name), Params: params})
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// proxySigns names the header by which an HTTP proxy betrays itself.
func proxySigns(h http.Header) string {
	for _, name := range []string{"Via", "Proxy-Authenticate", "X-Squid-Error", "X-Cache", "Proxy-Connection", "X-Forwarded-Server"} {
		if v := h.Get(name); v != "" {
			return name + ": " + clean(v)
		}
	}
	return ""
}

// title gives the first words of an HTML answer: its title, else its text.
func title(body []byte) string {
	body = body[:min(len(body), 4096)]
	if m := titlePattern().FindSubmatch(body); m != nil {
		return Clean(strings.TrimSpace(string(m[1])), 80)
	}
	return ""
}

func titlePattern() *regexp.Regexp { return regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`) }

// identifyAlone asks Identify without credentials on a connection of its own.
func (r *run) identifyAlone(ctx context.Context, l line) Observed[wsman.Identity] {
	conn, fail := l.open(ctx)
	if fail != nil {
		return Skip[wsman.Identity](fail.why(l.port))
	}
	w := newWire(conn)
	defer w.close()
	return r.identifyOn(ctx, w, l, PathHTTPIdentify)
}

// identifyOn asks Identify without credentials: vendor and stack version
// (DSP0226 section 11; Windows answers it where the header says
// "unauthenticated").
func (r *run) identifyOn(ctx context.Context, w *wire, l line, step Path) Observed[wsman.Identity] {
	start := r.env.Now()
	a, fail := r.do(ctx, w, l, message{step: step, body: wsman.IdentifyRequest(), header: [][2]string{
		{"Content-Type", wsman.ContentType}, {"WSMANIDENTIFY", "unauthenticated"}}})
	took := r.env.Now().Sub(start)
	if fail != nil {
		return Fail[wsman.Identity](fail).took(took)
	}
	op := "Identify at " + l.url(r.req.Target.Path)
	if a.status != 200 {
		return Fail[wsman.Identity](statusFailure(a, op)).took(took)
	}
	id, err := wsman.ParseIdentity(a.body)
	if err != nil {
		return Fail[wsman.Identity](&Failure{Class: ClassMalformed, Op: op, Raw: clean(err.Error())}).took(took)
	}
	return See(cleanIdentity(id)).took(took)
}

func statusFailure(a answer, op string) *Failure {
	f := &Failure{Class: ClassStatus, Op: op}
	f.Raw = clean(strings.TrimSpace("status " + strconv.Itoa(a.status) + " " + http.StatusText(a.status)))
	if a.status == http.StatusProxyAuthRequired || proxySigns(a.header) != "" {
		f.Class = ClassProxy
	}
	return f
}

func cleanIdentity(id wsman.Identity) wsman.Identity {
	id.ProtocolVersion, id.Vendor, id.Version = clean(id.ProtocolVersion), clean(id.Vendor), clean(id.Version)
	id.OS, id.SP, id.Stack = clean(id.OS), clean(id.SP), clean(id.Stack)
	for i, p := range id.SecurityProfiles {
		id.SecurityProfiles[i] = clean(p)
	}
	return id
}
