package probe

import (
	"strings"
	"testing"

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
