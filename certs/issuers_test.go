package certs

import (
	"crypto/x509"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestFetchIssuers: issuers made and bundled by openssl, found over http; with
// what was found "openssl verify" and Go both accept the chain.
func TestFetchIssuers(t *testing.T) {
	l := newRevocationLab(t)
	at := func(path string) string { return "\nauthorityInfoAccess=caIssuers;URI:" + l.url + path + "\n" }
	for _, c := range []opensslCert{
		{name: "upper", subject: "/CN=upper", key: "intermediate", by: "root", ext: rootExtensions + at("/root.cer")},
		{name: "lower", subject: "/CN=lower", key: "unknownca", by: "upper", ext: rootExtensions + at("/upper.p7c")},
		{name: "lowershort", subject: "/CN=lower", key: "unknownca", by: "upper", ext: rootExtensions + at("/upper.p7c"), until: "20270101"},
		{name: "stranger", subject: "/CN=lower", key: "intermediate", by: "root", ext: rootExtensions},
		{name: "under", subject: "/CN=" + host, by: "lower", ext: server + san + at("/lower")},
	} {
		l.issue(c)
	}
	bundle := func(names ...string) []byte {
		args := []string{"crl2pkcs7", "-nocrl", "-outform", "DER", "-out", "bundle.p7c"}
		for _, name := range names {
			args = append(args, "-certfile", name+".pem")
		}
		l.run(args...)
		return l.read("bundle.p7c")
	}
	l.serve("/root.cer", octets(l.der("root")))
	l.serve("/upper.p7c", octets(bundle("stranger", "upper")))
	under := l.chain("under")
	for name, tt := range map[string]struct {
		body     []byte
		subjects string
		end      string
		first    string // outcome of the first source
	}{
		"DER":             {l.der("lower"), "CN=lower CN=upper CN=root", IssuersRoot, OutcomeGood},
		"PEM":             {l.read("lower.pem"), "CN=lower CN=upper CN=root", IssuersRoot, OutcomeGood},
		"bundle":          {bundle("root", "lower"), "CN=lower CN=upper CN=root", IssuersRoot, OutcomeGood},
		"two of one key":  {bundle("lowershort", "lower"), "CN=lower CN=lower CN=upper CN=root", IssuersRoot, OutcomeGood},
		"another key":     {l.der("stranger"), "", IssuersNotFound, OutcomeWrongIssuer},
		"none in it":      {bundle(), "", IssuersNotFound, OutcomeMalformed},
		"no certificate":  {[]byte("<html>"), "", IssuersNotFound, OutcomeMalformed},
		"not any":         {[]byte{0x30, 0}, "", IssuersNotFound, OutcomeMalformed},
		"PEM of nothing":  {[]byte("-----BEGIN CERTIFICATE-----\n"), "", IssuersNotFound, OutcomeMalformed},
		"more than bound": {make([]byte, DefaultMaxCertificate+1), "", IssuersNotFound, OutcomeNotTaken},
	} {
		l.serve("/lower", octets(tt.body))
		r := FetchIssuers(t.Context(), under, &Fetcher{Allow: loopback})
		if got := strings.Join(r.Subjects, " "); got != tt.subjects || r.End != tt.end || r.Sources[0].Outcome != tt.first {
			t.Errorf("%s: %s, %s, %+v", name, got, r.End, r.Sources)
		}
		if n := len(r.Certificates); n == 4 && !r.Certificates[0].NotAfter.After(r.Certificates[1].NotAfter) {
			t.Errorf("%s: %s is before %s", name, r.Certificates[0].NotAfter, r.Certificates[1].NotAfter)
		}
		if _, err := json.Marshal(r); err != nil {
			t.Error(err)
		}
		pool := x509.NewCertPool()
		for _, cert := range r.Certificates {
			pool.AddCert(cert)
		}
		_, err := under[0].Verify(x509.VerifyOptions{Roots: l.pool(""), Intermediates: pool, CurrentTime: time.Now()})
		if (err == nil) != (tt.end == IssuersRoot) {
			t.Errorf("%s: Go says %v", name, err)
		}
	}
	l.serve("/lower", http.NotFound)
	if r := FetchIssuers(t.Context(), under, &Fetcher{Allow: loopback}); r.End != IssuersNotFound || r.Sources[0].Outcome != OutcomeUnreachable || r.Sources[0].HTTP != 404 {
		t.Errorf("%+v", r)
	}
	if r := FetchIssuers(t.Context(), under, new(Fetcher)); r.End != IssuersNotFound || r.Sources[0].Outcome != OutcomeNotFetched || r.Sources[0].Failure != FetchAddress {
		t.Errorf("%+v", r)
	}
	if got := l.verify("root", []string{"under", "lower", "upper"}); got != "" {
		t.Errorf("openssl says %q of the whole chain", got)
	}
}

// TestIssuersWithoutEnd: authorities that certify each other end the search, as
// does a chain that has no top.
func TestIssuersWithoutEnd(t *testing.T) {
	l := newRevocationLab(t)
	at := func(path string) string { return "\nauthorityInfoAccess=caIssuers;URI:" + l.url + path + "\n" }
	l.issue(opensslCert{name: "b0", subject: "/CN=b", key: "unknownca", ext: rootExtensions})
	l.issue(opensslCert{name: "a", subject: "/CN=a", key: "intermediate", by: "b0", ext: rootExtensions + at("/b")})
	l.issue(opensslCert{name: "b", subject: "/CN=b", key: "unknownca", by: "a", ext: rootExtensions + at("/a")})
	l.issue(opensslCert{name: "looped", subject: "/CN=" + host, by: "a", ext: server + san + at("/a")})
	l.serve("/a", octets(l.der("a")))
	l.serve("/b", octets(l.der("b")))
	r := FetchIssuers(t.Context(), l.chain("looped"), &Fetcher{Allow: loopback})
	if got := strings.Join(r.Subjects, " "); got != "CN=a CN=b" || r.End != IssuersLoop || len(r.Sources) != 3 {
		t.Errorf("%s, %s, %+v", got, r.End, r.Sources)
	}

	const levels = MaxIssuers + 2
	for n := range levels {
		by := fmt.Sprint("level", n-1)
		if n == 0 {
			by = "root"
		}
		l.issue(opensslCert{name: fmt.Sprint("level", n), subject: fmt.Sprint("/CN=level", n), key: "unknownca", by: by, ext: rootExtensions + at("/"+by)})
		l.serve(fmt.Sprint("/level", n), octets(l.der(fmt.Sprint("level", n))))
	}
	r = FetchIssuers(t.Context(), l.chain(fmt.Sprint("level", levels-1)), &Fetcher{Allow: loopback})
	if r.End != IssuersDepth || len(r.Certificates) != MaxIssuers {
		t.Errorf("%+v", r)
	}
	if r = FetchIssuers(t.Context(), l.chain("root"), new(Fetcher)); r.End != IssuersRoot || len(r.Sources) != 0 {
		t.Errorf("%+v", r)
	}
	l.issue(opensslCert{name: "bare", subject: "/CN=" + host, by: "root", ext: server + san})
	if r = FetchIssuers(t.Context(), l.chain("bare"), new(Fetcher)); r.End != IssuersNoURL {
		t.Errorf("%+v", r)
	}
	if r = FetchIssuers(t.Context(), nil, new(Fetcher)); r.End != IssuersNoChain {
		t.Errorf("%+v", r)
	}
}
