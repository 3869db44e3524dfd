package limits

import (
	"testing"
	"time"

	"pstest/certs"
	"pstest/negotiate"
	"pstest/probe"
	"pstest/wsman"
)

var when = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func failing(c probe.Class) *probe.Failure { return &probe.Failure{Class: c, Op: "op", Raw: "raw"} }

func schemes(names ...string) []negotiate.Scheme {
	var out []negotiate.Scheme
	for _, n := range names {
		out = append(out, negotiate.Scheme{Name: n})
	}
	return out
}

func accepted(scheme string) probe.Authentication {
	return probe.Authentication{Outcome: probe.Accepted, Scheme: scheme, Sent: "ntlm-response", User: "alice", Status: 200,
		Identity: wsman.Identity{Vendor: "Microsoft Corporation", OS: "10.0.20348", Stack: "3.0"}}
}

func rejected(scheme string) probe.Authentication {
	return probe.Authentication{Outcome: probe.Rejected, Scheme: scheme, User: "alice", Status: 401}
}

// goodChain is a leaf of a trusted authority that names win01.corp.example.
func goodChain() certs.Inspection {
	return certs.Inspection{
		Host:         "win01.corp.example",
		Certificates: []certs.Certificate{{Subject: "CN=win01.corp.example", Issuer: "CN=Corp CA"}},
		Name:         certs.Name{CN: "win01.corp.example", DNSNames: []string{"win01.corp.example", "WIN01"}, MatchesCN: true, MatchesSAN: true, HasSAN: true},
		Dates:        certs.Dates{NotBefore: when.AddDate(0, -1, 0), NotAfter: when.AddDate(0, 1, 0), Where: -1, DaysLeft: 31},
		Trust:        certs.Trust{Anchored: true, Store: "system", Root: "CN=Corp CA"},
		Purpose:      certs.Purpose{EKU: certs.EKUPresent, OIDs: []string{"1.3.6.1.5.5.7.3.1"}},
		Strength:     certs.Strength{KeyType: "RSA", Bits: 2048, SignatureAlgorithm: "SHA256-RSA", Where: -1},
		Revocation:   certs.Revocation{Staple: certs.StapleGood},
		SHA1:         "AB12", SHA256: "CD34",
	}
}

// healthy is a workgroup host on which every route works and of which every
// observation was made that a run can make.
func healthy() *probe.Facts {
	challenge := probe.Challenge{Status: 401, Server: "Microsoft-HTTPAPI/2.0", Offer: schemes("Negotiate"), Date: when, Close: true}
	secure := challenge
	secure.Offer = schemes("Negotiate", "Basic")
	names := probe.NTLM{Form: negotiate.SPNEGO, NetBIOSComputer: "WIN01", NetBIOSDomain: "WIN01", DNSComputer: "WIN01", DNSDomain: "WIN01",
		Version: "10.0.20348", Build: 20348, Time: when, Sealing: true}
	sealed := accepted("Negotiate")
	sealed.Sealed = true
	id := wsman.Identity{Vendor: "Microsoft Corporation", Version: "OS: 0.0.0 SP: 0.0 Stack: 3.0", Stack: "3.0"}
	f := &probe.Facts{
		Schema: probe.Schema, When: when,
		Target:  probe.Target{Asked: "win01.corp.example", Host: "win01.corp.example", PortHTTP: 5985, PortHTTPS: 5986, Path: "/wsman", Route: probe.RouteAny},
		Account: probe.Account{Asked: `WIN01\alice`, Form: probe.FormDownLevel, User: "alice", Qualifier: "WIN01"},
		Client:  probe.Client{OS: "linux", Arch: "amd64", Store: "system"},
		Resolve: probe.See(probe.Names{Addresses: []string{"10.2.3.4"}}),
		HTTP: probe.Plain{
			Dial:      probe.See(probe.Dial{Address: "10.2.3.4", Port: 5985, Local: "10.9.9.9"}),
			Challenge: probe.See(challenge), Identify: probe.See(id), NTLM: probe.See(names), Raw: probe.See(names),
			TLS: probe.Skip[probe.Handshake]("only tried where the port does not answer as HTTP"), Canary: probe.Skip[probe.Authentication]("the host does not offer Basic over HTTP"),
			Basic:     probe.Skip[probe.Authentication]("withheld: the password never goes over plain HTTP"),
			Negotiate: probe.See(sealed), Unsealed: probe.See(rejected("Negotiate")),
		},
		HTTPS: probe.Secure{
			Dial:   probe.See(probe.Dial{Address: "10.2.3.4", Port: 5986, Local: "10.9.9.9"}),
			TLS:    probe.See(probe.Handshake{Version: "TLS 1.3", Suite: "TLS_AES_128_GCM_SHA256", Chain: goodChain(), Vetted: true, VettedBecause: "certificate"}),
			Legacy: probe.Skip[probe.Handshake]("only tried where the strict handshake fails"), Plain: probe.Skip[probe.Challenge]("only tried where the port does not speak TLS"),
			Challenge: probe.See(secure), Identify: probe.Skip[wsman.Identity]("the HTTP listener gave it"), NTLM: probe.See(names),
			Basic: probe.See(accepted("Basic")), Negotiate: probe.See(accepted("Negotiate")),
		},
		Neutral: probe.Skip[[]probe.Dial]("only asked where the WinRM ports are silent"),
		Others:  probe.Skip[[]probe.Other]("the name has one address"),
	}
	return f
}

