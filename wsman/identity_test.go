package wsman

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
)

// identify is an answer in the shape of Windows with another prefix than this package writes.
func identify(inside string) []byte {
	return []byte(`<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Header/><e:Body>` +
		`<i:IdentifyResponse xmlns:i="http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd">` +
		inside + `</i:IdentifyResponse></e:Body></e:Envelope>`)
}

const windows = `<i:ProtocolVersion>http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd</i:ProtocolVersion>` +
	`<i:ProductVendor>Microsoft Corporation</i:ProductVendor>` +
	`<i:ProductVersion>OS: 0.0.0 SP: 0.0 Stack: 3.0</i:ProductVersion>`

// encode16 is s in UTF-16 with a byte order mark.
func encode16(s string, big bool) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune("\ufeff" + s)) {
		lo, hi := byte(u), byte(u>>8)
		if big {
			lo, hi = hi, lo
		}
		b = append(b, lo, hi)
	}
	return b
}

func TestParseIdentity(t *testing.T) {
	want := Identity{ProtocolVersion: Protocol, Vendor: "Microsoft Corporation",
		Version: "OS: 0.0.0 SP: 0.0 Stack: 3.0", OS: "0.0.0", SP: "0.0", Stack: "3.0"}
	plain := string(identify(windows))
	declared := `<?xml version="1.0" encoding="UTF-16"?>` + plain
	for name, body := range map[string][]byte{
		"UTF-8":                      []byte(plain),
		"UTF-8 with a mark":          append([]byte{0xef, 0xbb, 0xbf}, plain...),
		"UTF-16 little endian":       encode16(declared, false),
		"UTF-16 big endian":          encode16(declared, true),
		"UTF-16 without a mark":      encode16(declared, false)[2:],
		"UTF-16 big without a mark":  encode16(declared, true)[2:],
		"no prefix":                  []byte(strings.NewReplacer("i:", "", "e:", "", "xmlns:i", "xmlns", "xmlns:e", "xmlns").Replace(plain)),
		"white space, OMI's prefix":  []byte("\n " + strings.NewReplacer("<i:Id", "<e:Id", "</i:Id", "</e:Id", "><", ">\n\t<").Replace(plain) + "\n"),
		"text spread over lines":     []byte(strings.ReplaceAll(plain, ">Microsoft Corporation<", ">\n  Microsoft Corporation\n<")),
		"an element that is unknown": identify(`<i:Other>x</i:Other>` + windows + `<i:ProductVendor>second</i:ProductVendor>`),
	} {
		got, err := ParseIdentity(body)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

func TestParseIdentityOfOthers(t *testing.T) {
	got, err := ParseIdentity(identify(`<i:ProductVendor>Open Management Infrastructure</i:ProductVendor>` +
		`<i:ProductVersion>1.6.8</i:ProductVersion><i:SecurityProfiles><i:SecurityProfileName>a</i:SecurityProfileName>` +
		`<i:SecurityProfileName>b</i:SecurityProfileName></i:SecurityProfiles>`))
	if err != nil || got.Microsoft() || got.Stack != "" || got.Version != "1.6.8" || !slices.Equal(got.SecurityProfiles, []string{"a", "b"}) {
		t.Errorf("%+v, %v", got, err)
	}
	if (Identity{}).Microsoft() || !(Identity{Vendor: "Microsoft Corporation"}).Microsoft() {
		t.Error("Microsoft() is wrong about no vendor or Windows' own")
	}
}

func TestSplitVersion(t *testing.T) {
	for in, want := range map[string][3]string{
		"OS: 10.0.20348 SP: 0.0 Stack: 3.0": {"10.0.20348", "0.0", "3.0"},
		"OS: 0.0.0 SP: 0.0 Stack:1.0":       {"0.0.0", "0.0", "1.0"},
		"Stack: 3.0":                        {},
		"SP: 1 OS: 2 Stack: 3":              {},
		"":                                  {},
		"2.6.5":                             {},
	} {
		os, sp, stack := splitVersion(in)
		if got := [3]string{os, sp, stack}; got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestParseIdentityRefuses(t *testing.T) {
	envelope := `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>%</s:Body></s:Envelope>`
	in := func(s string) []byte { return []byte(strings.Replace(envelope, "%", s, 1)) }
	for name, c := range map[string]struct {
		body []byte
		kind error
		says string
	}{
		"empty":              {nil, ErrMalformed, "empty"},
		"blank":              {[]byte(" \n"), ErrMalformed, "no element"},
		"no XML":             {[]byte("SSH-2.0-OpenSSH_9.2"), ErrMalformed, "outside"},
		"HTML":               {[]byte("<html><body>hi</body></html>"), ErrOther, `"html"`},
		"truncated":          {identify(windows)[:300], ErrMalformed, "EOF"},
		"crossed tags":       {in("<a><b></a></b>"), ErrMalformed, "line 1"},
		"nothing in it":      {in(""), ErrOther, "no IdentifyResponse"},
		"a fault":            {FaultResponse(Fault{Reason: "no"}), ErrOther, "fault"},
		"outside of a body":  {[]byte(`<Envelope><IdentifyResponse/></Envelope>`), ErrOther, "no IdentifyResponse"},
		"document type":      {append([]byte(`<!DOCTYPE x [<!ENTITY a "b">]>`), identify(windows)...), ErrMalformed, "document type"},
		"entity of its own":  {identify(`<i:ProductVendor>&a;</i:ProductVendor>`), ErrMalformed, "entity"},
		"two roots":          {append(identify(windows), identify(windows)...), ErrMalformed, "second root"},
		"text after the end": {append(identify(windows), "more"...), ErrMalformed, "outside"},
		"unknown encoding":   {append([]byte(`<?xml version="1.0" encoding="ebcdic"?>`), identify(windows)...), ErrMalformed, "ebcdic"},
		"bad UTF-8":          {identify("<i:ProductVendor>\xff\xfe</i:ProductVendor>"), ErrMalformed, "UTF-8"},
		"half a UTF-16 unit": {append(encode16("<a/>", false), 0), ErrMalformed, "odd"},
		"lone surrogate":     {append(encode16("<a>", false), 0x00, 0xd8), ErrMalformed, "surrogate"},
		"wrong surrogate":    {append(encode16("<a>", true), 0xd8, 0x00, 0x00, 0x41), ErrMalformed, "surrogate"},
		"NUL":                {identify("<i:ProductVendor>\x00</i:ProductVendor>"), ErrMalformed, "character"},
		"too deep":           {in(strings.Repeat("<a>", 100) + strings.Repeat("</a>", 100)), ErrTooLarge, "deeper than 48"},
		"too many":           {in(strings.Repeat("<a/>", 5000)), ErrTooLarge, "4096 elements"},
		"too long a text":    {identify("<i:ProductVendor>" + strings.Repeat("x", 5000) + "</i:ProductVendor>"), ErrTooLarge, "ProductVendor"},
		"too long a name":    {in("<" + strings.Repeat("n", 300) + "/>"), ErrTooLarge, "name"},
		"too long a value":   {in(`<a b="` + strings.Repeat("v", 5000) + `"/>`), ErrTooLarge, "attribute"},
		"too many values":    {in("<a " + strings.Repeat(`b="" `, 100) + "/>"), ErrTooLarge, "attributes"},
		"too large":          {bytes.Repeat([]byte(" "), MaxBody+1), ErrTooLarge, "bytes"},
	} {
		got, err := ParseIdentity(c.body)
		if !errors.Is(err, c.kind) || !strings.Contains(err.Error(), c.says) || !cmp.Equal(got, Identity{}) {
			t.Errorf("%s: %+v, %v; want %v with %q", name, got, err, c.kind, c.says)
		}
	}
}

func TestErrorsEchoNoControls(t *testing.T) {
	for _, body := range []string{
		"<\u202eevil/>", "<Envelope><a\u009b31m></b></Envelope>", "<Envelope>&\u202e;</Envelope>",
		"<?xml version=\"1.0\" encoding=\"\u202e\x1b[31m\"?><Envelope/>", "<" + strings.Repeat("ä", 90) + "/>",
		"<Envelope></" + strings.Repeat("x", 4000) + "></Envelope>",
	} {
		_, err := ParseIdentity([]byte(body))
		if err == nil {
			t.Errorf("%q: no error", body)
			continue
		}
		if s := err.Error(); len(s) > 400 || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) {
			t.Errorf("%q: the error is %q", body, s)
		}
	}
}

func TestIdentityRoundTrip(t *testing.T) {
	want := Identity{ProtocolVersion: Protocol, Vendor: "A & B <x>", Version: "OS: 1 SP: 2 Stack: 3.0",
		OS: "1", SP: "2", Stack: "3.0", SecurityProfiles: []string{"p", "q"}}
	for _, i := range []Identity{want, {Vendor: want.Vendor, OS: "1", SP: "2", Stack: "3.0", SecurityProfiles: want.SecurityProfiles}} {
		got, err := ParseIdentity(IdentityResponse(i))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
	}
}
