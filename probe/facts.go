// Package probe observes one Windows host over the network: it records what it
// sees and judges nothing. Each probe has its file and its function; Run puts
// them side by side so that a complete look costs a handful of round trips.
package probe

import (
	"time"

	"pstest/certs"
	"pstest/negotiate"
	"pstest/wsman"
)

// Schema is the version of the JSON form of Facts. It grows when a field
// changes its meaning or goes away; a field that is added does not change it.
const Schema = 1

// Facts is everything that one run learned about one host. It goes to JSON and
// back without loss and holds no secret.
type Facts struct {
	Schema    int               `json:"schema"`
	When      time.Time         `json:"when"` // time enters here and nowhere else
	Target    Target            `json:"target"`
	Account   Account           `json:"account,omitzero"`
	Client    Client            `json:"client"`
	Resolve   Observed[Names]   `json:"resolve"`
	HTTP      Plain             `json:"http"`
	HTTPS     Secure            `json:"https"`
	Neutral   Observed[[]Dial]  `json:"neutral"` // other well-known ports; only where both WinRM ports are silent
	Others    Observed[[]Other] `json:"others"`  // the further addresses of the name
	Exchanges []Exchange        `json:"exchanges,omitempty"`
	Took      time.Duration     `json:"tookNs"`
	Stopped   string            `json:"stopped,omitempty"` // why the run ended early: "interrupted", "out of time"
}

// Client is this side of the connection.
type Client struct {
	OS         string   `json:"os"`
	Arch       string   `json:"arch"`
	ProxyHTTP  string   `json:"proxyHttp,omitempty"`  // the proxy that HTTP_PROXY and friends name for the HTTP URL, without its password
	ProxyHTTPS string   `json:"proxyHttps,omitempty"` // the same for the HTTPS URL
	ProxyVars  []string `json:"proxyVars,omitempty"`  // names of the variables that are set
	Store      string   `json:"store"`                // which root certificates were used: "system" or the file
	NTLM       string   `json:"ntlm,omitempty"`       // why NTLM is impossible in this process; empty: possible
}

// Names is what the resolver said.
type Names struct {
	Addresses []string `json:"addresses"`         // in the resolver's order, bounded to 16
	Reverse   []string `json:"reverse,omitempty"` // PTR names of the first address, without the final dot
	Literal   bool     `json:"literal,omitempty"` // the host was an address: nothing was resolved
}

// Dial is one TCP connection attempt.
type Dial struct {
	Address string   `json:"address"` // the host's
	Port    int      `json:"port"`
	Local   string   `json:"local,omitempty"` // our own address, without the port
	OnLink  bool     `json:"onLink,omitempty"`
	Failure *Failure `json:"failure,omitempty"` // only inside lists; a single Dial fails in its Observed
}

// Plain is what was seen of the HTTP listener.
type Plain struct {
	Dial      Observed[Dial]           `json:"dial"`
	Challenge Observed[Challenge]      `json:"challenge"`
	Identify  Observed[wsman.Identity] `json:"identify"`
	NTLM      Observed[NTLM]           `json:"ntlm"`
	Raw       Observed[NTLM]           `json:"raw"`       // the challenge as Go tools ask for it: raw, no sealing asked
	TLS       Observed[Handshake]      `json:"tls"`       // only where the port does not speak HTTP
	Canary    Observed[Authentication] `json:"canary"`    // Basic with a random account
	Basic     Observed[Authentication] `json:"basic"`     // Basic with the real account: only with --send-password-in-clear
	Negotiate Observed[Authentication] `json:"negotiate"` // sealed
	Unsealed  Observed[Authentication] `json:"unsealed"`  // as Go tools do it: only with --try-unsealed
}

// Secure is what was seen of the HTTPS listener.
type Secure struct {
	Dial      Observed[Dial]           `json:"dial"`
	TLS       Observed[Handshake]      `json:"tls"`    // as a strict Go client
	Legacy    Observed[Handshake]      `json:"legacy"` // TLS 1.0, RSA key exchange, CBC: only where the strict one failed
	Plain     Observed[Challenge]      `json:"plain"`  // only where the port does not speak TLS
	Challenge Observed[Challenge]      `json:"challenge"`
	Identify  Observed[wsman.Identity] `json:"identify"` // only where the HTTP listener gave none
	NTLM      Observed[NTLM]           `json:"ntlm"`
	Basic     Observed[Authentication] `json:"basic"`
	Negotiate Observed[Authentication] `json:"negotiate"` // with channel bindings
}

// Challenge is the answer to a POST without credentials: who speaks here and
// which schemes are offered.
type Challenge struct {
	Status int                `json:"status"`
	Server string             `json:"server,omitempty"`
	Offer  []negotiate.Scheme `json:"offer,omitempty"` // in the host's order
	Date   time.Time          `json:"date,omitzero"`   // the host's clock, 1 s
	Skew   time.Duration      `json:"skewNs,omitempty"`
	Via    string             `json:"via,omitempty"`   // Via, X-Squid-Error, Proxy-Authenticate: signs of a proxy, name and value
	Type   string             `json:"type,omitempty"`  // Content-Type
	Close  bool               `json:"close,omitempty"` // the host closes the connection behind this answer
	Title  string             `json:"title,omitempty"` // the first words of an HTML answer
	// Anybody: the answer is an Identify, which the host gives without being asked who asks.
	Anybody bool `json:"anybody,omitempty"`
}

