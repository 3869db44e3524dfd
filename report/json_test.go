package report

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func asJSON(t *testing.T, reports ...Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := JSON(&b, "pstest test", reports); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestJSONShape(t *testing.T) {
	var doc map[string]any
	if err := json.Unmarshal([]byte(asJSON(t, broken(), healthy())), &doc); err != nil {
		t.Fatal(err)
	}
	if doc["schema"] != 1.0 || doc["tool"] != "pstest test" || doc["status"] != 1.0 {
		t.Errorf("head: schema %v, tool %v, status %v", doc["schema"], doc["tool"], doc["status"])
	}
	first := doc["reports"].([]any)[0].(map[string]any)
	for _, key := range []string{"host", "facts", "findings", "routes", "connect", "status"} {
		if _, ok := first[key]; !ok {
			t.Errorf("a report has no %q", key)
		}
	}
}

func TestJSONWithoutReports(t *testing.T) {
	if out := asJSON(t); !strings.Contains(out, `"reports": []`) {
		t.Errorf("no empty list: %s", out)
	}
}

func TestJSONHoldsNothingThatATerminalActsOn(t *testing.T) {
	r := broken()
	r.Host = "a\u202eb\u009bc\u2028d\U000e0001e\x7f"
	out := asJSON(t, r)
	for i, c := range out {
		if c != '\n' && unsafeRune(c) {
			t.Fatalf("%q at %d", c, i)
		}
	}
	var doc Document
	if err := json.Unmarshal([]byte(out), &doc); err != nil || doc.Reports[0].Host != r.Host {
		t.Errorf("read back %q, %v", doc.Reports[0].Host, err)
	}
}

// TestReadJudgesAgain: facts survive, and the judgement is made anew.
func TestReadJudgesAgain(t *testing.T) {
	in := broken()
	got, err := Read(strings.NewReader(asJSON(t, in)))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(in.Facts, got[0].Facts); d != "" {
		t.Errorf("facts (-saved +read):\n%s", d)
	}
	if d := cmp.Diff(New(in.Facts).Judgement, got[0].Judgement); d != "" {
		t.Errorf("judgement (-live +read):\n%s", d)
	}
}

func TestReadRefuses(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"empty":        {"", "not JSON"},
		"no json":      {"win01", "not JSON"},
		"other json":   {`{"a":1}`, "no report of pstest"},
		"a list":       {`[]`, "not JSON"},
		"newer":        {`{"schema":2,"reports":[]}`, "schema 2, and this pstest reads 1"},
		"no reports":   {`{"schema":1,"reports":[]}`, "holds no reports"},
		"null report":  {`{"schema":1,"reports":[null]}`, "report 1: it holds no facts"},
		"no facts":     {`{"schema":1,"reports":[{}]}`, "report 1: it holds no facts"},
		"wrong facts":  {`{"schema":1,"reports":[{"facts":[]}]}`, "report 1: "},
		"wrong schema": {`{"schema":"x","reports":[]}`, "not JSON"},
	} {
		_, err := Read(strings.NewReader(c.in))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

type endless struct{}

func (endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = ' '
	}
	return len(b), nil
}

func TestReadIsBounded(t *testing.T) {
	if _, err := Read(endless{}); err == nil || err.Error() != "more than 64 MiB" {
		t.Errorf("an endless file: %v", err)
	}
}

// FuzzRead: whatever a file holds, reading it never panics, and what is read can be written.
func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"schema":1,"reports":[{"facts":{}}]}`))
	f.Add([]byte(`{"schema":1,"reports":[{"facts":{"https":{"tls":{"state":"seen"},"basic":{"state":"failed"}},"http":{"dial":{"state":"failed","failure":{"class":"silent"}}}}}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		reports, err := Read(bytes.NewReader(b))
		if err != nil {
			return
		}
		var out bytes.Buffer
		if err := Text(&out, reports, TextOptions{}); err != nil {
			t.Fatal(err)
		}
	})
}
