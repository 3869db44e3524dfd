package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"pstest/limits"
)

// Document is the JSON form of one run over one or several hosts.
type Document struct {
	Schema  int           `json:"schema"`
	Tool    string        `json:"tool"` // "pstest 0.1.0"
	Reports []Report      `json:"reports"`
	Status  limits.Status `json:"status"` // the exit status of the run
}

// JSON writes the reports as one indented document with a final newline.
// Control and bidirectional characters are written as \u escapes.
func JSON(w io.Writer, tool string, reports []Report) error {
	doc := Document{Schema: Schema, Tool: tool, Reports: reports, Status: limits.StatusUnknown}
	if doc.Reports == nil {
		doc.Reports = []Report{}
	}
	statuses := make([]limits.Status, len(reports))
	for i, r := range reports {
		statuses[i] = r.Status
	}
	doc.Status = Overall(statuses...)
	b, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		return fmt.Errorf("write json: %w", err)
	}
	_, err = w.Write(append(plainJSON(b), '\n'))
	return err
}

// plainJSON escapes what encoding/json lets through and a terminal acts upon.
// Such characters stand only inside strings, so escaping keeps the meaning.
func plainJSON(b []byte) []byte {
	if bytes.IndexFunc(b, unsafeRune) < 0 {
		return b
	}
	var out bytes.Buffer
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		switch {
		case r == '\n' || !unsafeRune(r):
			out.Write(b[:n])
		case r > 0xffff:
			hi, lo := utf16.EncodeRune(r)
			fmt.Fprintf(&out, `\u%04x\u%04x`, hi, lo)
		default:
			fmt.Fprintf(&out, `\u%04x`, r)
		}
		b = b[n:]
	}
	return out.Bytes()
}

// unsafeRune tells whether a terminal may act upon r, or a reader be misled.
func unsafeRune(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)
}
