package certs

import (
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"math/big"
	"net"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestPropertiesOfOpenSSL reads what openssl wrote into certificates.
func TestPropertiesOfOpenSSL(t *testing.T) {
	l := newOpenSSL(t)
	for _, curve := range []string{"P-256", "P-384", "P-521"} {
		l.run("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:"+curve, "-out", curve+".key")
	}
	use := "keyUsage=critical,"
	tests := []struct {
		cert     opensslCert
		uses     string // joined with spaces
		has      bool
		curve    string
		days     int
		critical string
	}{
		{cert: opensslCert{name: "none"}, days: 9497},
		{cert: opensslCert{name: "usual", ext: use + "digitalSignature,keyEncipherment"}, has: true, uses: "digitalSignature keyEncipherment", days: 9497},
		{cert: opensslCert{name: "signs", ext: use + "digitalSignature"}, has: true, uses: "digitalSignature", days: 9497},
		{cert: opensslCert{name: "all", ext: use + "digitalSignature,nonRepudiation,keyEncipherment,dataEncipherment,keyAgreement,keyCertSign,cRLSign,encipherOnly,decipherOnly"},
			has: true, uses: "digitalSignature contentCommitment keyEncipherment dataEncipherment keyAgreement keyCertSign cRLSign encipherOnly decipherOnly", days: 9497},
		{cert: opensslCert{name: "p256", key: "P-256"}, curve: "P-256", days: 9497},
		{cert: opensslCert{name: "p384", key: "P-384"}, curve: "P-384", days: 9497},
		{cert: opensslCert{name: "p521", key: "P-521"}, curve: "P-521", days: 9497},
		{cert: opensslCert{name: "398", from: "20250101", until: "20260202"}, days: 398},
		{cert: opensslCert{name: "unknown", ext: "1.2.3.4=critical,ASN1:NULL\n1.2.3.5=ASN1:NULL\n1.2.3.6=critical,ASN1:NULL"}, critical: "0:1.2.3.4 0:1.2.3.6", days: 9497},
		{cert: opensslCert{name: "above", ext: san}, critical: "1:1.2.3.9", days: 9497},
	}
	l.issue(opensslCert{name: "odd", subject: "/CN=odd", key: "intermediate", by: "root", ext: ca + "1.2.3.9=critical,ASN1:NULL"})
	for _, tt := range tests {
		t.Run(tt.cert.name, func(t *testing.T) {
			raw := [][]byte{l.der("root")}
			tt.cert.by, tt.cert.subject = "root", "/CN="+host
			if tt.cert.name == "above" {
				tt.cert.by, raw = "odd", [][]byte{l.der("odd")}
			}
			l.issue(tt.cert)
			i := Inspect(append([][]byte{l.der(tt.cert.name)}, raw...), Options{Host: host, Now: now, Roots: x509.NewCertPool()})
			p := i.Properties
			var critical []string
			for _, u := range p.UnknownCritical {
				critical = append(critical, fmt.Sprintf("%d:%s", u.Where, u.OID))
			}
			if strings.Join(p.KeyUsage, " ") != tt.uses || p.HasKeyUsage != tt.has || p.Curve != tt.curve || strings.Join(critical, " ") != tt.critical {
				t.Errorf("%+v", p)
			}
			if p.ValidDays != tt.days || p.SerialZero || p.SerialOctets != 2 {
				t.Errorf("%d days, %+v", p.ValidDays, p)
			}
			for _, u := range []string{UseDigitalSignature, UseKeyEncipherment} {
				if p.Allows(u) != (!tt.has || slices.Contains(strings.Fields(tt.uses), u)) {
					t.Errorf("allows %s: %v", u, p.Allows(u))
				}
			}
			roundTrip(t, i)
		})
	}
}

// TestValidDays: both ends are within, and a begun day counts.
func TestValidDays(t *testing.T) {
	for days, length := range map[int]time.Duration{1: 0, 397: 397*24*time.Hour - time.Second, 398: 398*24*time.Hour - time.Second, 399: 398 * 24 * time.Hour, 0: -time.Second} {
		if got := validDays(now, now.Add(length)); got != days {
			t.Errorf("%v: %d days", length, got)
		}
	}
	far := time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)
	if got := validDays(time.Date(1, 1, 1, 0, 0, 0, 1, time.UTC), far); got != 3652059 || validDays(time.Time{}, far) != 0 {
		t.Errorf("%d", got)
	}
}

