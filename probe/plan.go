package probe

import "strings"

// Step is one thing that a run may send.
type Step struct {
	Path   Path   `json:"path"`
	To     string `json:"to"`     // "win01.example:5985", or the resolver
	What   string `json:"what"`   // what is sent
	Secret string `json:"secret"` // SentNothing, SentCanary, SentNTLM or SentPassword
	If     string `json:"if,omitempty"`
}

// Plan says what Run would send, in the order of looking, to whom and with
// which kind of secret. It is pure: nothing is resolved and nothing is sent.
func Plan(req Request) []Step {
	t := req.Target
	plain, secure := joinPort(t.Host, orInt(t.PortHTTP, DefaultPortHTTP)), joinPort(t.Host, orInt(t.PortHTTPS, DefaultPortHTTPS))
	steps := []Step{{PathResolve, "the system's resolver", "look up " + t.Host + " and the name of its first address", SentNothing, ""}}
	if !t.NoHTTP {
		steps = append(steps, planHTTP(req, plain)...)
	}
	if !t.NoHTTPS {
		steps = append(steps, planHTTPS(req, secure)...)
	}
	return append(steps, Step{PathNeutral, t.Host + " ports 445, 3389, 22", "TCP connections", SentNothing, "both WinRM ports are silent"})
}

func planHTTP(req Request, to string) []Step {
	path := orString(req.Target.Path, DefaultPath)
	steps := []Step{
		{PathHTTPDial, to, "TCP connections, one for each step", SentNothing, ""},
		{PathHTTPChallenge, to, "WS-Man Identify to " + path + " without credentials, expecting the offer of schemes", SentNothing, ""},
		{PathHTTPIdentify, to, "WS-Man Identify without credentials", SentNothing, ""},
		{PathHTTPNTLM, to, "NTLM type 1 message (names no account)", SentNothing, ""},
		{PathHTTPRaw, to, "NTLM type 1 message in raw form, as Go tools send it", SentNothing, ""},
		{PathHTTPTLS, to, "TLS hello", SentNothing, "the port does not answer as HTTP"},
		{PathHTTPCanary, to, "Basic with a random account, expecting refusal", SentCanary, "the host offers Basic over HTTP"},
	}
	for _, p := range credentialed(req) {
		switch p {
		case PathHTTPNegotiate:
			steps = append(steps, Step{p, to, "NTLM type 3 message with a sealed Identify", SentNTLM, "the host sends a challenge that grants sealing"})
		case PathHTTPUnsealed:
			steps = append(steps, Step{p, to, "NTLM type 3 message with an Identify in clear", SentNTLM, "the sealed attempt was accepted"})
		case PathHTTPBasic:
			steps = append(steps, Step{p, to, "Basic with the real password, in clear", SentPassword, "the host offers Basic over HTTP and did not reject the account"})
		}
	}
	return steps
}

func planHTTPS(req Request, to string) []Step {
	path := orString(req.Target.Path, DefaultPath)
	steps := []Step{
		{PathHTTPSDial, to, "TCP connections, one for each step", SentNothing, ""},
		{PathHTTPSTLS, to, "TLS handshake", SentNothing, ""},
		{PathHTTPSLegacy, to, "TLS handshake with old versions and suites", SentNothing, "the strict handshake fails"},
		{PathHTTPSPlain, to, "POST " + path + " in plain HTTP, without credentials", SentNothing, "the port does not speak TLS"},
		{PathHTTPSChallenge, to, "WS-Man Identify to " + path + " without credentials, expecting the offer of schemes", SentNothing, ""},
		{PathHTTPSIdentify, to, "WS-Man Identify without credentials", SentNothing, "the HTTP listener gave none"},
		{PathHTTPSNTLM, to, "NTLM type 1 message (names no account)", SentNothing, ""},
	}
	ground := vettingGround(req.Target.Trust)
	for _, p := range credentialed(req) {
		switch p {
		case PathHTTPSNegotiate:
			steps = append(steps, Step{p, to, "NTLM type 3 message with channel bindings", SentNTLM, ground + " and no step before it was rejected"})
		case PathHTTPSBasic:
			steps = append(steps, Step{p, to, "Basic with the real password, inside TLS", SentPassword, ground + ", Basic is offered and no step before it was rejected"})
		}
	}
	return steps
}

func vettingGround(ask TrustAsk) string {
	switch {
	case ask.Pin != "":
		return "the certificate is the pinned one"
	case ask.Insecure:
		return "any certificate, as --insecure asks, unless it is revoked"
	case ask.CAFile != "":
		return strings.TrimSpace("the certificate is good for the name, the dates and " + ask.CAFile)
	}
	return "the certificate is good: name, dates and trust"
}
