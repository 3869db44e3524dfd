package wsman

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// The ways in which a message can be unreadable; the parsers' errors wrap one of them.
var (
	ErrMalformed = errors.New("malformed message")
	ErrTooLarge  = errors.New("message too large")
	ErrOther     = errors.New("another message than expected")
)

// bounds are what one message may hold. Windows' own envelopes stay far below each of them.
type bounds struct {
	depth    int // nested elements
	elements int // elements altogether
	attrs    int // attributes of one element
	text     int // bytes of text in one element, and of one attribute
}

var (
	answerBounds  = bounds{depth: 48, elements: 4096, attrs: 64, text: 64 << 10}
	requestBounds = bounds{depth: 48, elements: 16384, attrs: 64, text: MaxBody}
)

// element is what is known of an element when its end tag is reached.
type element struct {
	path  string // local names from the root, joined by "/"
	name  string // local name
	attrs []xml.Attr
	text  string // own text without that of children, trimmed
}

// attr is the value of the attribute with one of the local names, "" when it is absent.
func (e element) attr(names ...string) string {
	for _, a := range e.attrs {
		for _, n := range names {
			if strings.EqualFold(a.Name.Local, n) {
				return strings.TrimSpace(a.Value)
			}
		}
	}
	return ""
}

// scan reads body as one SOAP envelope and shows every element to visit when it ends, so children come before
// their parent. It stops at the first error of the document or of visit.
func scan(body []byte, b bounds, visit func(element) error) error {
	text, err := toUTF8(body)
	if err != nil {
		return err
	}
	d := xml.NewDecoder(bytes.NewReader(text))
	d.CharsetReader = declared
	w := walker{bounds: b, visit: visit}
	for {
		tok, err := d.Token()
		if err == io.EOF {
			return w.finish()
		}
		if err != nil {
			return malformed(d, err)
		}
		if err := w.token(tok); err != nil {
			return err
		}
	}
}

// declared accepts the encodings that toUTF8 has already dealt with, whatever the declaration calls them.
func declared(charset string, r io.Reader) (io.Reader, error) {
	switch strings.ToLower(charset) {
	case "utf-8", "utf8", "utf-16", "utf-16le", "utf-16be", "unicode", "us-ascii", "ascii":
		return r, nil
	}
	return nil, fmt.Errorf("encoding %s is not supported", clip(charset))
}

// malformed says where the document breaks, without echoing control characters of it.
func malformed(d *xml.Decoder, err error) error {
	var s *xml.SyntaxError
	if errors.As(err, &s) {
		return fmt.Errorf("%w: line %d: %s", ErrMalformed, s.Line, printable(s.Msg))
	}
	return fmt.Errorf("%w: at byte %d: %s", ErrMalformed, d.InputOffset(), printable(err.Error()))
}

// walker keeps the open elements of one document.
type walker struct {
	bounds bounds
	visit  func(element) error
	open   []frame
	count  int
	rooted bool
}

type frame struct {
	element
	chars []byte
}

func (w *walker) token(t xml.Token) error {
	switch t := t.(type) {
	case xml.StartElement:
		return w.start(t)
	case xml.CharData:
		return w.chars(t)
	case xml.EndElement:
		return w.end()
	case xml.Directive:
		return fmt.Errorf("%w: a document type declaration, which SOAP forbids", ErrMalformed)
	}
	return nil
}

func (w *walker) start(t xml.StartElement) error {
	if err := w.allow(t); err != nil {
		return err
	}
	e := element{name: t.Name.Local, path: t.Name.Local, attrs: t.Copy().Attr}
	if n := len(w.open); n > 0 {
		e.path = w.open[n-1].path + "/" + e.name
	}
	w.open = append(w.open, frame{element: e})
	w.count++
	w.rooted = true
	return nil
}

// allow holds a start tag against the bounds and the shape of an envelope.
func (w *walker) allow(t xml.StartElement) error {
	switch {
	case len(w.open) == 0 && w.rooted:
		return fmt.Errorf("%w: a second root element %s", ErrMalformed, clip(t.Name.Local))
	case len(w.open) == 0 && t.Name.Local != "Envelope":
		return fmt.Errorf("%w: the root element is %s, not a SOAP envelope", ErrOther, clip(t.Name.Local))
	case len(w.open) >= w.bounds.depth:
		return fmt.Errorf("%w: elements nest deeper than %d", ErrTooLarge, w.bounds.depth)
	case w.count >= w.bounds.elements:
		return fmt.Errorf("%w: more than %d elements", ErrTooLarge, w.bounds.elements)
	case len(t.Name.Local) > maxName:
		return fmt.Errorf("%w: an element name longer than %d bytes", ErrTooLarge, maxName)
	case len(t.Attr) > w.bounds.attrs:
		return fmt.Errorf("%w: more than %d attributes in %s", ErrTooLarge, w.bounds.attrs, clip(t.Name.Local))
	}
	for _, a := range t.Attr {
		if len(a.Value) > w.bounds.text {
			return fmt.Errorf("%w: an attribute of %s is longer than %d bytes", ErrTooLarge, clip(t.Name.Local), w.bounds.text)
		}
	}
	return nil
}

// maxName bounds one element name, and with the depth the length of a path.
const maxName = 256

func (w *walker) chars(t xml.CharData) error {
	if len(w.open) == 0 {
		if len(bytes.TrimSpace(t)) > 0 {
			return fmt.Errorf("%w: text outside of the envelope", ErrMalformed)
		}
		return nil
	}
	f := &w.open[len(w.open)-1]
	if len(f.chars)+len(t) > w.bounds.text {
		return fmt.Errorf("%w: the text of %s is longer than %d bytes", ErrTooLarge, clip(f.name), w.bounds.text)
	}
	f.chars = append(f.chars, t...)
	return nil
}

func (w *walker) end() error {
	f := &w.open[len(w.open)-1]
	f.text = strings.TrimSpace(string(f.chars))
	err := w.visit(f.element)
	w.open = w.open[:len(w.open)-1]
	return err
}

func (w *walker) finish() error {
	if !w.rooted {
		return fmt.Errorf("%w: no element in it", ErrMalformed)
	}
	return nil
}

// clip quotes what a peer wrote for use in an error: at most 40 characters, controls escaped.
func clip(s string) string {
	r := []rune(s)
	if len(r) > 40 {
		return strconv.QuoteToASCII(string(r[:40]) + "...")
	}
	return strconv.QuoteToASCII(s)
}

// printable is a message with what a terminal would act upon escaped, at most 120 characters of it.
func printable(s string) string {
	q := strconv.QuoteToASCII(s)
	q = strings.ReplaceAll(q[1:len(q)-1], `\"`, `"`)
	if len(q) > 120 {
		q = q[:120] + "..."
	}
	return q
}
