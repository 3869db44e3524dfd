package negotiate

import (
	"bytes"
	"runtime"
	"strconv"
	"strings"
	"testing"
)

const soap = "application/soap+xml;charset=UTF-8"

func TestSealMessageLayout(t *testing.T) {
	client, _ := sessionPair(t, sessionFlags)
	same, _ := sessionPair(t, sessionFlags)
	header, body := SealMessage(client, soap, []byte("<s:Envelope/>"))
	if want := `multipart/encrypted;protocol="application/HTTP-SPNEGO-session-encrypted";boundary="Encrypted Boundary"`; header != want {
		t.Errorf("header %s", header)
	}
	sealed, sig := same.Seal([]byte("<s:Envelope/>"))
	want := "--Encrypted Boundary\r\n\tContent-Type: application/HTTP-SPNEGO-session-encrypted\r\n" +
		"\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=13\r\n--Encrypted Boundary\r\n" +
		"\tContent-Type: application/octet-stream\r\n\x10\x00\x00\x00" + string(sig) + string(sealed) + "--Encrypted Boundary--\r\n"
	if string(body) != want {
		t.Errorf("body\n%q, want\n%q", body, want)
	}
}

// message writes a body as other programs do: other boundary, line ends, indents.
type foreign struct{ mark, eol, indent, blank, after, tail string }

func (f foreign) body(sig, sealed []byte, length string) []byte {
	return []byte("--" + f.mark + f.eol + f.indent + "Content-Type: application/HTTP-SPNEGO-session-encrypted" + f.eol +
		f.indent + "OriginalContent: type=" + soap + ";Length=" + length + f.eol + f.blank + "--" + f.mark + f.eol +
		f.indent + "Content-Type: application/octet-stream" + f.eol + f.blank + "\x10\x00\x00\x00" + string(sig) + string(sealed) +
		f.after + "--" + strings.TrimPrefix(f.mark, " ") + "--" + f.tail)
}

func TestOpenMessage(t *testing.T) {
	for name, f := range map[string]foreign{
		"windows":           {"Encrypted Boundary", "\r\n", "\t", "", "", "\r\n"},
		"no tab":            {"Encrypted Boundary", "\r\n", "", "", "", "\r\n"},
		"blanks, no end":    {"Encrypted Boundary", "\r\n", "  ", "", "", ""},
		"lf":                {"Encrypted Boundary", "\n", "\t", "", "", "\n"},
		"mime":              {"x-1", "\r\n", "", "\r\n", "\r\n", "\r\n"},
		"mime with lf":      {"x-1", "\n", "", "\n", "\n", "\n"},
		"longest boundary":  {strings.Repeat("b", 70), "\r\n", "\t", "", "\r\n", "\r\n"},
		"space in boundary": {" Encrypted Boundary", "\r\n", "\t", "", "", "\r\n"},
	} {
		for _, text := range []string{"<s:Envelope/>", "", "\r\n--Encrypted Boundary--\r\n"} {
			client, host := sessionPair(t, sessionFlags)
			sealed, sig := client.Seal([]byte(text))
			header := `Multipart/Encrypted; protocol="application/http-spnego-session-encrypted"; boundary="` + strings.TrimPrefix(f.mark, " ") + `"`
			plain, inner, err := OpenMessage(host, header, f.body(sig, sealed, strconv.Itoa(len(text))))
			if err != nil || string(plain) != text || inner != soap {
				t.Errorf("%s: %q, %q, %v", name, plain, inner, err)
			}
		}
	}
}

func TestOpenMessageInRow(t *testing.T) {
	client, host := sessionPair(t, sessionFlags)
	for n := range 4 {
		text := strings.Repeat("x", n*5000)
		header, body := SealMessage(client, soap, []byte(text))
		if plain, _, err := OpenMessage(host, header, body); err != nil || string(plain) != text {
			t.Fatalf("%d: %v", n, err)
		}
		header, body = SealMessage(host, soap, []byte(text))
		if plain, _, err := OpenMessage(client, header, body); err != nil || string(plain) != text {
			t.Fatalf("%d back: %v", n, err)
		}
	}
}