// Offers tells whether a scheme is offered; any case.
func (c Challenge) Offers(scheme string) bool {
	_, ok := negotiate.Find(c.Offer, scheme)
	return ok
}

// NTLM is what the type 2 message tells without any credential.
type NTLM struct {
	Form            negotiate.Form `json:"form"` // the form in which the host answered
	NetBIOSComputer string         `json:"netbiosComputer,omitempty"`
	NetBIOSDomain   string         `json:"netbiosDomain,omitempty"`
	DNSComputer     string         `json:"dnsComputer,omitempty"`
	DNSDomain       string         `json:"dnsDomain,omitempty"`
	DNSTree         string         `json:"dnsTree,omitempty"`
	Version         string         `json:"version,omitempty"` // "10.0.20348"
	Build           int            `json:"build,omitempty"`
	Time            time.Time      `json:"time,omitzero"`
	Skew            time.Duration  `json:"skewNs,omitempty"` // host's clock minus ours
	Flags           uint32         `json:"flags"`
	Sealing         bool           `json:"sealing"` // 128-bit sealing with key exchange is on offer
}

// Workgroup tells whether the host names itself as its own domain, as a
// machine outside a domain does.
func (n NTLM) Workgroup() bool {
	return n.NetBIOSComputer != "" && n.NetBIOSComputer == n.NetBIOSDomain
}

// Handshake is one TLS handshake, made without verification, with every
// property of the chain recorded on its own.
type Handshake struct {
	Version       string           `json:"version"` // "TLS 1.3"
	Suite         string           `json:"suite"`
	ClientCert    bool             `json:"clientCert,omitempty"` // the host asked for a client certificate
	Chain         certs.Inspection `json:"chain"`
	Refused       *Failure         `json:"refused,omitempty"` // refused behind a handshake that looked complete (client certificate under TLS 1.3)
	Vetted        bool             `json:"vetted"`            // a password may go over such a connection
	VettedBecause string           `json:"vettedBecause"`     // "certificate", "pin" or "insecure"; or what is in the way
}

// Outcome is how an attempt with credentials ended; a closed list.
type Outcome string

// The outcomes. Accepted is claimed for a parsed answer to an authenticated
// Identify alone: over HTTP with NTLM an answer that was unsealed and verified.
const (
	Accepted    Outcome = "accepted"
	Rejected    Outcome = "rejected"     // 401 to the message that carried the credential
	NoChallenge Outcome = "no-challenge" // no NTLM challenge came: nothing secret was sent
	Faulted     Outcome = "faulted"      // a SOAP fault behind the authentication
	NoAnswer    Outcome = "no-answer"    // the credential was sent and nothing complete came back
	Unproven    Outcome = "unproven"     // 2xx, but the answer is not what an authenticated Identify gives
	Empty500    Outcome = "empty-500"    // 500 without a body behind the credential
	OtherStatus Outcome = "other-status"
)

// Authentication is one attempt with credentials.
type Authentication struct {
	Outcome  Outcome        `json:"outcome"`
	Scheme   string         `json:"scheme"`           // "Basic", "Negotiate"
	Form     negotiate.Form `json:"form,omitempty"`   // Negotiate: how tokens were wrapped
	Sent     string         `json:"sent"`             // the secret that was used: "canary", "password", "ntlm-response" or "nothing"
	User     string         `json:"user,omitempty"`   // as sent; a canary's is random
	Domain   string         `json:"domain,omitempty"` // as sent
	Status   int            `json:"status"`
	Sealed   bool           `json:"sealed,omitempty"`   // the answer was sealed, and unsealed and verified by us
	Mutual   bool           `json:"mutual,omitempty"`   // the host's mechListMIC was verified
	Bindings string         `json:"bindings,omitempty"` // "tls-server-end-point sha-256", or why none could be sent
	Identity wsman.Identity `json:"identity,omitzero"`
	Fault    *wsman.Fault   `json:"fault,omitempty"`
	Detail   string         `json:"detail,omitempty"` // what was wrong with an answer, bounded, escaped
}

// Other is a further address of the name, looked at without credentials.
type Other struct {
	Address   string              `json:"address"`
	HTTP      Observed[Dial]      `json:"http"`
	HTTPS     Observed[Dial]      `json:"https"`
	Challenge Observed[Challenge] `json:"challenge"`
}

// Exchange is one HTTP request and its answer, for the trace. Values of
// Authorization are named by kind and length; bodies are not kept.
type Exchange struct {
	Step    string        `json:"step"` // "http.challenge", "https.basic": the path of the observation
	URL     string        `json:"url"`
	Request []string      `json:"request,omitempty"` // header lines, "Name: value"
	Sent    int           `json:"sentBytes"`
	Status  int           `json:"status,omitempty"`
	Answer  []string      `json:"answer,omitempty"` // header lines, bounded
	Got     int           `json:"gotBytes"`
	Took    time.Duration `json:"tookNs"`
	Failure *Failure      `json:"failure,omitempty"`
}