func TestSerials(t *testing.T) {
	for want, serial := range map[string]*big.Int{"1 false": big.NewInt(1), "2 false": big.NewInt(128), "21 false": new(big.Int).Lsh(big.NewInt(1), 160)} {
		der := forge(t, func(c *x509.Certificate) { c.SerialNumber = serial })
		p := Inspect([][]byte{der}, Options{Now: now, Roots: labRoots(t)}).Properties
		if got := fmt.Sprint(p.SerialOctets, p.SerialZero); got != want {
			t.Errorf("%v: %s", serial, got)
		}
	}
	der := forge(t, func(c *x509.Certificate) { c.SerialNumber = big.NewInt(1) })
	serial, _ := serialOctets(der)
	serial[0] = 0
	if p := Inspect([][]byte{der}, Options{Now: now, Roots: labRoots(t)}).Properties; !p.SerialZero || p.SerialOctets != 1 {
		t.Errorf("%+v", p)
	}
	i := inspect(t, Spec{NegativeSerial: true}, host)
	if i.Properties.SerialZero || !i.Strength.NegativeSerial || i.Properties.Names != 1 {
		t.Errorf("%+v", i.Properties)
	}
}

// TestPropertiesOfBrokenLeaf: what Go refuses still tells its key usage.
func TestPropertiesOfBrokenLeaf(t *testing.T) {
	good := mint(t, Spec{CN: host}).Certificate[0]
	bad := strings.Replace(string(good), host, "win01\xff"+host[6:], -1)
	i := Inspect([][]byte{[]byte(bad)}, Options{Now: now, Roots: labRoots(t)})
	want := inspect(t, Spec{CN: host}, host).Properties
	if i.ParseError == "" || i.Properties.HasKeyUsage != want.HasKeyUsage || strings.Join(i.Properties.KeyUsage, " ") != strings.Join(want.KeyUsage, " ") || i.Properties.ValidDays != want.ValidDays {
		t.Errorf("%+v, %+v", i.Properties, want)
	}
}

// TestConstraintsOfOpenSSL compares the name that a constraint is in the way of
// with the verdicts of openssl (47 not permitted, 48 excluded) and of Go.
func TestConstraintsOfOpenSSL(t *testing.T) {
	l := newOpenSSL(t)
	tests := []struct {
		rules, names string
		openssl      string
		name, rule   string
	}{
		{rules: "permitted;DNS:corp.example", names: "DNS:" + host},
		{rules: "permitted;DNS:CORP.example", names: "DNS:*.corp.example"},
		{rules: "permitted;DNS:" + host, names: "DNS:" + host},
		{rules: "permitted;DNS:other.example", names: "DNS:" + host, openssl: "47", name: host},
		{rules: "permitted;DNS:other.example,permitted;DNS:corp.example", names: "DNS:" + host},
		{rules: "permitted;DNS:orp.example", names: "DNS:" + host, openssl: "47", name: host},
		{rules: "permitted;DNS:.corp.example", names: "DNS:" + host},
		{rules: "excluded;DNS:corp.example", names: "DNS:x.example,DNS:" + host, openssl: "48", name: host, rule: "corp.example"},
		{rules: "excluded;DNS:other.example", names: "DNS:" + host},
		{rules: "permitted;DNS:example,excluded;DNS:" + host, names: "DNS:a.example,DNS:" + host, openssl: "48", name: host, rule: host},
		{rules: "permitted;IP:10.0.0.0/255.0.0.0", names: "IP:10.2.3.4,DNS:" + host},
		{rules: "permitted;IP:10.0.0.0/255.0.0.0", names: "IP:10.2.3.4,IP:192.168.1.1", openssl: "47", name: "192.168.1.1"},
		{rules: "excluded;IP:10.2.0.0/255.255.0.0", names: "IP:10.2.3.4", openssl: "48", name: "10.2.3.4", rule: "10.2.0.0/16"},
		{rules: "permitted;DNS:corp.example,permitted;email:example.com", names: "DNS:" + host},
	}
	for n, tt := range tests {
		t.Run(tt.rules+" "+tt.names, func(t *testing.T) {
			mid, leaf := fmt.Sprint("mid", n), fmt.Sprint("leaf", n)
			l.issue(opensslCert{name: mid, subject: "/CN=" + mid, key: "intermediate", by: "root", ext: ca + "nameConstraints=critical," + tt.rules})
			l.issue(opensslCert{name: leaf, subject: "/O=x", by: mid, ext: server + "subjectAltName=" + tt.names})
			if got := l.verify("root", []string{leaf, mid}); got != tt.openssl {
				t.Errorf("openssl says %q", got)
			}
			roots, _, err := LoadRoots(l.file("root.pem"))
			if err != nil {
				t.Fatal(err)
			}
			i := Inspect([][]byte{l.der(leaf), l.der(mid)}, Options{Host: host, Now: now, Roots: roots})
			if len(i.Properties.Constraints) != 1 {
				t.Fatalf("%+v", i.Properties)
			}
			k := i.Properties.Constraints[0]
			if k.Name != tt.name || k.Rule != tt.rule || k.Where != 1 || !k.Critical || k.Subject != "CN="+mid || len(k.Permitted)+len(k.Excluded) != strings.Count(tt.rules, ";") {
				t.Errorf("%+v", k)
			}
			if i.Trust.Anchored != (tt.name == "") || !i.Trust.Anchored && i.Trust.Cause != CauseConstrained {
				t.Errorf("Go: %+v", i.Trust)
			}
			roundTrip(t, i)
		})
	}
}

