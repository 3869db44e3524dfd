package limits

import (
	"strconv"
	"strings"

	"pstest/probe"
)

// checkAgain is how commands of the catalogue begin that call pstest itself.
// Each is made one that can be pasted: it takes over what the user gave this
// time, the account included, and what the line sets itself wins. The source
// of the password is not known here and stays the user's matter.
const checkAgain = "pstest check {host}"

// given spells the flags of this check that the rest of a command does not set.
func given(f *probe.Facts, rest string) string {
	t := f.Target
	rest, _, _ = strings.Cut(rest, "#")
	rest, _, _ = strings.Cut(rest, ";")
	out := ""
	for _, flag := range []struct {
		name, value string // a flag that takes no value has ""
		differs     bool
	}{
		{"--port-http", strconv.Itoa(t.PortHTTP), t.PortHTTP != probe.DefaultPortHTTP && !t.NoHTTP},
		{"--port-https", strconv.Itoa(t.PortHTTPS), t.PortHTTPS != probe.DefaultPortHTTPS && !t.NoHTTPS},
		{"--path", pathWord(t.Path), t.Path != "" && t.Path != probe.DefaultPath},
		{"--cacert", shQuote(t.Trust.CAFile), t.Trust.CAFile != ""},
		{"--pin-sha256", hexWord(t.Trust.Pin, "<SHA256>"), t.Trust.Pin != ""},
		{"--insecure", "", t.Trust.Insecure},
		{"-u", shQuote(f.Account.Asked), f.Account.Given()},
	} {
		if flag.differs && !strings.Contains(" "+rest, " "+flag.name+" ") {
			out += strings.TrimRight(" "+flag.name+" "+flag.value, " ")
		}
	}
	return out
}
