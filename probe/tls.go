package probe

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/netip"
	"strings"

	"pstest/certs"
)

// mode is how permissive a handshake is.
type mode int

const (
	strict mode = iota // as Go's own clients: TLS 1.2 and up, forward secrecy
	legacy             // TLS 1.0 and up, RSA key exchange and CBC: only to explain
)

// shaken is one handshake with what was captured on its way. conn is nil where
// the handshake failed; handshake is worth something where saw is true.
type shaken struct {
	conn      *tls.Conn
	leaf      *x509.Certificate
	handshake Handshake
	saw       bool // the host's certificate was seen
	fail      *Failure
}

// shake makes one connection and one handshake and closes it again.
func (r *run) shake(ctx context.Context, l line, m mode) Observed[Handshake] {
	start := r.env.Now()
	conn, fail := l.open(ctx)
	if fail != nil {
		return Skip[Handshake](fail.why(l.port))
	}
	defer conn.Close()
	s := r.shakeOn(ctx, conn, l, m)
	return s.observed().took(r.env.Now().Sub(start))
}

// observed: a handshake whose certificate was seen is seen, even where the
// host refused it behind that; Refused says so.
func (s shaken) observed() Observed[Handshake] {
	if s.saw {
		return See(s.handshake)
	}
	return Fail[Handshake](s.fail)
}

// shakeOn runs the handshake with verification off: no credential travels on
// the strength of it alone. Every property of the chain is recorded.
func (r *run) shakeOn(ctx context.Context, conn net.Conn, l line, m mode) shaken {
	var s shaken
	cfg := r.tlsConfig(m)
	cfg.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
		s.handshake.ClientCert = true
		return &tls.Certificate{}, nil
	}
	cfg.VerifyConnection = func(cs tls.ConnectionState) error {
		s.saw = true
		r.describe(&s, cs)
		return nil
	}
	stop := deadline(ctx, conn, r.bounds.tls)
	tc := tls.Client(&boundedConn{Conn: conn, left: maxHandshake}, cfg)
	err := tc.HandshakeContext(ctx)
	stop()
	op := "TLS handshake with " + l.address()
	if err != nil {
		s.fail = failure(ctxErr(ctx, err), op)
		s.handshake.Refused = s.fail
		s.handshake.Vetted = false
		r.trace("tls", "step", op, "failure", s.fail.String())
		return s
	}
	tc.NetConn().(*boundedConn).left = -1
	s.conn = tc
	r.trace("tls", "step", op, "version", s.handshake.Version, "suite", s.handshake.Suite, "vetted", s.handshake.VettedBecause)
	return s
}

func (r *run) describe(s *shaken, cs tls.ConnectionState) {
	s.leaf = cs.PeerCertificates[0]
	raw := make([][]byte, len(cs.PeerCertificates))
	for i, c := range cs.PeerCertificates {
		raw[i] = c.Raw
	}
	s.handshake.Version = tls.VersionName(cs.Version)
	s.handshake.Suite = tls.CipherSuiteName(cs.CipherSuite)
	s.handshake.Chain = r.inspect(raw, cs.OCSPResponse)
	s.handshake.Vetted, s.handshake.VettedBecause = vet(s.handshake.Chain, r.req.Target.Trust)
}

// inspect judges each distinct chain once a run.
func (r *run) inspect(raw [][]byte, staple []byte) certs.Inspection {
	h := sha256.New()
	for _, der := range append(raw[:len(raw):len(raw)], staple) {
		sum := sha256.Sum256(der)
		h.Write(sum[:])
	}
	key := string(h.Sum(nil))
	r.mu.Lock()
	defer r.mu.Unlock()
	if i, ok := r.seen[key]; ok {
		return i
	}
	i := certs.Inspect(raw, certs.Options{Host: r.req.Target.Host, Now: r.env.Now(), Roots: r.req.Roots,
		Store: r.facts.Client.Store, Pin: r.req.Target.Trust.Pin, Staple: staple})
	r.seen[key] = i
	return i
}

// vet decides whether a password may go over a connection with this chain, and
// says on what ground or what is in the way. A pin that was given must match,
// whatever else is good.
func vet(i certs.Inspection, ask TrustAsk) (bool, string) {
	switch defects := i.Defects(); {
	case i.Revocation.Staple == certs.StapleRevoked, i.Revocation.Claim == certs.StapleRevoked:
		return false, "revoked"
	case ask.Pin != "" && !i.Pinned:
		return false, "the certificate is not the pinned one"
	case ask.Pin != "" && len(defects) == 0:
		return true, "pin"
	case ask.Insecure:
		return true, "insecure"
	case len(defects) > 0:
		return false, strings.Join(defects, ", ")
	}
	return true, "certificate"
}

// tlsConfig offers what Go's clients offer less the ML-KEM key share, which
// costs a third of a handshake's CPU and no Windows listener asks for.
func (r *run) tlsConfig(m mode) *tls.Config {
	cfg := &tls.Config{
		InsecureSkipVerify: true,
		ServerName:         serverName(r.req.Target.Host),
		MinVersion:         tls.VersionTLS12,
		CurvePreferences:   []tls.CurveID{tls.X25519, tls.CurveP256, tls.CurveP384, tls.CurveP521},
		Time:               r.env.Now,
	}
	if m == legacy {
		cfg.MinVersion = tls.VersionTLS10
		for _, s := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
			cfg.CipherSuites = append(cfg.CipherSuites, s.ID)
		}
	}
	return cfg
}

// serverName is the SNI: a name, never an address (RFC 6066 section 3).
func serverName(host string) string {
	if _, err := netip.ParseAddr(host); err == nil {
		return ""
	}
	return host
}

// maxHandshake bounds the bytes that a host may send in one handshake.
const maxHandshake = 256 << 10

// boundedConn gives errTooLarge once a handshake took more than its bound;
// left -1 is no bound, set when the handshake is over.
type boundedConn struct {
	net.Conn
	left int
}

// Read implements net.Conn.
func (c *boundedConn) Read(p []byte) (int, error) {
	if c.left < 0 {
		return c.Conn.Read(p)
	}
	if c.left == 0 {
		return 0, errTooLarge
	}
	n, err := c.Conn.Read(p[:min(len(p), c.left)])
	c.left -= n
	return n, err
}
