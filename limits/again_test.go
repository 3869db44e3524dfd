package limits

import (
	"testing"

	"pstest/probe"
)

func TestAgain(t *testing.T) {
	f := &probe.Facts{Target: probe.Target{Host: "win01", PortHTTP: 5985, PortHTTPS: 443, Path: "/wsman", Trust: probe.TrustAsk{CAFile: "my ca.pem"}},
		Account: probe.Account{Asked: `WIN01\o'neil`, Form: probe.FormDownLevel, User: "o'neil", Qualifier: "WIN01"}}
	for line, want := range map[string]string{
		"pstest check {host} --route basic-https   # x": `pstest check win01 --port-https 443 --cacert 'my ca.pem' -u 'WIN01\o'\''neil' --route basic-https   # x`,
		"pstest check {host} -u {localuser}":            `pstest check win01 --port-https 443 --cacert 'my ca.pem' -u 'o'\''neil'`,
		"pstest check {host} -4; pstest check {host} -6": `pstest check win01 --port-https 443 --cacert 'my ca.pem' -u 'WIN01\o'\''neil' -4; ` +
			`pstest check win01 --port-https 443 --cacert 'my ca.pem' -u 'WIN01\o'\''neil' -6`,
		"getent hosts {host}": "getent hosts win01",
	} {
		if got := filler(f).posix(line); got != want {
			t.Errorf("%s:\n%s\nnot\n%s", line, got, want)
		}
	}
	f.Target.Trust.Insecure = true
	if got, want := filler(f).posix("pstest check {host} -4"), `pstest check win01 --port-https 443 --cacert 'my ca.pem' --insecure -u 'WIN01\o'\''neil' -4`; got != want {
		t.Errorf("%s\nnot\n%s", got, want)
	}
	f.Target.Trust.Insecure = false
	f.Target.Trust.CAFile, f.Account.Asked = "{user}", "; reboot"
	if got, want := filler(f).posix("pstest check {host}"), "pstest check win01 --port-https 443 --cacert '{user}' -u '; reboot'"; got != want {
		t.Errorf("a value brought in a placeholder: %s", got)
	}
}
