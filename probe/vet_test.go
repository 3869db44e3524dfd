package probe

import (
	"testing"

	"pstest/certs"
)

// TestVet: what lets a credential through, and what nothing does.
func TestVet(t *testing.T) {
	good := certs.Inspection{Host: "h", Name: certs.Name{MatchesSAN: true, HasSAN: true}, Trust: certs.Trust{Anchored: true},
		Dates: certs.Dates{Where: -1}, Purpose: certs.Purpose{EKU: certs.EKUPresent}, Strength: certs.Strength{Where: -1}, SHA256: "AB"}
	change := func(f func(*certs.Inspection)) certs.Inspection {
		i := good
		f(&i)
		return i
	}
	claimed := func(i *certs.Inspection) {
		i.Revocation.Staple, i.Revocation.Claim = certs.StapleInvalid, certs.StapleRevoked
	}
	for name, c := range map[string]struct {
		chain certs.Inspection
		ask   TrustAsk
		want  bool
	}{
		"good":                             {good, TrustAsk{}, true},
		"name":                             {change(func(i *certs.Inspection) { i.Name = certs.Name{} }), TrustAsk{}, false},
		"name, insecure":                   {change(func(i *certs.Inspection) { i.Name = certs.Name{} }), TrustAsk{Insecure: true}, true},
		"name, pinned":                     {change(func(i *certs.Inspection) { i.Name, i.Pinned = certs.Name{}, true }), TrustAsk{Pin: "ab"}, true},
		"good, other pin":                  {good, TrustAsk{Pin: "cd"}, false},
		"said to be revoked, insecure":     {change(claimed), TrustAsk{Insecure: true}, false},
		"said to be revoked, pinned":       {change(func(i *certs.Inspection) { claimed(i); i.Pinned = true }), TrustAsk{Pin: "ab"}, false},
		"for clients alone, pinned":        {change(func(i *certs.Inspection) { i.Purpose.EKU, i.Pinned = certs.EKUOther, true }), TrustAsk{Pin: "ab"}, false},
		"for clients alone, no pin, asked": {change(func(i *certs.Inspection) { i.Purpose.EKU = certs.EKUOther }), TrustAsk{}, false},
	} {
		if got, why := vet(c.chain, c.ask); got != c.want {
			t.Errorf("%s: %v (%s)", name, got, why)
		}
	}
}

// TestDoubt: an unsealed acceptance falls with a made-up account that was
// accepted or an Identify that anybody gets; one that the session's key proves stays.
func TestDoubt(t *testing.T) {
	accepted := See(Authentication{Outcome: Accepted})
	mutual := See(Authentication{Outcome: Accepted, Mutual: true})
	for name, c := range map[string]struct {
		change func(*Facts)
		want   Outcome
	}{
		"nothing speaks against it": {func(*Facts) {}, Accepted},
		"canary":                    {func(f *Facts) { f.HTTP.Canary = accepted }, Unproven},
		"anybody":                   {func(f *Facts) { f.HTTPS.Challenge = See(Challenge{Anybody: true}) }, Unproven},
	} {
		f := &Facts{HTTPS: Secure{Basic: accepted, Negotiate: mutual}}
		c.change(f)
		f.doubt()
		if f.HTTPS.Basic.Value.Outcome != c.want || f.HTTPS.Negotiate.Value.Outcome != Accepted {
			t.Errorf("%s: Basic %s, Negotiate %s", name, f.HTTPS.Basic.Value.Outcome, f.HTTPS.Negotiate.Value.Outcome)
		}
	}
}
