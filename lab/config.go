package lab

import (
	"context"
	"crypto/tls"
	"net"
	"time"

	"pstest/certs"
)

// Config is everything that a simulated host is. A scenario starts from the healthy one and changes what it is about.
type Config struct {
	HTTP, HTTPS Listener

	// LogonAs and LogonWith are what the user of the scenario is told to use.
	LogonAs, LogonWith string

	Account     Account
	Machine     Machine
	NTLM        NTLM
	Bindings    Bindings      // what HTTPS demands of channel bindings
	ClockOffset time.Duration // the host's clock minus the right time; certificates are dated by the right one
	Server      string        // the Server header
	Stack       string        // of WinRM, as Identify says it
	ServicePack string        // "0.0"
	MaxShells   int           // shells that one user may have open

	Certificate certs.Spec
	TLS         TLS

	// Neutral says how other ports than the two of WinRM behave in a Network. A port that is not in it is Firewalled
	// where both WinRM ports are, and refused otherwise.
	Neutral map[int]Reach
}

// Reach is what becomes of a connection attempt.
type Reach string

// The ways to be reached.
const (
	Served     Reach = ""           // accepted
	Refused    Reach = "refused"    // nothing listens
	Firewalled Reach = "firewalled" // no answer at all
	Unroutable Reach = "unroutable" // no route to the host; in a Network alone
)

// Listener is one of the two ports.
type Listener struct {
	Reach Reach
	TLS   bool
	// Offers are the schemes of the 401, as written, in order.
	Offers []string
	// AllowUnencrypted is the service's setting of that name: a message may be in clear. It has no meaning with TLS.
	AllowUnencrypted bool
	// Unsealed500 answers a message in clear behind an NTLM handshake with an empty 500 and not with 401.
	Unsealed500 bool
	// Mute answers no request without credentials.
	Mute bool
	// Path is the URL prefix; "": /wsman.
	Path string
	// Raw takes over an accepted connection, before TLS.
	Raw Behaviour
	// Instead takes over a connection, behind TLS where there is one: something else than WinRM answers.
	Instead Behaviour
}

// Behaviour speaks on one connection until it returns; the connection is closed then. It must return soon after ctx is
// done or the connection is closed. now is the host's clock.
type Behaviour func(ctx context.Context, c net.Conn, now func() time.Time)

// Account is the one account that the host knows.
type Account struct {
	Name     string
	Password string
	// Domain makes it an account of the machine's domain; Basic refuses those.
	Domain bool
	// Filtered refuses it over the network with NTLM, as happens to members of Administrators other than the built-in
	// account while LocalAccountTokenFilterPolicy is not set. That it shows as 401 is reported, not recorded.
	Filtered bool
	// Locked refuses it everywhere.
	Locked bool
	// ANSI has Basic read the password in a western code page, as is believed of western hosts, and not in UTF-8.
	ANSI bool
}

// Machine is what the NTLM challenge tells of the host (MS-NLMP 2.2.2.1).
type Machine struct {
	NetBIOSComputer, NetBIOSDomain  string
	DNSComputer, DNSDomain, DNSTree string
	Major, Minor                    uint8
	Build                           uint16
	Alternate                       string // computer name behind the HTTPS port: two machines behind one address
}

// NTLM is how the acceptor behaves.
type NTLM struct {
	Blocked bool   // a type 1 is answered without a challenge
	RawOnly bool   // SPNEGO tokens are answered without a challenge
	Forges  bool   // the last token's mechListMIC is made without the session's key
	Refuses uint32 // negotiation flags that the challenge never grants
	Forgets bool   // the answer to a type 1 ends the connection, and a type 3 is met by a host that knows nothing of it
	// Edit changes the challenge message before it is sent; nil: as it is.
	Edit func([]byte) []byte
}

// Bindings is the service's CbtHardeningLevel.
type Bindings string

// The levels. Relaxed refuses bindings that are wrong and accepts none.
const (
	BindingsRelaxed Bindings = ""
	BindingsNone    Bindings = "none"
	BindingsStrict  Bindings = "strict"
)

// TLS is the server's side of TLS.
type TLS struct {
	Min, Max   uint16 // 0: 1.2, and the highest there is
	Suites     []uint16
	ClientCert bool
	// Terminated says that something in front of the host ends TLS with another certificate than the host's own.
	Terminated bool
}

// The schemes as WinRM writes them, in its order.
const (
	offerNegotiate = "Negotiate"
	offerKerberos  = "Kerberos"
	offerBasic     = `Basic realm="WSMAN"`
)

// healthyConfig is a workgroup host on which every documented route works: an HTTP listener that offers Negotiate alone
// and wants messages sealed, and an HTTPS listener with a good certificate that offers Basic too.
func healthyConfig(o Options) Config {
	return Config{
		HTTP:      Listener{Offers: []string{offerNegotiate}},
		HTTPS:     Listener{TLS: true, Offers: []string{offerNegotiate, offerBasic}},
		LogonAs:   o.User,
		LogonWith: o.Password,
		Account:   Account{Name: o.User, Password: o.Password},
		Machine: Machine{NetBIOSComputer: "WIN01", NetBIOSDomain: "WIN01", DNSComputer: "WIN01", DNSDomain: "WIN01",
			Major: 10, Minor: 0, Build: 20348},
		Server:      "Microsoft-HTTPAPI/2.0",
		Stack:       "3.0",
		ServicePack: "0.0",
		MaxShells:   30,
		Certificate: goodCertificate(o),
		TLS:         TLS{Min: tls.VersionTLS12, Max: o.MaxTLS},
		Neutral:     map[int]Reach{445: Served, 3389: Served, 22: Refused},
	}
}

// goodCertificate names every host of the options and is valid for a year around now. The first name is its CN.
func goodCertificate(o Options) certs.Spec {
	now := o.Now().UTC().Truncate(24 * time.Hour)
	s := certs.Spec{NotBefore: now.AddDate(0, -2, 0), NotAfter: now.AddDate(0, 10, 0), Staple: "good"}
	for _, name := range o.Hosts {
		if ip := net.ParseIP(name); ip != nil {
			s.IPs = append(s.IPs, ip)
			continue
		}
		s.DNSNames = append(s.DNSNames, name)
	}
	switch {
	case len(s.DNSNames) > 0:
		s.CN = s.DNSNames[0]
	case len(o.Hosts) > 0:
		s.CN = o.Hosts[0]
	}
	return s
}
