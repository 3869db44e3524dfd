package certs

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/fips140"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"time"
)

// Mint makes the chain that a Spec describes, with its private key and, where
// asked for, its stapled OCSP response. Leaf is nil where Go can't parse it. An
// error means that the Spec names something impossible.
func Mint(s Spec) (tls.Certificate, error) {
	s = s.filled()
	if err := s.check(); err != nil {
		return tls.Certificate{}, fmt.Errorf("minting %q: %w", s.CN, err)
	}
	var m tls.Certificate
	var err error
	fips140.WithoutEnforcement(func() { m, err = s.mint() }) // defects to choose from include SHA-1 and RSA 1024
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("minting %q: %w", s.CN, err)
	}
	return m, nil
}

// MintCA returns the certificate of the lab's root, PEM: what a client has to
// trust. It panics if the embedded key can't be used, which a test rules out.
func MintCA() []byte {
	root, err := labRoot()
	if err != nil {
		panic("certs: the embedded test keys are unusable: " + err.Error())
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root.cert.Raw})
}

func labRoot() (authority, error) { return rootAuthority("labca", "pstest lab root") }

// filled puts the defaults in, so that a field left out and its default give
// the same serial.
func (s Spec) filled() Spec {
	s.NotBefore, s.NotAfter = s.NotBefore.UTC().Truncate(time.Second), s.NotAfter.UTC().Truncate(time.Second)
	if s.NotBefore.IsZero() {
		s.NotBefore = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	if s.NotAfter.IsZero() {
		s.NotAfter = time.Date(2049, 12, 31, 0, 0, 0, 0, time.UTC)
	}
	if s.CNOnly {
		s.DNSNames, s.IPs = nil, nil
	} else if len(s.DNSNames) == 0 && len(s.IPs) == 0 && s.CN != "" {
		s.DNSNames = []string{s.CN}
	}
	if s.Kind == KindMissingIntermediate && len(s.IssuerURLs) == 0 {
		s.IssuerURLs = []string{"http://ca.lab.invalid/intermediate.cer"}
	}
	return s.filledKey()
}

func (s Spec) filledKey() Spec {
	if s.KeyType == "" {
		s.KeyType = "RSA"
	}
	if s.KeyBits == 0 {
		s.KeyBits = map[string]int{"RSA": 2048, "ECDSA": 256}[s.KeyType]
	}
	if s.SHA1 {
		s.Hash = crypto.SHA1
	}
	if s.Hash == 0 {
		s.Hash = crypto.SHA256
	}
	s.SHA1 = s.Hash == crypto.SHA1
	if s.Staple == "" {
		s.Staple = StapleNone
	}
	return s
}

func (s Spec) check() error {
	switch {
	case s.CN == "" && len(s.DNSNames) == 0 && len(s.IPs) == 0:
		return errors.New("it has no name at all")
	case s.NotAfter.Before(s.NotBefore):
		return errors.New("it ends before it begins")
	case s.keyName() == "":
		return fmt.Errorf("no test key of type %s with %d bits", s.KeyType, s.KeyBits)
	case s.algorithm(s.KeyType) == x509.UnknownSignatureAlgorithm:
		return fmt.Errorf("no signature with %v and a key of type %s", s.Hash, s.KeyType)
	}
	switch s.EKU {
	case EKUServer, EKUClient, EKUBoth, EKUNone:
		return nil
	}
	return fmt.Errorf("no extended key usage %q", s.EKU)
}

// keyName is the file of mintkeys/ that holds the leaf's key; empty: there is
// none.
func (s Spec) keyName() string {
	switch fmt.Sprint(s.KeyType, " ", s.KeyBits) {
	case "RSA 2048":
		return "leaf"
	case "RSA 1024":
		return "leaf1024"
	case "ECDSA 256":
		return "leafp256"
	case "ECDSA 384":
		return "leafp384"
	}
	return ""
}

// algorithm is the signature algorithm that Hash asks for with a signing key
// of a type, "RSA" or "ECDSA".
func (s Spec) algorithm(keyType string) x509.SignatureAlgorithm {
	switch fmt.Sprint(keyType, " ", s.Hash) {
	case "RSA SHA-1":
		return x509.SHA1WithRSA
	case "RSA SHA-256":
		return x509.SHA256WithRSA
	case "RSA SHA-384":
		return x509.SHA384WithRSA
	case "RSA SHA-512":
		return x509.SHA512WithRSA
	case "ECDSA SHA-1":
		return x509.ECDSAWithSHA1
	case "ECDSA SHA-256":
		return x509.ECDSAWithSHA256
	case "ECDSA SHA-384":
		return x509.ECDSAWithSHA384
	case "ECDSA SHA-512":
		return x509.ECDSAWithSHA512
	}
	return x509.UnknownSignatureAlgorithm
}

// mint does the work on a Spec that is filled and checked.
func (s Spec) mint() (tls.Certificate, error) {
	key, err := mintKey(s.keyName())
	if err != nil {
		return tls.Certificate{}, err
	}
	by, chain, err := s.issuer()
	if err != nil {
		return tls.Certificate{}, err
	}
	template, err := s.template()
	if err != nil {
		return tls.Certificate{}, err
	}
	if s.Kind == KindSelfSigned {
		by = authority{cert: template, key: key}
	}
	der, err := s.sign(template, by, key)
	if err != nil {
		return tls.Certificate{}, err
	}
	m := tls.Certificate{Certificate: append([][]byte{der}, chain...), PrivateKey: key}
	m.Leaf, _ = x509.ParseCertificate(der) // nil with a negative serial
	if s.Staple != StapleNone {
		m.OCSPStaple, err = s.staple(template.SerialNumber, by)
	}
	return m, err
}

// issuer is who signs the leaf (nobody for a self-signed one) and what is
// served above it.
func (s Spec) issuer() (by authority, chain [][]byte, err error) {
	switch s.Kind {
	case KindSelfSigned:
		return authority{}, nil, nil
	case KindUnknownCA:
		by, err = rootAuthority("unknownca", "pstest unknown root")
		return by, nil, err
	}
	root, err := labRoot()
	if err != nil || s.Kind == KindLab {
		return root, nil, err
	}
	from, until := s.NotBefore.AddDate(-1, 0, 0), s.NotAfter
	switch s.Kind {
	case KindIntermediate, KindMissingIntermediate:
	case KindExpiredIntermediate:
		until = s.NotBefore.Add(time.Minute)
	default:
		return authority{}, nil, fmt.Errorf("no kind of chain %q", s.Kind)
	}
	by, err = intermediateAuthority(root, from, until)
	if err == nil && s.Kind != KindMissingIntermediate {
		chain = [][]byte{by.cert.Raw}
	}
	return by, chain, err
}

// template is the leaf before it is signed. Its serial is the beginning of the
// SHA-256 of the Spec.
func (s Spec) template() (*x509.Certificate, error) {
	spec, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	serial := sha256.Sum256(spec)
	serial[0] = serial[0]&0x7f | 0x40 // positive, and always 16 octets
	t := &x509.Certificate{
		SerialNumber:          new(big.Int).SetBytes(serial[:16]),
		Subject:               pkix.Name{CommonName: s.CN},
		NotBefore:             s.NotBefore,
		NotAfter:              s.NotAfter,
		DNSNames:              s.DNSNames,
		IPAddresses:           s.IPs,
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment,
		ExtKeyUsage:           s.extKeyUsage(),
		CRLDistributionPoints: s.CRLs,
		OCSPServer:            s.OCSP,
		IssuingCertificateURL: s.IssuerURLs,
	}
	if s.MustStaple {
		// TLS feature status_request, RFC 7633, section 4: SEQUENCE { INTEGER 5 }.
		t.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 24}, Value: []byte{0x30, 3, 2, 1, 5}}}
	}
	return t, nil
}

func (s Spec) extKeyUsage() []x509.ExtKeyUsage {
	switch s.EKU {
	case EKUClient:
		return []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	case EKUBoth:
		return []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}
	case EKUNone:
		return nil
	}
	return []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
}

// sign makes the leaf's DER. No random source is given: RSA PKCS #1 v1.5 needs
// none, and ECDSA is deterministic without one (RFC 6979).
func (s Spec) sign(template *x509.Certificate, by authority, key crypto.Signer) ([]byte, error) {
	keyType := "RSA"
	if _, ok := by.key.(*ecdsa.PrivateKey); ok {
		keyType = "ECDSA"
	}
	template.SignatureAlgorithm = s.algorithm(keyType)
	der, err := x509.CreateCertificate(nil, template, by.cert, key.Public(), by.key)
	if err != nil || !s.NegativeSerial {
		return der, err
	}
	return negateSerial(der, func(tbs []byte) ([]byte, error) {
		h := s.Hash.New()
		h.Write(tbs)
		return by.key.Sign(nil, h.Sum(nil), s.Hash)
	})
}
