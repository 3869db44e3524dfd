package lab

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"pstest/negotiate"
	"pstest/wsman"
)

// client is a client of one connection.
type client struct {
	t    *testing.T
	http *http.Client
	url  string
	leaf *x509.Certificate // of the host, over TLS
}

func newClient(t *testing.T, h *Host, secure bool) *client {
	c := &client{t: t, url: fmt.Sprintf("http://127.0.0.1:%d/wsman", h.HTTPPort)}
	if secure {
		c.url = fmt.Sprintf("https://127.0.0.1:%d/wsman", h.HTTPSPort)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(h.CAPEM)
	tr := &http.Transport{MaxConnsPerHost: 1, DisableCompression: true, TLSClientConfig: &tls.Config{RootCAs: roots, Time: fixedNow}}
	t.Cleanup(tr.CloseIdleConnections)
	c.http = &http.Client{Transport: tr}
	return c
}

// post sends one request and returns the answer with its whole body.
func (c *client) post(authorization, kind string, body []byte) (*http.Response, []byte) {
	c.t.Helper()
	r, err := http.NewRequest(http.MethodPost, c.url, bytes.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Content-Type", kind)
	if authorization != "" {
		r.Header.Set("Authorization", authorization)
	}
	resp, err := c.http.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	if resp.TLS != nil {
		c.leaf = resp.TLS.PeerCertificates[0]
	}
	return resp, got
}

// token is the token of the answer's Negotiate line.
func token(t *testing.T, r *http.Response) []byte {
	t.Helper()
	s, ok := negotiate.Find(negotiate.ParseOffer(r.Header.Values("WWW-Authenticate")), "Negotiate")
	if !ok {
		return nil
	}
	b, err := base64.StdEncoding.DecodeString(s.Token)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func negotiateLine(b []byte) string { return "Negotiate " + base64.StdEncoding.EncodeToString(b) }

// logon runs a handshake with an empty body and returns the status of its end.
func (c *client) logon(o negotiate.Options) (int, *negotiate.Initiator) {
	c.t.Helper()
	i, err := negotiate.NewInitiator(o)
	if err != nil {
		c.t.Fatal(err)
	}
	resp, _ := c.post(negotiateLine(i.Begin()), wsman.ContentType, nil)
	if _, err := i.Challenge(token(c.t, resp)); err != nil {
		return resp.StatusCode, nil
	}
	type3, err := i.Finish()
	if err != nil {
		c.t.Fatal(err)
	}
	resp, _ = c.post(negotiateLine(type3), wsman.ContentType, nil)
	if resp.StatusCode == http.StatusOK {
		if err := i.Confirm(token(c.t, resp)); err != nil {
			c.t.Errorf("the host's last token: %v", err)
		}
	}
	return resp.StatusCode, i
}

func account(user, domain, password string) negotiate.Account {
	return negotiate.Account{User: user, Domain: domain, Password: negotiate.NewSecret(password)}
}

func TestNTLMAcceptsEachFormOfTheName(t *testing.T) {
	h := start(t, "healthy", nil)
	for _, form := range []negotiate.Form{negotiate.SPNEGO, negotiate.Raw} {
		for _, who := range []struct {
			user, domain string
			status       int
		}{
			{"alice", "", 200}, {"ALICE", "win01", 200}, {"alice", "WIN01", 200}, {"alice@win01", "", 200},
			{"alice", "win01.lab.test", 200}, {"alice", "OTHER", 401}, {"alice@win01", "WIN01", 401}, {"bob", "", 401},
		} {
			status, i := newClient(t, h, false).logon(negotiate.Options{Form: form, Account: account(who.user, who.domain, h.Password)})
			if status != who.status {
				t.Errorf("%s %s, %s: %d, want %d", form, who.user, who.domain, status, who.status)
			}
			if status == 200 && form == negotiate.SPNEGO && !i.MutualMIC() {
				t.Errorf("%s %s: the host sent no mechListMIC", form, who.user)
			}
		}
	}
	if s := h.Stats(); s.FailedLogons["alice"] != 4 || s.FailedLogons["bob"] != 2 || s.Logons != 10 {
		t.Errorf("counted %+v, %d", s.FailedLogons, s.Logons)
	}
}

func TestNTLMRefusesAWrongPasswordOnce(t *testing.T) {
	h := start(t, "wrong-password", nil)
	status, _ := newClient(t, h, false).logon(negotiate.Options{Account: account(h.User, "", h.Password)})
	s := h.Stats()
	if status != 401 || s.Failed() != 1 || s.Logons != 0 {
		t.Errorf("status %d, %+v", status, s)
	}
	if a := s.Authorizations; len(a) != 2 || a[0].Kind != KindType1 || a[1].Kind != KindType3 || a[1].Password != "" {
		t.Errorf("recorded %+v", a)
	}
}

func TestNTLMRefusesAForgedMIC(t *testing.T) {
	h := start(t, "healthy", nil)
	c := newClient(t, h, false)
	i, err := negotiate.NewInitiator(negotiate.Options{Form: negotiate.Raw, Account: account(h.User, "", h.Password)})
	if err != nil {
		t.Fatal(err)
	}
	resp, _ := c.post(negotiateLine(i.Begin()), wsman.ContentType, nil)
	if _, err := i.Challenge(token(t, resp)); err != nil {
		t.Fatal(err)
	}
	type3, err := i.Finish()
	if err != nil {
		t.Fatal(err)
	}
	type3[72] ^= 1 // the MIC (MS-NLMP 2.2.1.3)
	if resp, _ = c.post(negotiateLine(type3), wsman.ContentType, nil); resp.StatusCode != 401 {
		t.Errorf("status %d", resp.StatusCode)
	}
}

func TestChannelBindings(t *testing.T) {
	const none, right, wrong = "none", "right", "wrong"
	for _, test := range []struct {
		scenario string
		want     map[string]int
	}{
		{"healthy", map[string]int{none: 200, right: 200, wrong: 401}},
		{"cbt-none", map[string]int{none: 200, right: 200, wrong: 200}},
		{"cbt-strict", map[string]int{none: 401, right: 200, wrong: 401}},
		{"cbt-strict-sha384", map[string]int{none: 401, right: 200, wrong: 401}},
		{"cbt-broken", map[string]int{none: 401, right: 401, wrong: 401}},
	} {
		h := start(t, test.scenario, nil)
		for kind, want := range test.want {
			c := newClient(t, h, true)
			o := negotiate.Options{Account: account(h.User, "", h.Password)}
			c.post("", wsman.ContentType, nil) // shows the certificate
			switch kind {
			case right:
				b, err := negotiate.EndPointBindings(c.leaf)
				if err != nil {
					t.Fatal(err)
				}
				o.Bindings = b
			case wrong:
				o.Bindings = []byte("tls-server-end-point:another")
			}
			if got, _ := c.logon(o); got != want {
				t.Errorf("%s with %s bindings: %d, want %d", test.scenario, kind, got, want)
			}
		}
	}
}

func TestSealedIdentify(t *testing.T) {
	h := start(t, "healthy", nil)
	c := newClient(t, h, false)
	status, i := c.logon(negotiate.Options{Account: account(h.User, "", h.Password)})
	if status != 200 {
		t.Fatalf("logon: %d", status)
	}
	for range 2 { // the sequence numbers go on
		kind, body := negotiate.SealMessage(i.Session(), wsman.ContentType, wsman.IdentifyRequest())
		resp, got := c.post("", kind, body)
		plain, _, err := negotiate.OpenMessage(i.Session(), resp.Header.Get("Content-Type"), got)
		if err != nil {
			t.Fatalf("status %d: %v", resp.StatusCode, err)
		}
		id, err := wsman.ParseIdentity(plain)
		if err != nil || id.Version != "OS: 10.0.20348 SP: 0.0 Stack: 3.0" {
			t.Errorf("%+v, %v", id, err)
		}
	}
}

func TestMessagesInClearAreRefusedBehindNTLM(t *testing.T) {
	for scenario, want := range map[string]int{"healthy": 401, "unsealed-refused-500": 500, "basic-over-http-allowed": 200} {
		h := start(t, scenario, nil)
		c := newClient(t, h, false)
		resp, _ := c.post(negotiateLine(negotiate.UnsealedType1()), wsman.ContentType, nil)
		type3, err := negotiate.UnsealedType3(token(t, resp), account(h.User, "", h.Password))
		if err != nil {
			t.Fatal(err)
		}
		resp, body := c.post(negotiateLine(type3), wsman.ContentType, wsman.IdentifyRequest())
		if resp.StatusCode != want || want != 200 && len(body) > 0 {
			t.Errorf("%s: %d with %d bytes, want %d", scenario, resp.StatusCode, len(body), want)
		}
		if h.Stats().Logons != 1 {
			t.Errorf("%s: the password was right, and %d logons are counted", scenario, h.Stats().Logons)
		}
	}
}

func TestNTLMScenariosThatGiveNoLogon(t *testing.T) {
	for _, test := range []struct {
		scenario string
		form     negotiate.Form
		want     int
	}{
		{"ntlm-blocked", negotiate.SPNEGO, 401}, {"no-negotiate", negotiate.SPNEGO, 401},
		{"raw-only", negotiate.SPNEGO, 401}, {"raw-only", negotiate.Raw, 200},
		{"truncated-challenge", negotiate.SPNEGO, 401}, {"absurd-challenge", negotiate.Raw, 401},
		{"load-balanced", negotiate.SPNEGO, 401}, {"token-filtered", negotiate.SPNEGO, 401},
		{"account-locked", negotiate.SPNEGO, 401}, {"domain-joined", negotiate.SPNEGO, 200},
	} {
		h := start(t, test.scenario, nil)
		got, _ := newClient(t, h, false).logon(negotiate.Options{Form: test.form, Account: account("alice", "", h.Password)})
		if got != test.want {
			t.Errorf("%s in %s form: %d, want %d", test.scenario, test.form, got, test.want)
		}
	}
}

func TestBasic(t *testing.T) {
	for _, test := range []struct {
		scenario, user string
		tls            bool
		want           int
	}{
		{"healthy", "alice", true, 200}, {"healthy", `WIN01\alice`, true, 401}, {"healthy", "alice", false, 401},
		{"basic-not-offered", "alice", true, 401}, {"basic-over-http-allowed", "alice", false, 200},
		{"unencrypted-refused", "alice", false, 401}, {"wrong-password", "alice", true, 401},
		{"token-filtered", "alice", true, 200}, {"domain-account-with-basic", "alice", true, 401},
	} {
		h := start(t, test.scenario, nil)
		line := "Basic " + base64.StdEncoding.EncodeToString([]byte(test.user+":"+h.Password))
		resp, body := newClient(t, h, test.tls).post(line, wsman.ContentType, wsman.IdentifyRequest())
		if resp.StatusCode != test.want {
			t.Errorf("%s as %s, TLS %v: %d, want %d", test.scenario, test.user, test.tls, resp.StatusCode, test.want)
		}
		if test.want == 200 && !strings.Contains(string(body), "OS: 10.0.20348") {
			t.Errorf("%s: %s", test.scenario, body)
		}
		a := h.Stats().Authorizations
		if len(a) != 1 || a[0].TLS != test.tls || a[0].User != test.user || a[0].Password != h.Password {
			t.Errorf("%s: recorded %+v", test.scenario, a)
		}
	}
}
