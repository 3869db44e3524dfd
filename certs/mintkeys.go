package certs

import (
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"embed"
	"encoding/pem"
	"fmt"
	"math/big"
	"time"
)

// mintKeys holds public test keys: fixed, because Go's key generation ignores
// the random source that it is given, and known to everyone.
//
//go:embed mintkeys/*.pem
var mintKeys embed.FS

// authority is a certificate and the key that signs in its name.
type authority struct {
	cert *x509.Certificate
	key  crypto.Signer
}

// mintKey reads one key of mintkeys/ by the name of its file without ".pem".
func mintKey(name string) (crypto.Signer, error) {
	text, err := mintKeys.ReadFile("mintkeys/" + name + ".pem")
	if err != nil {
		return nil, fmt.Errorf("reading the test key %s: %w", name, err)
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, fmt.Errorf("reading the test key %s: no PEM block", name)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("reading the test key %s: %w", name, err)
	}
	return key.(crypto.Signer), nil
}

// rootAuthority makes a self-signed root, valid for a hundred years, so that its
// dates never speak.
func rootAuthority(keyName, cn string) (authority, error) {
	key, err := mintKey(keyName)
	if err != nil {
		return authority{}, err
	}
	template := caTemplate(cn, key)
	template.NotBefore = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	template.NotAfter = time.Date(2099, 12, 31, 0, 0, 0, 0, time.UTC)
	return issue(template, authority{cert: template, key: key}, key)
}

// intermediateAuthority makes the authority between root and leaf.
func intermediateAuthority(root authority, notBefore, notAfter time.Time) (authority, error) {
	key, err := mintKey("intermediate")
	if err != nil {
		return authority{}, err
	}
	template := caTemplate("pstest lab intermediate", key)
	template.NotBefore, template.NotAfter = notBefore, notAfter
	return issue(template, root, key)
}

// caTemplate is the common part of an authority's certificate. Its serial is
// derived from its name and its key identifier from its key.
func caTemplate(cn string, key crypto.Signer) *x509.Certificate {
	serial := sha256.Sum256([]byte(cn))
	return &x509.Certificate{
		SerialNumber:          new(big.Int).SetBytes(serial[:8]),
		Subject:               pkix.Name{CommonName: cn, Organization: []string{"pstest test certificates"}},
		SignatureAlgorithm:    x509.SHA256WithRSA,
		BasicConstraintsValid: true,
		IsCA:                  true,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign | x509.KeyUsageDigitalSignature,
		SubjectKeyId:          keyID(key),
	}
}

// keyID is the first 160 bits of the SHA-256 of the public key (RFC 7093,
// section 2, method 1, over the whole SubjectPublicKeyInfo).
func keyID(key crypto.Signer) []byte {
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return nil
	}
	sum := sha256.Sum256(der)
	return sum[:20]
}

// issue signs an authority's template.
func issue(template *x509.Certificate, by authority, key crypto.Signer) (authority, error) {
	der, err := x509.CreateCertificate(nil, template, by.cert, key.Public(), by.key)
	if err != nil {
		return authority{}, fmt.Errorf("signing %q: %w", template.Subject.CommonName, err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return authority{}, fmt.Errorf("signing %q: %w", template.Subject.CommonName, err)
	}
	return authority{cert: cert, key: key}, nil
}
