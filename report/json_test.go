package report

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
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
	got, err := again(t.Context(), strings.NewReader(asJSON(t, in)))
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
		"two lists":    {`{"schema":1,"reports":[],"reports":[]}`, "two lists of reports"},
		"more behind":  {`{"schema":1,"reports":[]} {}`, "something follows"},
		"cut short":    {`{"schema":1,"reports":[`, "not JSON: unexpected EOF"},
		"wrong schema": {`{"schema":"x","reports":[]}`, "not JSON"},
	} {
		_, err := again(t.Context(), strings.NewReader(c.in))
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
	if _, err := again(t.Context(), endless{}); err == nil || err.Error() != "more than 16 MiB" {
		t.Errorf("an endless file: %v", err)
	}
}

// again reads a document and judges all of it.
func again(ctx context.Context, r io.Reader) (all []Report, err error) {
	s, err := Read(ctx, r)
	if err != nil {
		return nil, err
	}
	err = s.Judge(ctx, func(r Report) error { all = append(all, r); return nil })
	return all, err
}

// plainFacts are facts that say nothing but their target; the brace is open.
const plainFacts = `{"schema":1,"target":{"asked":"h","host":"h","portHttp":5985,"portHttps":5986,"path":"/wsman","route":"any"}`

// TestReadRefusesWhatNoRunSaw: facts that were made by hand and that the rules
// can't rely on are named and refused, and so is more than a run keeps.
func TestReadRefusesWhatNoRunSaw(t *testing.T) {
	target := func(old, new string) string { return strings.Replace(plainFacts, old, new, 1) + "}" }
	with := func(more string) string { return plainFacts + "," + more + "}" }
	for name, c := range map[string]struct{ facts, want string }{
		"good":           {plainFacts + "}", ""},
		"failed, no how": {with(`"resolve":{"state":"failed"}`), "resolve failed, and it does not say how"},
		"other, no how":  {with(`"others":{"state":"seen","value":[{"address":"192.0.2.1","http":{"state":"failed","value":{"address":"192.0.2.1","port":1}}}]}`), "does not say how"},
		"address":        {with(`"http":{"dial":{"state":"seen","value":{"address":"h; id","port":1}}}`), `"h; id" is no address`},
		"resolved":       {with(`"resolve":{"state":"seen","value":{"addresses":["x"]}}`), `"x" is no address`},
		"zone":           {with(`"resolve":{"state":"seen","value":{"addresses":["fe80::1%$(id)"]}}`), "is no address"},
		"local":          {with(`"http":{"dial":{"state":"seen","value":{"address":"192.0.2.1","port":1,"local":"x"}}}`), `"x" is no address`},
		"dial's port":    {with(`"http":{"dial":{"state":"seen","value":{"address":"192.0.2.1"}}}`), "port 0 is no port"},
		"neutral":        {with(`"neutral":{"state":"seen","value":[{"address":"x","port":445}]}`), `"x" is no address`},
		"target's port":  {target("5986", "65536"), "port 65536 is no port"},
		"target's path":  {target("/wsman", "wsman"), "slash"},
		"path's letters": {target("/wsman", "/a b"), "its target: path"},
		"target's host":  {target(`"host":"h"`, `"host":"h;id"`), "its target: host"},
		"host and port":  {target(`"host":"h"`, `"host":"h:1"`), "more than a name"},
		"asked":          {target(`"asked":"h"`, `"asked":"$(id)"`), "names no host"},
		"route":          {target(`"any"`, `"x"`), "its route is not known"},
		"exchanges":      {with(`"exchanges":[` + strings.Repeat(`{},`, 64) + `{}]`), "65 exchanges"},
	} {
		_, err := again(t.Context(), strings.NewReader(`{"schema":1,"reports":[{"facts":`+c.facts+`}]}`))
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestReadBoundsReports(t *testing.T) {
	one := `{"facts":` + plainFacts + `}}`
	_, err := again(t.Context(), strings.NewReader(`{"schema":1,"reports":[`+strings.Repeat(one+",", MaxReports)+one+`]}`))
	if err == nil || err.Error() != "more than 10000 reports" {
		t.Errorf("%d reports: %v", MaxReports+1, err)
	}
}

// TestReadEndsWithItsContext also between two reports.
func TestReadEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := again(ctx, strings.NewReader(`{"schema":1,"reports":[{"facts":`+plainFacts+`}}]}`)); !errors.Is(err, context.Canceled) {
		t.Errorf("read: %v", err)
	}
}

// TestReadInAnyOrder: tools that sort keys put the schema behind the reports.
func TestReadInAnyOrder(t *testing.T) {
	got, err := again(t.Context(), strings.NewReader(`{"reports":[{"facts":`+plainFacts+`}}],"schema":1,"tool":"x"}`))
	if err != nil || len(got) != 1 || got[0].Host != "h" {
		t.Errorf("read %+v, %v", got, err)
	}
}

// TestJudgingAFileNeverPanics: what the rules make of contradictions is the
// file's fault.
func TestJudgingAFileNeverPanics(t *testing.T) {
	if _, err := judgeOne(saved{}); err == nil || err.Error() != "its facts contradict each other" {
		t.Errorf("no facts: %v", err)
	}
}

// FuzzRead: whatever a file holds, reading it never panics, and what is read can be written.
func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"schema":1,"reports":[{"facts":` + plainFacts + `}}]}`))
	f.Add([]byte(`{"schema":1,"reports":[{"facts":` + plainFacts + `,"https":{"tls":{"state":"seen"},"basic":{"state":"failed","failure":{"class":"reset"}}},"http":{"dial":{"state":"failed","failure":{"class":"silent"},"value":{"address":"192.0.2.1","port":5985}}}}}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		reports, err := again(t.Context(), bytes.NewReader(b))
		if err != nil {
			return
		}
		var out bytes.Buffer
		if err := Text(&out, reports, TextOptions{}); err != nil {
			t.Fatal(err)
		}
	})
}
