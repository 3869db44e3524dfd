package negotiate

import (
	"crypto"
	_ "crypto/sha256" // the hashes that certificates are signed with
	_ "crypto/sha512"
	"crypto/x509"
	"fmt"
)

// EndPointBindings returns the application data of the channel binding "tls-server-end-point" (RFC 5929 4.1): that prefix,
// a colon and the hash of the certificate. The hash is the one of the certificate's own signature, SHA-256 in place of
// MD5 and SHA-1. It is an error where the signature has no single hash (Ed25519) or an unknown one.
func EndPointBindings(leaf *x509.Certificate) ([]byte, error) {
	hash, ok := bindingHash(leaf.SignatureAlgorithm)
	if !ok {
		return nil, fmt.Errorf("channel binding: no hash is defined for a certificate signed with %s",
			leaf.SignatureAlgorithm)
	}
	h := hash.New()
	_, _ = h.Write(leaf.Raw) // a hash never fails to write
	return h.Sum([]byte("tls-server-end-point:")), nil
}

// bindingHash maps a signature to its hash; for RSA-PSS that is the hash of its parameters.
func bindingHash(a x509.SignatureAlgorithm) (crypto.Hash, bool) {
	switch a {
	case x509.MD5WithRSA, x509.SHA1WithRSA, x509.DSAWithSHA1, x509.ECDSAWithSHA1,
		x509.SHA256WithRSA, x509.DSAWithSHA256, x509.ECDSAWithSHA256, x509.SHA256WithRSAPSS:
		return crypto.SHA256, true
	case x509.SHA384WithRSA, x509.ECDSAWithSHA384, x509.SHA384WithRSAPSS:
		return crypto.SHA384, true
	case x509.SHA512WithRSA, x509.ECDSAWithSHA512, x509.SHA512WithRSAPSS:
		return crypto.SHA512, true
	}
	return 0, false
}
