package report

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"pstest/probe"
)

// The bounds of a saved document that is read.
const (
	MaxSaved     = 16 << 20 // bytes
	MaxReports   = 10_000
	maxExchanges = 64 // of one report; as many as a run keeps
)

// saved is what is read of a report; its judgement is made anew.
type saved struct {
	Host  string       `json:"host"`
	Facts *probe.Facts `json:"facts"`
}

// Saved are the reports of a document, to be judged again.
type Saved struct{ reports []saved }

// Read reads a saved document. Nothing beyond the bounds is read; a document of
// another schema, and facts that no run can have come to, are refused. It ends
// between two reports when ctx does.
func Read(ctx context.Context, r io.Reader) (*Saved, error) {
	bounded := &io.LimitedReader{R: r, N: MaxSaved + 1}
	d := decoder{ctx: ctx, json: json.NewDecoder(bounded)}
	err := d.document()
	switch {
	case bounded.N <= 0:
		return nil, fmt.Errorf("more than %d MiB", MaxSaved>>20)
	case err != nil:
		return nil, err
	case d.schema == nil || !d.listed:
		return nil, errors.New("no report of pstest: save one with --format json")
	case *d.schema != Schema:
		return nil, fmt.Errorf("schema %d, and this pstest reads %d", *d.schema, Schema)
	case len(d.reports) == 0:
		return nil, errors.New("it holds no reports")
	}
	return &Saved{d.reports}, nil
}

// decoder reads a document piece by piece.
type decoder struct {
	ctx     context.Context
	json    *json.Decoder
	schema  *int
	listed  bool // there is a list of reports
	reports []saved
}

func (d *decoder) document() error {
	if err := d.opening('{'); err != nil {
		return err
	}
	for d.json.More() {
		key, err := d.json.Token()
		if err != nil {
			return notJSON(err)
		}
		if err := d.field(key); err != nil {
			return err
		}
	}
	if _, err := d.json.Token(); err != nil {
		return notJSON(err)
	}
	if _, err := d.json.Token(); !errors.Is(err, io.EOF) {
		return notJSON(errors.New("something follows the document"))
	}
	return nil
}

func (d *decoder) field(key json.Token) error {
	switch key {
	case "schema":
		if err := d.json.Decode(&d.schema); err != nil {
			return notJSON(err)
		}
		return nil
	case "reports":
		if d.listed {
			return errors.New("it has two lists of reports")
		}
		d.listed = true
		return d.list()
	default:
		var ignored json.RawMessage
		if err := d.json.Decode(&ignored); err != nil {
			return notJSON(err)
		}
		return nil
	}
}

func (d *decoder) list() error {
	if err := d.opening('['); err != nil {
		return err
	}
	for n := 1; d.json.More(); n++ {
		switch {
		case d.ctx.Err() != nil:
			return d.ctx.Err()
		case n > MaxReports:
			return fmt.Errorf("more than %d reports", MaxReports)
		}
		var s saved
		err := d.json.Decode(&s)
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return notJSON(err)
		}
		if err == nil {
			err = plausible(s.Facts)
		}
		if err != nil {
			return fmt.Errorf("report %d: %w", n, err)
		}
		d.reports = append(d.reports, s)
	}
	if _, err := d.json.Token(); err != nil {
		return notJSON(err)
	}
	return nil
}

func (d *decoder) opening(want json.Delim) error {
	t, err := d.json.Token()
	if err != nil {
		return notJSON(err)
	}
	if t != want {
		return notJSON(fmt.Errorf("%v where %s was expected", t, want))
	}
	return nil
}

// notJSON: an end where there should be more is the file's, too.
func notJSON(err error) error {
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("not JSON: %w", err)
}

// Judge judges the facts again with today's rules, so that an old report gains
// from a newer pstest, and emits one report after another in their order. It
// ends with the first error, or with that of ctx.
func (s *Saved) Judge(ctx context.Context, emit func(Report) error) error {
	for i, one := range s.reports {
		if err := ctx.Err(); err != nil {
			return err
		}
		r, err := judgeOne(one)
		if err != nil {
			return fmt.Errorf("report %d: %w", i+1, err)
		}
		if err := emit(r); err != nil {
			return err
		}
	}
	return nil
}

// judgeOne judges saved facts. They may contradict each other in ways that no
// run can come to, which is the file's fault and no bug of the rules.
func judgeOne(s saved) (r Report, err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("its facts contradict each other")
		}
	}()
	r = New(s.Facts)
	if r.Host == "" {
		r.Host = s.Host
	}
	return r, nil
}