// TestConstraintsOfWildcards holds our reading of wildcards to Go's.
func TestConstraintsOfWildcards(t *testing.T) {
	for _, tt := range []struct {
		name, permitted, excluded string
	}{
		{name: "*.corp.example", excluded: host},
		{name: "*.corp.example", excluded: "a.b.corp.example"},
		{name: "*.corp.example", excluded: "corp.example"},
		{name: "*.corp.example", excluded: ".corp.example"},
		{name: "*.corp.example", excluded: "other.example"},
		{name: "*.corp.example", permitted: host},
		{name: "*.corp.example", permitted: ".corp.example"},
		{name: "*.corp.example", permitted: ".example"},
		{name: "corp.example", permitted: ".corp.example"},
		{name: "corp.example", excluded: ".corp.example"},
	} {
		leaf, mid := constrained(t, tt.name, tt.permitted, tt.excluded)
		i := Inspect([][]byte{leaf, mid}, Options{Host: "x", Now: now, Roots: labRoots(t)})
		k := i.Properties.Constraints[0]
		if (k.Name == "") != i.Trust.Anchored || k.Rule != "" && k.Rule != tt.excluded {
			t.Errorf("%+v: %+v, %+v", tt, k, i.Trust)
		}
	}
}

// constrained makes a leaf under an intermediate with constraints.
func constrained(t *testing.T, name, permitted, excluded string) (leaf, mid []byte) {
	t.Helper()
	key, err := mintKey("leafp256")
	if err != nil {
		t.Fatal(err)
	}
	mid = forge(t, func(c *x509.Certificate) {
		c.BasicConstraintsValid, c.IsCA = true, true
		c.Subject.CommonName = "constrained"
		if permitted != "" {
			c.PermittedDNSDomains = []string{permitted}
		}
		if excluded != "" {
			c.ExcludedDNSDomains = []string{excluded}
		}
	})
	parent, err := x509.ParseCertificate(mid)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err = x509.CreateCertificate(nil, &x509.Certificate{SerialNumber: big.NewInt(2), NotBefore: lastYear, NotAfter: nextYear, DNSNames: []string{name}}, parent, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return leaf, mid
}

// TestManyConstraints: an authority with thousands of rules over a leaf with
// thousands of names.
func TestManyConstraints(t *testing.T) {
	key, err := mintKey("leafp256")
	if err != nil {
		t.Fatal(err)
	}
	mid := forge(t, func(c *x509.Certificate) {
		c.BasicConstraintsValid, c.IsCA, c.Subject.CommonName = true, true, "many"
		for n := range 4000 {
			c.ExcludedDNSDomains = append(c.ExcludedDNSDomains, fmt.Sprintf("no%d.example", n))
			c.PermittedIPRanges = append(c.PermittedIPRanges, &net.IPNet{IP: net.IPv4(10, 0, byte(n>>8), byte(n)).To4(), Mask: net.CIDRMask(32, 32)})
		}
	})
	parent, err := x509.ParseCertificate(mid)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(2), NotBefore: lastYear, NotAfter: nextYear}
	for n := range 4000 {
		template.DNSNames = append(template.DNSNames, fmt.Sprintf("yes%d.example", n))
	}
	for n := range int64(300) {
		template.UnknownExtKeyUsage = append(template.UnknownExtKeyUsage, asn1.ObjectIdentifier{1, 2, int(n)})
	}
	leaf, err := x509.CreateCertificate(nil, template, parent, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	i := inspectFast(t, [][]byte{leaf, mid}, host)
	k := i.Properties.Constraints[0]
	if len(k.Excluded) != MaxNames || len(k.Permitted) != MaxNames || k.LeftOut != 8000-2*MaxNames || i.Properties.Names != 4000 {
		t.Errorf("%d, %d, %d, %d names", len(k.Excluded), len(k.Permitted), k.LeftOut, i.Properties.Names)
	}
}
