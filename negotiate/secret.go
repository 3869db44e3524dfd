package negotiate

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
)

// redacted stands for a secret wherever one would be printed.
const redacted = "[secret]"

// Secret holds a password. It cannot be printed: every verb of fmt, JSON, text, and slog write "[secret]". It holds a
// pointer, so that fmt reaching it inside an unexported field, where it may not call methods, shows an address alone.
// The zero value is "no secret was given", which differs from an empty password.
type Secret struct{ p *string }

// NewSecret wraps a password; an empty one counts as given.
func NewSecret(s string) Secret { return Secret{p: &s} }

// Reveal returns the password; it is empty for the zero value. This is the only way out.
func (s Secret) Reveal() string {
	if s.p == nil {
		return ""
	}
	return *s.p
}

// Given reports whether a password was given at all.
func (s Secret) Given() bool { return s.p != nil }

// Format implements fmt.Formatter: the same word for every verb and flag.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// MarshalJSON implements json.Marshaler.
func (s Secret) MarshalJSON() ([]byte, error) { return json.Marshal(redacted) }

// MarshalText implements encoding.TextMarshaler.
func (s Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// LogValue implements slog.LogValuer.
func (s Secret) LogValue() slog.Value { return slog.StringValue(redacted) }
