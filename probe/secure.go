package probe

import (
	"context"
	"crypto/tls"
	"fmt"
	"strings"
)

// again opens another TLS connection for a request without credentials.
func (r *run) again(ctx context.Context, l line) (*tls.Conn, string) {
	conn, fail := l.open(ctx)
	if fail != nil {
		return nil, fail.why(l.port)
	}
	s := r.shakeOn(ctx, conn, l, strict)
	if s.conn == nil {
		conn.Close()
		return nil, "no TLS connection (" + string(s.fail.Class) + ")"
	}
	return s.conn, ""
}

// secured opens a TLS connection for a step with credentials, while the
// inspection goes on beside it. It returns when both are there.
func (r *run) secured(ctx context.Context, l line, s *shared) (shaken, string) {
	conn, fail := l.open(ctx)
	if fail != nil {
		return shaken{}, fail.why(l.port)
	}
	own := r.shakeOn(ctx, conn, l, strict)
	s.keep(own)
	if own.conn == nil {
		conn.Close()
		return shaken{}, "no TLS connection (" + string(own.fail.Class) + ")"
	}
	select {
	case <-s.known:
	case <-ctx.Done():
		own.conn.Close()
		return shaken{}, "the run ended before its turn"
	}
	return own, ""
}

// fit says why a credential may not go over this connection; "" means it may.
// Each connection is judged by the certificate that it was made with.
func fit(own shaken, s *shared) string {
	switch {
	case !own.handshake.Vetted:
		return "withheld: a credential goes only over a connection whose certificate passed, and this one did not (" + own.handshake.VettedBecause + ")"
	case own.handshake.VettedBecause != "insecure" && s.tls.State == Seen && s.tls.Value.Chain.SHA256 != own.handshake.Chain.SHA256:
		return "withheld: the host served another certificate on the second connection"
	}
	return ""
}

// maxCertMessage bounds what readRawChain reads of a host.
const maxCertMessage = 128 << 10

// readRawChain reads the certificate message of a TLS 1.2 handshake as bytes,
// for a certificate that Go's parser refuses (a negative serial, for one). TLS
// 1.3 encrypts that message, so a host without TLS 1.2 keeps it hidden.
func (r *run) readRawChain(ctx context.Context, l line) {
	conn, fail := l.open(ctx)
	if fail != nil {
		return
	}
	defer conn.Close()
	tap := &tapConn{Conn: conn}
	cfg := r.tlsConfig(strict)
	cfg.MaxVersion = tls.VersionTLS12
	stop := deadline(ctx, conn, r.bounds.tls)
	defer stop()
	err := tls.Client(tap, cfg).HandshakeContext(ctx)
	raw := certificateMessage(tap.got)
	if err == nil || len(raw) == 0 || !strings.HasPrefix(err.Error(), "tls: failed to parse certificate") {
		return
	}
	h := Handshake{Version: "TLS 1.2", Suite: "unknown", Chain: r.inspect(raw, nil),
		Refused: &Failure{Class: ClassMalformed, Op: "TLS handshake with " + l.address(), Raw: clean(err.Error())}}
	h.VettedBecause = fmt.Sprintf("the certificate can't be parsed: %s", clean(err.Error()))
	r.facts.HTTPS.TLS = See(h).took(r.facts.HTTPS.TLS.Took)
}
