package main

import (
	"bytes"
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pstest/lab"
	"pstest/limits"
	"pstest/probe"
	"pstest/report"
)

func jsonDoc(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("../../docs/json.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestJSONDocKeys: docs/json.md names every key of the document that a program
// goes by: all of the judgement, and of the facts all but what is inside a
// certificate, a challenge and an identity.
func TestJSONDocKeys(t *testing.T) {
	doc := jsonDoc(t)
	for _, v := range []any{report.Document{}, report.Report{}, limits.Judgement{}, limits.Finding{}, limits.Evidence{}, limits.Hypothesis{},
		limits.RouteResult{}, limits.Command{}, probe.Facts{}, probe.Target{}, probe.TrustAsk{}, probe.Account{}, probe.Client{}, probe.Plain{},
		probe.Secure{}, probe.Observed[int]{}, probe.Failure{}, probe.Authentication{}, probe.Exchange{}} {
		for _, key := range keys(reflect.TypeOf(v)) {
			if !strings.Contains(doc, "`"+key+"`") {
				t.Errorf("docs/json.md does not name %q of %T", key, v)
			}
		}
	}
}

func keys(of reflect.Type) []string {
	var out []string
	for i := range of.NumField() {
		if name, _, _ := strings.Cut(of.Field(i).Tag.Get("json"), ","); name != "" {
			out = append(out, name)
		}
	}
	return out
}

// TestJSONDocValues: docs/json.md names every value of every closed list, which
// are read from the source so that a new one can't be forgotten.
func TestJSONDocValues(t *testing.T) {
	doc, seen := jsonDoc(t), map[string]int{}
	for folder, types := range map[string][]string{
		"../../limits":    {"Verdict", "Kind", "RouteVerdict", "Status"},
		"../../probe":     {"State", "Class", "Outcome", "Route", "AccountForm", "Family"},
		"../../negotiate": {"Form"},
	} {
		for name, values := range constants(t, folder, types) {
			for _, value := range values {
				seen[name]++
				if value != "" && !strings.Contains(doc, "`"+value+"`") {
					t.Errorf("docs/json.md does not name the %s %q", name, value)
				}
			}
		}
	}
	for name, least := range map[string]int{"Verdict": 5, "Kind": 3, "RouteVerdict": 8, "Status": 5, "State": 3, "Class": 14, "Outcome": 8, "Route": 5, "AccountForm": 4, "Family": 3, "Form": 2} {
		if seen[name] < least {
			t.Errorf("only %d values of %s were found", seen[name], name)
		}
	}
}

// constants are the values of the constants of these types in a folder, by type.
func constants(t *testing.T, folder string, types []string) map[string][]string {
	t.Helper()
	files, err := filepath.Glob(folder + "/*.go")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]string{}
	for _, name := range files {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			of, _ := spec.Type.(*ast.Ident)
			if of != nil && slices.Contains(types, of.Name) && len(spec.Values) == 1 {
				out[of.Name] = append(out[of.Name], literal(spec.Values[0]))
			}
			return true
		})
	}
	return out
}

func literal(e ast.Expr) string {
	lit, ok := e.(*ast.BasicLit)
	if !ok {
		return ""
	}
	if s, err := strconv.Unquote(lit.Value); err == nil {
		return s
	}
	return lit.Value
}

// TestJSONDocExamples runs every jq line of docs/json.md and compares.
// PSTEST_UPDATE=1 writes the output anew.
func TestJSONDocExamples(t *testing.T) {
	if _, err := exec.LookPath("jq"); err != nil {
		t.Skip("no jq here")
	}
	dir := t.TempDir()
	saved, err := os.Create(filepath.Join(dir, "report.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer saved.Close()
	sc, _ := lab.Find("wrong-name")
	w, _, _ := testWorld("")
	r, err := steadyStage(w).check(t.Context(), sc)
	if err != nil {
		t.Fatal(err)
	}
	if err := report.JSON(saved, tool(), []report.Report{r}); err != nil {
		t.Fatal(err)
	}
	doc := jsonDoc(t)
	block := regexp.MustCompile("(?s)```console\n\\$ ([^\n]*)\n(.*?)```")
	fresh := block.ReplaceAllStringFunc(doc, func(text string) string {
		line := block.FindStringSubmatch(text)[1]
		return "```console\n$ " + line + "\n" + shell(t.Context(), t, dir, line) + "```"
	})
	if os.Getenv("PSTEST_UPDATE") != "" {
		if err := os.WriteFile("../../docs/json.md", []byte(fresh), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if n := len(block.FindAllString(doc, -1)); n < 5 {
		t.Errorf("only %d examples were found", n)
	}
	if fresh != doc {
		a, b := strings.Split(doc, "\n"), strings.Split(fresh, "\n")
		for i := range a {
			if i >= len(b) || a[i] != b[i] {
				t.Fatalf("docs/json.md line %d is %q, and jq says otherwise", i+1, a[i])
			}
		}
		t.Fatal("jq says more than docs/json.md")
	}
}

func shell(ctx context.Context, t *testing.T, dir, line string) string {
	t.Helper()
	cmd := exec.CommandContext(ctx, "sh", "-c", line)
	var errs bytes.Buffer
	cmd.Dir, cmd.Stderr = dir, &errs
	out, err := cmd.Output()
	if err != nil {
		t.Errorf("%s: %v\n%s", line, err, &errs)
	}
	return string(out)
}
