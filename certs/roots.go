package certs

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
)

// maxRootsFile bounds a file of roots; a system's bundle has some 200 KiB.
const maxRootsFile = 8 << 20

// LoadRoots reads trusted certificates out of a file: PEM, of which blocks other
// than certificates are passed over, one certificate in DER, or PKCS#7, as
// Windows exports them. It returns how many there are. None, or one that can't be read,
// is an error, so that a broken file never narrows what is trusted unnoticed.
func LoadRoots(pemFile []byte) (*x509.CertPool, int, error) {
	if len(pemFile) > maxRootsFile {
		return nil, 0, fmt.Errorf("reading roots: longer than %d octets", maxRootsFile)
	}
	pool, count := x509.NewCertPool(), 0
	if cert, err := x509.ParseCertificate(pemFile); err == nil {
		pool.AddCert(cert)
		return pool, 1, nil
	}
	for rest := pemFile; ; count++ {
		block, next := nextCertificate(rest)
		if block == nil {
			break
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, 0, fmt.Errorf("reading roots: certificate %d: %w", count+1, err)
		}
		pool.AddCert(cert)
		rest = next
	}
	if count < bytes.Count(pemFile, []byte("-----BEGIN CERTIFICATE-----")) {
		return nil, 0, fmt.Errorf("reading roots: certificate %d is not proper PEM", count+1)
	}
	if count == 0 {
		return readRoots(pemFile)
	}
	return pool, count, nil
}

// readRoots takes the certificates of any other file that holds some, such as
// the PKCS#7 in which Windows exports a whole path. No password is asked for.
func readRoots(file []byte) (*x509.CertPool, int, error) {
	b, err := Read(file, ReadOptions{})
	if err != nil {
		return nil, 0, errors.New("reading roots: no certificate in PEM, DER or PKCS#7")
	}
	pool, count := x509.NewCertPool(), 0
	entries := b.Loose
	for _, c := range b.Chains {
		entries = append(entries, c.Entries...)
	}
	for _, e := range entries {
		cert, err := x509.ParseCertificate(e.DER)
		if err != nil {
			return nil, 0, fmt.Errorf("reading roots: certificate %d: %w", count+1, err)
		}
		pool.AddCert(cert)
		count++
	}
	return pool, count, nil
}

// nextCertificate finds the next certificate of a PEM file; nil: none.
func nextCertificate(rest []byte) (*pem.Block, []byte) {
	for {
		var block *pem.Block
		block, rest = pem.Decode(rest)
		if block == nil || block.Type == "CERTIFICATE" {
			return block, rest
		}
	}
}
