package negotiate

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseOffer(t *testing.T) {
	basic := Scheme{Name: "Basic", Params: map[string]string{"realm": "WSMAN"}}
	negotiate := Scheme{Name: "Negotiate"}
	for _, tc := range []struct {
		name  string
		lines []string
		want  []Scheme
	}{
		{"nothing", nil, nil},
		{"empty line", []string{"", " , ,"}, nil},
		{"lines of Windows", []string{"Negotiate", "Kerberos", `Basic realm="WSMAN"`, "CredSSP"},
			[]Scheme{negotiate, {Name: "Kerberos"}, basic, {Name: "CredSSP"}}},
		{"merged", []string{`Negotiate, Basic realm="WSMAN", Kerberos`}, []Scheme{negotiate, basic, {Name: "Kerberos"}}},
		{"merged, basic first", []string{`Basic realm="WSMAN", Negotiate`}, []Scheme{basic, negotiate}},
		{"token68 with padding", []string{"Negotiate TlRMTVNTUAACAAAA==", "NTLM TlRM=, Basic realm=x"},
			[]Scheme{{Name: "Negotiate", Token: "TlRMTVNTUAACAAAA=="}, {Name: "NTLM", Token: "TlRM="},
				{Name: "Basic", Params: map[string]string{"realm": "x"}}}},
		{"token68 then comma", []string{"Negotiate abc/+.~_-==,Kerberos"},
			[]Scheme{{Name: "Negotiate", Token: "abc/+.~_-=="}, {Name: "Kerberos"}}},
		{"odd white space", []string{"\t Negotiate \t,  \tBasic\trealm \t=\t \"WSMAN\"  "}, []Scheme{negotiate, basic}},
		{"comma in quotes", []string{`Digest realm="a, b=c, Negotiate", nonce="x", qop=auth, NTLM`},
			[]Scheme{{Name: "Digest", Params: map[string]string{"realm": "a, b=c, Negotiate", "nonce": "x", "qop": "auth"}},
				{Name: "NTLM"}}},
		{"escapes", []string{`Basic realm="a\"b\\c\d"`}, []Scheme{{Name: "Basic", Params: map[string]string{"realm": `a"b\cd`}}}},
		{"open quote", []string{`Basic realm="never`, "Negotiate"},
			[]Scheme{{Name: "Basic", Params: map[string]string{"realm": "never"}}, negotiate}},
		{"case of names", []string{`nEgOtIaTe, BASIC ReAlM="WSMAN"`},
			[]Scheme{{Name: "nEgOtIaTe"}, {Name: "BASIC", Params: map[string]string{"realm": "WSMAN"}}}},
		{"no comma between parameters", []string{`Basic realm="WSMAN" charset="UTF-8"`},
			[]Scheme{{Name: "Basic", Params: map[string]string{"realm": "WSMAN", "charset": "UTF-8"}}}},
		{"empty and repeated parameters", []string{`Basic realm="1", a=, REALM="2"`},
			[]Scheme{{Name: "Basic", Params: map[string]string{"a": "", "realm": "1"}}}},
		{"token68 excludes parameters", []string{`Basic a=, realm="1"`}, []Scheme{{Name: "Basic", Token: "a="}}},
		{"parameter without a scheme", []string{`realm="x", Negotiate`, `charset="UTF-8"`}, []Scheme{negotiate}},
		{"control characters", []string{"Basic realm=\"a\x00\x1b[31m\x7f\u202eb\xff\""},
			[]Scheme{{Name: "Basic", Params: map[string]string{"realm": "a\uFFFD\uFFFD[31m\uFFFD\uFFFDb\uFFFD"}}}},
		{"garbage is passed over", []string{"\x00\x01, Negotiate, (x), @@ Basic, Kerberos"},
			[]Scheme{negotiate, {Name: "Kerberos"}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, ParseOffer(tc.lines)); diff != "" {
				t.Errorf("want -, got +:\n%s", diff)
			}
		})
	}
}

func TestParseOfferBounds(t *testing.T) {
	if n := len(ParseOffer([]string{strings.Repeat("A,", 500)})); n != maxSchemes {
		t.Errorf("%d schemes", n)
	}
	if n := len(ParseOffer(strings.Split(strings.Repeat("A,", 500), ","))); n != maxSchemes {
		t.Errorf("%d schemes", n)
	}
	line := "Basic "
	for i := range 100 {
		line += "p" + string(rune('a'+i%26)) + string(rune('a'+i/26)) + "=1, "
	}
	if got := ParseOffer([]string{line}); len(got) != 1 || len(got[0].Params) != maxParams {
		t.Errorf("%d schemes", len(got))
	}
	if got := ParseOffer([]string{"Negotiate " + strings.Repeat("A", 1<<20)}); len(got) != 1 || len(got[0].Token) > maxLine {
		t.Error("a line is not bounded")
	}
}

func TestFind(t *testing.T) {
	offer := ParseOffer([]string{"negotiate abc=", "NEGOTIATE def"})
	if s, ok := Find(offer, "Negotiate"); !ok || s.Token != "abc=" {
		t.Errorf("found %v, %v", s, ok)
	}
	if _, ok := Find(offer, "Basic"); ok {
		t.Error("found what is not there")
	}
}

func FuzzParseOffer(f *testing.F) {
	for _, seed := range []string{
		"Negotiate", `Negotiate, Basic realm="WSMAN"`, "Negotiate oYG=", `Digest a="b, \"c", d=e`, `Basic realm="`, "=,=\"", "a =b c\nNegotiate",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		offer := ParseOffer(strings.Split(s, "\n"))
		if len(offer) > maxSchemes {
			t.Fatalf("%d schemes", len(offer))
		}
		for _, scheme := range offer {
			checkScheme(t, scheme)
		}
	})
}

// checkScheme holds a scheme to what its type promises, for any input.
func checkScheme(t *testing.T, s Scheme) {
	if s.Name == "" || strings.ContainsFunc(s.Name, func(r rune) bool { return r > 0x7E || !tokenChar(byte(r)) }) {
		t.Fatalf("name %q", s.Name)
	}
	if s.Token != "" && s.Params != nil {
		t.Fatalf("token and parameters: %v", s)
	}
	if s.Token != "" && token68End(" "+s.Token) != len(s.Token)+1 {
		t.Fatalf("token %q", s.Token)
	}
	for _, value := range s.Params {
		if value != shown(value) {
			t.Fatalf("value %q", value)
		}
	}
}