// with is healthy with changes.
func with(changes ...func(*probe.Facts)) *probe.Facts {
	f := healthy()
	for _, change := range changes {
		change(f)
	}
	return f
}

// no blanks observations: those of a listener that was not there.
func no(why string, paths ...probe.Path) func(*probe.Facts) {
	return func(f *probe.Facts) {
		for _, p := range paths {
			f.Blank(p, why)
		}
	}
}

// httpDown and httpsDown make all of a half fail behind its connection.
func httpDown(c probe.Class) func(*probe.Facts) {
	return func(f *probe.Facts) {
		no("no connection", probe.PathHTTPChallenge, probe.PathHTTPIdentify, probe.PathHTTPNTLM, probe.PathHTTPRaw, probe.PathHTTPTLS, probe.PathHTTPCanary,
			probe.PathHTTPBasic, probe.PathHTTPNegotiate, probe.PathHTTPUnsealed)(f)
		f.HTTP.Dial = probe.Fail[probe.Dial](&probe.Failure{Class: c, Op: "dial 10.2.3.4:5985"})
	}
}

func httpsDown(c probe.Class) func(*probe.Facts) {
	return func(f *probe.Facts) {
		noTLS("no connection")(f)
		f.HTTPS.Dial = probe.Fail[probe.Dial](&probe.Failure{Class: c, Op: "dial 10.2.3.4:5986"})
	}
}

func noTLS(why string) func(*probe.Facts) {
	return no(why, probe.PathHTTPSTLS, probe.PathHTTPSLegacy, probe.PathHTTPSPlain, probe.PathHTTPSChallenge, probe.PathHTTPSIdentify, probe.PathHTTPSNTLM,
		probe.PathHTTPSNegotiate, probe.PathHTTPSBasic)
}

func tlsFails(c probe.Class) func(*probe.Facts) {
	return func(f *probe.Facts) {
		noTLS("no TLS connection")(f)
		f.HTTPS.TLS = probe.Fail[probe.Handshake](failing(c))
	}
}

// chained changes the certificate, and withholds what a bad one withholds.
func chained(change func(*certs.Inspection)) func(*probe.Facts) {
	return func(f *probe.Facts) {
		h := &f.HTTPS.TLS.Value
		change(&h.Chain)
		h.Vetted, h.VettedBecause = false, "defect"
		f.HTTPS.Negotiate = probe.Skip[probe.Authentication]("withheld: a credential goes only over a connection whose certificate passed")
		f.HTTPS.Basic = probe.Skip[probe.Authentication]("withheld: a credential goes only over a connection whose certificate passed")
	}
}

func asAccount(asked string) func(*probe.Facts) {
	return func(f *probe.Facts) { f.Account = account(asked) }
}

func account(asked string) probe.Account {
	a, err := probe.ParseAccount(asked, negotiate.NewSecret("x"))
	if err != nil {
		panic(err)
	}
	return a
}

func noAccountGiven(f *probe.Facts) {
	f.Account = probe.Account{}
	no("no account was given (-u)", append(attemptPaths(), probe.PathHTTPUnsealed)...)(f)
}

func inDomain(f *probe.Facts) {
	for _, n := range []*probe.NTLM{&f.HTTP.NTLM.Value, &f.HTTPS.NTLM.Value} {
		n.NetBIOSDomain, n.DNSDomain, n.DNSComputer = "CORP", "corp.example", "win01.corp.example"
	}
}

// rejectedOverNTLM is what a run leaves when the first attempt was rejected.
func rejectedOverNTLM(f *probe.Facts) {
	f.HTTP.Negotiate = probe.See(rejected("Negotiate"))
	no("withheld: the host rejected this account once already", probe.PathHTTPUnsealed, probe.PathHTTPSNegotiate, probe.PathHTTPSBasic)(f)
}

// find returns the finding of one limit.
func find(t *testing.T, j Judgement, id string) Finding {
	t.Helper()
	for _, f := range j.Findings {
		if f.ID == id {
			return f
		}
	}
	t.Fatalf("no finding %s", id)
	return Finding{}
}
