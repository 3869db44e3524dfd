package negotiate

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

const canary = "Sup3r$canary\u00fcpw"

// forms of the canary that must never show up.
func canaryForms() []string {
	return []string{
		canary,
		"canary",
		hex.EncodeToString([]byte(canary)),
		strings.ToUpper(hex.EncodeToString([]byte(canary))),
		hex.EncodeToString(utf16le(canary)),
		base64.StdEncoding.EncodeToString([]byte(canary)),
		base64.StdEncoding.EncodeToString(utf16le(canary)),
		string(utf16le(canary)),
		fmt.Sprint([]byte(canary)),
	}
}

func mustHide(t *testing.T, what, out string) {
	t.Helper()
	for _, form := range canaryForms() {
		if strings.Contains(out, form) {
			t.Errorf("%s shows the secret: %q", what, out)
		}
	}
}

type holder struct {
	Open   Secret
	hidden Secret
	ptr    *Secret
	list   []Secret
	m      map[string]Secret
	any    any
}

func holders() map[string]any {
	s := NewSecret(canary)
	h := holder{s, s, &s, []Secret{s}, map[string]Secret{"a": s}, s}
	return map[string]any{
		"value": s, "pointer": &s, "struct": h, "struct pointer": &h, "slice": []Secret{s}, "map": map[Secret]Secret{s: s},
		"account": Account{User: "u", Password: s}, "options": Options{Account: Account{Password: s}},
		"error": fmt.Errorf("with %v and %s", s, s),
	}
}

func TestSecretFmt(t *testing.T) {
	for name, v := range holders() {
		for _, verb := range []string{
			"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%X", "%t", "%T", "%b", "%o", "%c", "%U", "%e", "%g", "%#x", "% x", "%10.3v", "%w",
		} {
			mustHide(t, name+" "+verb, fmt.Sprintf(verb, v))
		}
		mustHide(t, name, fmt.Sprint(v)+fmt.Sprintln(v))
	}
	if got := fmt.Sprintf("%v|%s|%d|%x|%#v", NewSecret("x"), NewSecret("x"), NewSecret("x"), NewSecret("x"), NewSecret("x")); got != strings.Repeat("|[secret]", 5)[1:] {
		t.Errorf("a secret prints as %q", got)
	}
}

func TestSecretMarshal(t *testing.T) {
	for name, v := range holders() {
		if b, err := json.Marshal(v); err == nil {
			mustHide(t, name+" in JSON", string(b))
		}
		if b, err := xml.Marshal(v); err == nil {
			mustHide(t, name+" in XML", string(b))
		}
		var text, js bytes.Buffer
		slog.New(slog.NewTextHandler(&text, nil)).Info("x", "v", v, slog.Any("g", []any{v}))
		slog.New(slog.NewJSONHandler(&js, nil)).Info("x", "v", v, slog.Any("g", []any{v}))
		mustHide(t, name+" in slog text", text.String())
		mustHide(t, name+" in slog JSON", js.String())
	}
	if b, err := json.Marshal(struct{ P Secret }{NewSecret("x")}); err != nil || string(b) != `{"P":"[secret]"}` {
		t.Errorf("JSON is %s, %v", b, err)
	}
	if b, err := NewSecret("x").MarshalText(); err != nil || string(b) != redacted {
		t.Errorf("text is %s, %v", b, err)
	}
}

func TestSecretReveal(t *testing.T) {
	var none Secret
	for _, tc := range []struct {
		s     Secret
		want  string
		given bool
	}{{none, "", false}, {NewSecret(""), "", true}, {NewSecret(canary), canary, true}} {
		if tc.s.Reveal() != tc.want || tc.s.Given() != tc.given {
			t.Errorf("got %q, %v; want %q, %v", tc.s.Reveal(), tc.s.Given(), tc.want, tc.given)
		}
	}
}
