package lab

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"time"

	"pstest/certs"
	"pstest/negotiate"
)

// newTLS mints the certificate of the scenario and makes the configuration that all connections share.
func (h *Host) newTLS() (*tls.Config, error) {
	cert, err := certs.Mint(h.config.Certificate)
	if err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	if h.bindings, err = h.expected(cert); err != nil {
		return nil, err
	}
	c := h.config.TLS
	config := &tls.Config{
		Certificates:           []tls.Certificate{cert},
		MinVersion:             c.Min,
		MaxVersion:             c.Max,
		CipherSuites:           c.Suites,
		NextProtos:             []string{"http/1.1"},
		SessionTicketsDisabled: true,
		Time:                   h.options.Now,
	}
	if c.ClientCert {
		config.ClientAuth = tls.RequireAnyClientCert
	}
	return config, nil
}

// expected is what right channel bindings say. Where something else ends TLS in front of the host, the host expects
// those of a certificate that the client never sees.
func (h *Host) expected(served tls.Certificate) ([]byte, error) {
	leaf := served.Leaf
	if leaf == nil { // Go can't parse it; its hash is that of its signature all the same
		leaf = &x509.Certificate{Raw: served.Certificate[0], SignatureAlgorithm: x509.SHA256WithRSA}
	}
	if h.config.TLS.Terminated {
		own, err := certs.Mint(certs.Spec{CN: h.config.Machine.NetBIOSComputer, Kind: certs.KindSelfSigned})
		if err != nil {
			return nil, fmt.Errorf("certificate behind the terminator: %w", err)
		}
		leaf = own.Leaf
	}
	b, err := negotiate.EndPointBindings(leaf)
	if err != nil {
		return nil, nil // not computable: nothing can be held against it, which bound refuses
	}
	return b, nil
}

// peeked is a connection whose first byte can be looked at.
type peeked struct {
	net.Conn
	in *bufio.Reader
}

func newPeeked(c net.Conn) *peeked { return &peeked{Conn: c, in: bufio.NewReader(c)} }

func (p *peeked) Read(b []byte) (int, error) { return p.in.Read(b) }

// hello tells whether the client begins a TLS handshake. That Windows closes the connection of one that does not, without
// a word, is believed.
func (p *peeked) hello() bool {
	_ = p.SetReadDeadline(time.Now().Add(handshakeTime))
	first, err := p.in.Peek(1)
	const handshake = 22 // RFC 8446 5.1
	return err == nil && first[0] == handshake
}