func TestOpenMessageRefuses(t *testing.T) {
	client, host := sessionPair(t, sessionFlags)
	header, good := SealMessage(client, soap, []byte("<s:Envelope/>"))
	swap := func(from, to string) []byte { return bytes.Replace(good, []byte(from), []byte(to), 1) }
	for name, tc := range map[string]struct {
		header string
		body   []byte
	}{
		"no type":           {"", good},
		"soap":              {soap, good},
		"no boundary":       {`multipart/encrypted;protocol="` + sealedProtocol + `"`, good},
		"long boundary":     {`multipart/encrypted;protocol="` + sealedProtocol + `";boundary="` + strings.Repeat("b", 71) + `"`, good},
		"kerberos":          {strings.Replace(header, "SPNEGO", "Kerberos", 1), good},
		"many parts":        {strings.Replace(header, "multipart/", "multipart/x-multi-", 1), good},
		"other boundary":    {strings.Replace(header, "Encrypted B", "Encrypted C", 1), good},
		"empty body":        {header, nil},
		"text":              {header, []byte("<html>")},
		"endless line":      {header, bytes.Repeat([]byte("-"), 1<<20)},
		"part type":         {header, swap("SPNEGO", "CredSSP")},
		"no original":       {header, swap("OriginalContent", "Originalcontents")},
		"no length":         {header, swap(";Length=13", "")},
		"negative length":   {header, swap("Length=13", "Length=-1")},
		"huge length":       {header, swap("Length=13", "Length=9223372036854775807")},
		"overflow":          {header, swap("Length=13", "Length=99999999999999999999999")},
		"length too small":  {header, swap("Length=13", "Length=12")},
		"length too large":  {header, swap("Length=13", "Length=14")},
		"no type of inner":  {header, swap("type=", "kind=")},
		"second part type":  {header, swap("octet-stream", "octets")},
		"signature length":  {header, swap("\x10\x00\x00\x00", "\x11\x00\x00\x00")},
		"signature absurd":  {header, swap("\x10\x00\x00\x00", "\xff\xff\xff\xff")},
		"signature zero":    {header, swap("\x10\x00\x00\x00", "\x00\x00\x00\x00")},
		"no closing":        {header, swap("--Encrypted Boundary--", "")},
		"bytes behind":      {header, append(bytes.Clone(good), "more"...)},
		"another message":   {header, append(bytes.Clone(good), good...)},
		"changed last byte": {header, changeSealed(good)},
	} {
		if plain, _, err := OpenMessage(host, tc.header, tc.body); err == nil {
			t.Errorf("%s: read %q", name, plain)
		} else if !strings.HasPrefix(err.Error(), "sealed message: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
	for n := range len(good) - 2 { // all but the last line end
		if _, _, err := OpenMessage(host, header, good[:n]); err == nil {
			t.Errorf("cut to %d: read", n)
		}
	}
	if _, _, err := OpenMessage(host, header, good); err != nil {
		t.Errorf("the session did not survive: %v", err)
	}
}

func changeSealed(b []byte) []byte {
	b = bytes.Clone(b)
	b[bytes.LastIndex(b, []byte("--Encrypted"))-1] ^= 1
	return b
}

func TestOpenMessageShowsNoControls(t *testing.T) {
	client, host := sessionPair(t, sessionFlags)
	header, body := SealMessage(client, "text/\x1b[31mred\xff", []byte("x"))
	if _, inner, err := OpenMessage(host, header, body); err != nil || inner != "text/\uFFFD[31mred\uFFFD" {
		t.Errorf("%q, %v", inner, err)
	}
}

// Sealing and opening take one copy of the body beside the caller's, and little more.
func TestMessageCopies(t *testing.T) {
	const size = 1 << 20
	client, host := sessionPair(t, sessionFlags)
	plain := make([]byte, size)
	var header string
	var body []byte
	sealBytes := allocated(func() { header, body = SealMessage(client, soap, plain) })
	openBytes := allocated(func() {
		if _, _, err := OpenMessage(host, header, body); err != nil {
			t.Error(err)
		}
	})
	if limit := uint64(size + size/4); sealBytes > limit || openBytes > limit {
		t.Errorf("sealing takes %d bytes, opening %d, for a message of %d", sealBytes, openBytes, size)
	}
}

// allocated returns how many bytes f takes from the heap.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func FuzzOpenMessage(f *testing.F) {
	client, _ := sessionPair(f, sessionFlags)
	header, body := SealMessage(client, soap, []byte("<s:Envelope/>"))
	f.Add(header, body)
	f.Add(header, foreign{"Encrypted Boundary", "\n", "", "\n", "\n", ""}.body(make([]byte, 16), []byte("abc"), "3"))
	f.Add(`multipart/encrypted;protocol="application/HTTP-SPNEGO-session-encrypted";boundary=x`, []byte("--x\r\n--x--"))
	f.Add(header, bytes.Replace(body, []byte("Length=13"), []byte("Length=9223372036854775807"), 1))
	f.Fuzz(func(t *testing.T, header string, body []byte) {
		_, host := sessionPair(t, sessionFlags)
		plain, inner, err := OpenMessage(host, header, body)
		if err == nil && (len(plain) > len(body) || inner != shown(inner)) {
			t.Fatalf("%q, %q", plain, inner)
		}
	})
}
