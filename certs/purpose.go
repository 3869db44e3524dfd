package certs

import "crypto/x509"

// inspectPurpose reads the extended key usage of a leaf.
func inspectPurpose(c *x509.Certificate) Purpose {
	value, ok := extension(c, oidExtKeyUsage)
	if !ok {
		return Purpose{EKU: EKUAbsent}
	}
	p := Purpose{EKU: EKUOther}
	oids := readOIDs(value)
	for _, oid := range oids {
		if oid == oidServerAuth || oid == oidAnyPurpose {
			p.EKU = EKUPresent
		}
	}
	p.OIDs, _ = listed(oids, MaxNames)
	return p
}
