package limits

import (
	"slices"
	"strings"
	"testing"

	"pstest/probe"
)

// ranked names the limits of a finding's hypotheses in their order, "-" for
// one that breaks none.
func ranked(f Finding) string {
	var out []string
	for _, h := range f.Hypotheses {
		out = append(out, first(h.Limit, "-"))
	}
	return strings.Join(out, " ")
}

func TestRankedCauses(t *testing.T) {
	neutral := func(dials ...probe.Dial) func(*probe.Facts) {
		return func(f *probe.Facts) { f.Neutral = probe.See(dials) }
	}
	silent := func(f *probe.Facts) { httpDown(probe.ClassSilent)(f); httpsDown(probe.ClassSilent)(f) }
	offersNoBasic := func(f *probe.Facts) { f.HTTPS.Challenge.Value.Offer = schemes("Negotiate") }
	for _, c := range []struct {
		name, id string
		facts    *probe.Facts
		want     string
	}{
		{"local account", "credentials", with(rejectedOverNTLM), "credentials token-filter-policy administrators-member - -"},
		{"bare name", "credentials", with(asAccount("alice"), rejectedOverNTLM), "credentials token-filter-policy administrators-member - -"},
		{"built-in", "credentials", with(asAccount("Administrator"), rejectedOverNTLM), "credentials administrators-member - -"},
		{"stray qualifier", "credentials", with(asAccount(`CORP\alice`), rejectedOverNTLM), "negotiate-name-form credentials administrators-member - -"},
		{"bare name in a domain", "credentials", with(inDomain, asAccount("alice"), rejectedOverNTLM), "negotiate-name-form credentials administrators-member - -"},
		{"domain account", "credentials", with(inDomain, asAccount(`CORP\alice`), rejectedOverNTLM), "credentials administrators-member - - -"},
		{"another computer", "credentials", with(rejectedOverNTLM, func(f *probe.Facts) { f.Target.Host = "files.corp.example" }), "names-agree credentials token-filter-policy administrators-member - -"},
		{"clocks", "credentials", with(rejectedOverNTLM, func(f *probe.Facts) { f.HTTP.NTLM.Value.Skew = -6 * 60 * 1e9 }), "credentials token-filter-policy administrators-member - - clock"},
		{"Basic alone, domain", "credentials", with(inDomain, asAccount("alice"), func(f *probe.Facts) { f.HTTPS.Basic = probe.See(rejected("Basic")) }), "basic-local-account administrators-member - -"},
		{"host up", "port-reachable", with(silent, neutral(probe.Dial{Port: 445})), "winrm-service client-public-network server-public-network remoting-enabled"},
		{"host up, same subnet", "port-reachable", with(silent, neutral(probe.Dial{Port: 445, OnLink: true})), "winrm-service remoting-enabled"},
		{"host up by a refusal", "port-reachable", with(silent, neutral(probe.Dial{Port: 22, Failure: failing(probe.ClassRefused)})), "winrm-service client-public-network server-public-network remoting-enabled"},
		{"nothing answers", "port-reachable", with(silent, neutral(probe.Dial{Port: 22, Failure: failing(probe.ClassSilent)})), "- - winrm-service client-public-network server-public-network remoting-enabled"},
		{"a foreign host", "credentials", with(foreignHTTP, rejectedOverNTLM), "credentials"},
		{"two computers", "credentials", with(twoComputers, rejectedOverNTLM), "one-host-answers credentials token-filter-policy administrators-member - -"},
		{"both refused", "port-listening", with(httpDown(probe.ClassRefused), httpsDown(probe.ClassRefused)), "- winrm-service"},
		{"HTTP refused", "port-listening", with(httpDown(probe.ClassRefused)), "winrm-service -"},
		{"HTTPS refused", "https-listener", with(httpsDown(probe.ClassRefused)), "https-listener -"},
		{"Basic alone offered", "negotiate-offered", with(offering("Basic")), "-"},
		{"HTTPS alone is silent", "port-reachable", with(httpsDown(probe.ClassSilent)), "https-listener -"},
	} {
		if got := ranked(find(t, Judge(c.facts), c.id)); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	decide := func(f *probe.Facts) string {
		all := find(t, Judge(f), "credentials").Hypotheses
		return all[slices.IndexFunc(all, func(h Hypothesis) bool { return h.Limit == "token-filter-policy" })].Decide
	}
	if got := decide(with(rejectedOverNTLM)); !strings.Contains(got, "--route basic-https") {
		t.Errorf("with Basic on offer the token filter is told by %q", got)
	}
	if got := decide(with(rejectedOverNTLM, offersNoBasic)); !strings.Contains(got, "on the host:") {
		t.Errorf("without Basic on offer the token filter is told by %q", got)
	}
}
