package probe

import (
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"pstest/negotiate"
)

func TestScrubber(t *testing.T) {
	s := newScrubber(negotiate.NewSecret("hunter22"))
	s.sent("Negotiate TlRMTVNTUAADAAAAGAAYAHoAAAAuAS4BkgAAAAAAAAA=")
	for in, want := range map[string]string{
		"nothing":      "nothing",
		"pw=hunter22!": "pw=[secret]!",
		"h\x00u\x00n\x00t\x00e\x00r\x002\x002\x00":         "[secret]",
		"68756E7465723232":                                 "[secret]",
		"Basic YWxpY2U6aHVudGVyMjI=":                       "[secret]",
		"a TlRMTVNTUAADAAAAGAAYAHoAAAAuAS4BkgAAAAAAAAA= b": "a [secret] b",
		"a DAAAAGAAYAHoAAAAuAS4 b":                         "a [secret] b",
		"GAAYAHoAAAAuAS4B|GAAYAHoAAAAuAS4B":                "[secret]|[secret]",
	} {
		got := string(s.clean([]byte(in)))
		if in == "Basic YWxpY2U6aHVudGVyMjI=" {
			if strings.Contains(got, "aHVudGVyMj") {
				t.Errorf("%q: %q", in, got)
			}
			continue
		}
		if got != want {
			t.Errorf("%q: %q, not %q", in, got, want)
		}
	}
}

// TestMalformedEcho: an error that quotes a host's header quotes no secret.
func TestMalformedEcho(t *testing.T) {
	const sent = "Basic YWxpY2U6aHVudGVyMjItaHVudGVyMjI="
	client, host := net.Pipe()
	go io.Copy(io.Discard, host)
	go io.WriteString(host, "HTTP/1.1 401 \r\n"+sent+"\r\n\r\n")
	defer host.Close()
	defer client.Close()
	r := &run{scrub: newScrubber(negotiate.NewSecret("hunter22-hunter22")), env: Env{Now: time.Now}, facts: &Facts{},
		bounds: boundsOf(DefaultTimeout), req: Request{Target: Target{Host: "h", Path: "/wsman"}}}
	_, fail := r.do(t.Context(), newWire(client), line{run: r, addr: netip.MustParseAddr("192.0.2.1"), port: 5986, https: true},
		message{secret: true, header: [][2]string{{"Authorization", sent}}})
	if fail == nil || !strings.Contains(fail.Raw, redacted) || strings.Contains(fail.Raw, "YWxpY2U6aHVudGVy") {
		t.Errorf("%v", fail)
	}
}
