package certs

import "crypto/x509"

// inspectStrength looks at the leaf's key and at the signatures of a path.
func (c *chain) inspectStrength(j judged) Strength {
	s := leafStrength(c.leaf)
	s.SignatureRefused = j.Cause == CauseSHA1
	for i, cert := range j.path {
		if weakHash(cert) && (i == 0 || !selfSigned(cert)) {
			s.WeakSignature, s.Where = true, c.index(cert)
			break
		}
	}
	return s
}

// leafStrength looks at a leaf alone.
func leafStrength(c *x509.Certificate) Strength {
	s := Strength{SignatureAlgorithm: signatureName(c), Where: -1}
	s.KeyType, s.Bits = keyOf(c)
	switch s.KeyType {
	case "RSA", "DSA":
		s.WeakKey = s.Bits < 2048
	case "ECDSA":
		s.WeakKey = s.Bits < 224
	}
	s.KeyRefused = !usableKey(c)
	s.NegativeSerial = c.SerialNumber != nil && c.SerialNumber.Sign() < 0
	if weakHash(c) {
		s.WeakSignature, s.Where = true, 0
	}
	return s
}
