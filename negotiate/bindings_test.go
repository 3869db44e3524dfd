package negotiate

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"math/big"
	"testing"
	"time"
)

func selfSigned(t *testing.T, key crypto.Signer, alg x509.SignatureAlgorithm) *x509.Certificate {
	t.Helper()
	now := time.Now()
	spec := &x509.Certificate{SerialNumber: big.NewInt(1), SignatureAlgorithm: alg, NotBefore: now, NotAfter: now.Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, spec, spec, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

func TestEndPointBindings(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	ecKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	sum256 := func(b []byte) []byte { s := sha256.Sum256(b); return s[:] }
	sum384 := func(b []byte) []byte { s := sha512.Sum384(b); return s[:] }
	sum512 := func(b []byte) []byte { s := sha512.Sum512(b); return s[:] }
	for alg, sum := range map[x509.SignatureAlgorithm]func([]byte) []byte{
		x509.SHA256WithRSA: sum256, x509.SHA384WithRSA: sum384, x509.SHA512WithRSA: sum512,
		x509.SHA256WithRSAPSS: sum256, x509.SHA384WithRSAPSS: sum384, x509.SHA512WithRSAPSS: sum512,
		x509.ECDSAWithSHA256: sum256, x509.ECDSAWithSHA384: sum384, x509.ECDSAWithSHA512: sum512,
	} {
		var key crypto.Signer = rsaKey
		if alg >= x509.ECDSAWithSHA1 && alg <= x509.ECDSAWithSHA512 {
			key = ecKey
		}
		cert := selfSigned(t, key, alg)
		got, err := EndPointBindings(cert)
		if err != nil || !bytes.Equal(got, append([]byte("tls-server-end-point:"), sum(cert.Raw)...)) {
			t.Errorf("%v: %x, %v", alg, got, err)
		}
	}
}

// RFC 5929 4.1: MD5 and SHA-1 are replaced by SHA-256. Go signs with neither any more, so the field is set by hand.
func TestEndPointBindingsOldHashes(t *testing.T) {
	for _, alg := range []x509.SignatureAlgorithm{x509.MD5WithRSA, x509.SHA1WithRSA, x509.ECDSAWithSHA1, x509.DSAWithSHA1} {
		got, err := EndPointBindings(&x509.Certificate{Raw: []byte("der"), SignatureAlgorithm: alg})
		sum := sha256.Sum256([]byte("der"))
		if err != nil || !bytes.Equal(got, append([]byte("tls-server-end-point:"), sum[:]...)) {
			t.Errorf("%v: %x, %v", alg, got, err)
		}
	}
}

func TestEndPointBindingsUndefined(t *testing.T) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, cert := range []*x509.Certificate{selfSigned(t, key, x509.PureEd25519), {Raw: []byte("der")}, {SignatureAlgorithm: x509.MD2WithRSA}} {
		if got, err := EndPointBindings(cert); err == nil || got != nil {
			t.Errorf("%v: %x", cert.SignatureAlgorithm, got)
		}
	}
}
