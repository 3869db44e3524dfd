package certs

import (
	"crypto/x509"
	"strings"
	"testing"
)

// What openssl calls the defects (X509_V_ERR_* in openssl-verification-options
// and X509_STORE_CTX_get_error).
const (
	errNotYet       = "9"
	errExpired      = "10"
	errSelfSigned   = "18"
	errNoIssuer     = "20"
	errPathLength   = "25"
	errPurpose      = "26"
	errCritical     = "34"
	errNotPermitted = "47"
	errNotCA        = "79"
)

const (
	server = "extendedKeyUsage=serverAuth\n"
	san    = "subjectAltName=DNS:" + host + "\n"
	ca     = rootExtensions
)

// TestAgainstOpenSSL makes each chain with the openssl command and writes its
// verdict beside ours. Where the two differ, the table says so: openssl's
// command accepts SHA-1 and short keys, Go doesn't; it stops at a missing issuer.
func TestAgainstOpenSSL(t *testing.T) {
	l := newOpenSSL(t)
	for _, c := range []opensslCert{
		{name: "mid", subject: "/CN=mid", key: "intermediate", by: "root", ext: ca},
		{name: "midold", subject: "/CN=mid", key: "intermediate", by: "root", ext: ca, until: "20240201"},
		{name: "midearly", subject: "/CN=mid", key: "intermediate", by: "root", ext: ca, from: "20300101"},
		{name: "midsha1", subject: "/CN=mid", key: "intermediate", by: "root", ext: ca, md: "sha1"},
		{name: "midnoca", subject: "/CN=mid", key: "intermediate", by: "root", ext: "basicConstraints=CA:false\n"},
		{name: "midclient", subject: "/CN=mid", key: "intermediate", by: "root", ext: ca + "extendedKeyUsage=clientAuth\n"},
		{name: "midother", subject: "/CN=mid", key: "intermediate", by: "root", ext: ca + "nameConstraints=critical,permitted;DNS:other.example\n"},
		{name: "oldroot", subject: "/CN=oldroot", key: "unknownca", ext: ca, until: "20250101"},
		{name: "namesake", subject: "/CN=root", key: "unknownca", ext: ca},
		{name: "tight", subject: "/CN=tight", key: "unknownca", ext: "basicConstraints=critical,CA:true,pathlen:0\nkeyUsage=keyCertSign\n"},
		{name: "midtight", subject: "/CN=mid", key: "intermediate", by: "tight", ext: ca},
	} {
		l.issue(c)
	}
	tests := []struct {
		cert    opensslCert
		above   string // served above the leaf
		root    string // trusted; empty: root
		host    string // empty: host
		openssl string // its errors
		named   bool   // by openssl
		cause   string
		defects string
	}{
		{cert: opensslCert{name: "healthy", by: "root", ext: server + san}, named: true},
		{cert: opensslCert{name: "ecdsa", key: "leafp256", by: "root", ext: server + san}, named: true},
		{cert: opensslCert{name: "ed25519", key: "ed25519", by: "root", ext: server + san}, named: true},
		{cert: opensslCert{name: "rootserved", by: "root", ext: server + san}, above: "root", named: true},
		{cert: opensslCert{name: "cnonly", by: "root", ext: server}, named: true},
		{cert: opensslCert{name: "cncase", subject: "/CN=WIN01.Corp.Example", by: "root", ext: server}, named: true},
		{cert: opensslCert{name: "cnother", subject: "/CN=other.example", by: "root", ext: server}, defects: "name"},
		{cert: opensslCert{name: "cnwild", subject: "/CN=*.corp.example", by: "root", ext: server}, named: true},
		{cert: opensslCert{name: "cnloses", by: "root", ext: server + "subjectAltName=DNS:other.example\n"}, defects: "name"},
		{cert: opensslCert{name: "emptysubject", subject: "/", by: "root", ext: server + "subjectAltName=critical,DNS:" + host + "\n"}, named: true},
		{cert: opensslCert{name: "wild", by: "root", ext: server + "subjectAltName=DNS:*.corp.example\n"}, named: true},
		{cert: opensslCert{name: "wildshallow", subject: "/CN=x", by: "root", ext: server + "subjectAltName=DNS:*.example\n"}, defects: "name"},
		{cert: opensslCert{name: "ip", by: "root", ext: server + "subjectAltName=IP:10.2.3.4\n"}, host: "10.2.3.4", named: true},
		{cert: opensslCert{name: "ip6", by: "root", ext: server + "subjectAltName=IP:2001:db8::1\n"}, host: "2001:db8:0::1", named: true},
		{cert: opensslCert{name: "ipother", by: "root", ext: server + "subjectAltName=IP:10.2.3.5\n"}, host: "10.2.3.4", defects: "name"},
		{cert: opensslCert{name: "ipasdns", by: "root", ext: server + "subjectAltName=DNS:10.2.3.4\n"}, host: "10.2.3.4", defects: "name"},
		{cert: opensslCert{name: "expired", by: "root", ext: server + san, until: "20260101"}, openssl: errExpired, named: true, defects: "dates"},
		{cert: opensslCert{name: "notyet", by: "root", ext: server + san, from: "20270101"}, openssl: errNotYet, named: true, defects: "dates"},
		{cert: opensslCert{name: "selfsigned", ext: server + san}, openssl: errSelfSigned, named: true, cause: CauseSelfSigned, defects: "trust"},
		{cert: opensslCert{name: "selftrusted", ext: server + san}, root: "selftrusted", named: true},
		{cert: opensslCert{name: "unknownca", by: "unknown", ext: server + san}, openssl: errNoIssuer, named: true, cause: CauseUnknownCA, defects: "trust"},
		{cert: opensslCert{name: "namesakeca", by: "namesake", ext: server + san + "authorityInfoAccess=caIssuers;URI:http://ca.invalid/root.cer\n"}, openssl: errNoIssuer, named: true, cause: CauseUnknownCA, defects: "trust"},
		{cert: opensslCert{name: "chained", by: "mid", ext: server + san}, above: "mid", named: true},
		{cert: opensslCert{name: "missing", by: "mid", ext: server + san + "authorityInfoAccess=caIssuers;URI:http://ca.invalid/mid.cer\n"}, openssl: errNoIssuer, named: true, cause: CauseMissingIntermediate, defects: "trust"},
		{cert: opensslCert{name: "midexpired", by: "midold", ext: server + san}, above: "midold", openssl: errExpired, named: true, cause: CauseExpiredIntermediate, defects: "dates trust"},
		{cert: opensslCert{name: "middisjoint", by: "midold", ext: server + san, from: "20250101"}, above: "midold", openssl: errExpired, named: true, cause: CauseExpiredIntermediate, defects: "dates trust"},
		{cert: opensslCert{name: "midnotyet", by: "midearly", ext: server + san}, above: "midearly", openssl: errNotYet, named: true, cause: CauseEarlyIntermediate, defects: "dates trust"},
		{cert: opensslCert{name: "rootexpired", by: "oldroot", ext: server + san}, root: "oldroot", openssl: errExpired, named: true, cause: CauseExpiredRoot, defects: "trust"},
		{cert: opensslCert{name: "midunable", by: "midnoca", ext: server + san}, above: "midnoca", openssl: errPurpose + " " + errNotCA, named: true, cause: CauseConstrained, defects: "trust"},
		{cert: opensslCert{name: "midwrong", by: "midother", ext: server + san}, above: "midother", openssl: errNotPermitted, named: true, cause: CauseConstrained, defects: "trust"},
		{cert: opensslCert{name: "midtoolong", by: "midtight", ext: server + san}, above: "midtight", root: "tight", openssl: errPathLength, named: true, cause: CauseConstrained, defects: "trust"},
		{cert: opensslCert{name: "midpurpose", by: "midclient", ext: server + san}, above: "midclient", openssl: errPurpose, named: true, defects: "purpose"},
		{cert: opensslCert{name: "client", by: "root", ext: "extendedKeyUsage=clientAuth\n" + san}, openssl: errPurpose, named: true, defects: "purpose"},
		{cert: opensslCert{name: "nopurpose", by: "root", ext: san}, named: true},
		{cert: opensslCert{name: "critical", by: "root", ext: server + san + "1.2.3.4=critical,ASN1:NULL\n"}, openssl: errCritical, named: true, cause: CauseCriticalExtension, defects: "trust"},
		{cert: opensslCert{name: "sha1", by: "root", ext: server + san, md: "sha1"}, named: true, cause: CauseSHA1, defects: "trust strength"},
		{cert: opensslCert{name: "md5", by: "root", ext: server + san, md: "md5"}, named: true, cause: CauseSHA1, defects: "trust strength"},
		{cert: opensslCert{name: "sha1above", by: "midsha1", ext: server + san}, above: "midsha1", named: true, cause: CauseSHA1, defects: "trust strength"},
		{cert: opensslCert{name: "rsa1024", key: "leaf1024", by: "root", ext: server + san}, named: true},
		{cert: opensslCert{name: "rsa512", key: "rsa512", by: "root", ext: server + san}, named: true, defects: "strength"},
		{cert: opensslCert{name: "all", subject: "/CN=other.example", by: "unknown", ext: "extendedKeyUsage=clientAuth\n", until: "20260101"},
			openssl: errNoIssuer, cause: CauseUnknownCA, defects: "name dates trust purpose"},
	}
	for _, tt := range tests {
		t.Run(tt.cert.name, func(t *testing.T) {
			sub := *l
			sub.t = t
			if tt.cert.subject == "" {
				tt.cert.subject = "/CN=" + host
			}
			target, flag := host, "-checkhost"
			if tt.host != "" {
				target, flag = tt.host, "-checkip"
			}
			sub.issue(tt.cert)
			served := []string{tt.cert.name}
			if tt.above != "" {
				served = append(served, tt.above)
			}
			i := sub.inspect(served, Options{Host: target, Now: now, Roots: sub.pool(tt.root)})
			if got := sub.verify(orRoot(tt.root), served); got != tt.openssl {
				t.Errorf("openssl verify: errors %q, recorded %q", got, tt.openssl)
			}
			if got := sub.names(tt.cert.name, flag, target); got != tt.named {
				t.Errorf("openssl x509 %s: %v, recorded %v", flag, got, tt.named)
			}
			if got := strings.Join(i.Defects(), " "); got != tt.defects || i.Trust.Cause != tt.cause {
				t.Errorf("ours: %q, cause %q; want %q, %q\n%+v", got, i.Trust.Cause, tt.defects, tt.cause, i)
			}
			if named := i.Name.MatchesSAN || !i.Name.HasSAN && i.Name.MatchesCN; named != tt.named {
				t.Errorf("our name %+v, openssl's %v", i.Name, tt.named)
			}
			roundTrip(t, i)
		})
	}
}

func orRoot(name string) string {
	if name == "" {
		return "root"
	}
	return name
}

func (l *opensslLab) pool(name string) *x509.CertPool {
	cert, err := x509.ParseCertificate(l.der(orRoot(name)))
	if err != nil {
		l.t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	return pool
}

func (l *opensslLab) inspect(served []string, o Options) Inspection {
	var raw [][]byte
	for _, name := range served {
		raw = append(raw, l.der(name))
	}
	return Inspect(raw, o)
}
