package limits

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestIDs(t *testing.T) {
	kebab := regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	ids, rows := map[string]bool{}, map[string]bool{}
	for _, l := range Catalogue() {
		if !kebab.MatchString(l.ID) || ids[l.ID] || slices.Contains(Retired(), l.ID) {
			t.Errorf("id %q is not kebab-case, not unique or retired", l.ID)
		}
		for _, row := range append(l.Field, l.Row) {
			if row == "" && l.Source.Document == Field {
				continue // of no catalogue but ours
			}
			if row == "" || rows[row] {
				t.Errorf("%s: row %q is empty or not unique", l.ID, row)
			}
			rows[row] = true
			if got, ok := Lookup(strings.ToLower(row)); !ok || got.ID != l.ID {
				t.Errorf("Lookup(%q) = %q, want %q", row, got.ID, l.ID)
			}
		}
		ids[l.ID] = true
	}
	for i := 1; i <= 48; i++ {
		if row := fmt.Sprint("L", i); !rows[row] || Catalogue()[i-1].Row != row {
			t.Errorf("row %s is missing or not at its place", row)
		}
	}
	for i := 1; i <= 19; i++ {
		if row := fmt.Sprint("A", i); !rows[row] {
			t.Errorf("row %s is missing", row)
		}
	}
	for _, none := range []string{"no-such-limit", "", "L49"} {
		if l, ok := Lookup(none); ok {
			t.Errorf("Lookup(%q) found %s", none, l.ID)
		}
	}
}

func TestSources(t *testing.T) {
	headings := []string{"LONG DESCRIPTION", "SYSTEM REQUIREMENTS", "USER PERMISSIONS", "WINDOWS NETWORK LOCATIONS", "RUN AS ADMINISTRATOR",
		"HOW TO CONFIGURE YOUR COMPUTER FOR REMOTING", "UNDERSTAND POLICIES", "Basic Authentication Limitations on Linux and macOS"}
	dated := regexp.MustCompile(`^(20\d\d-\d\d|as of the edition of 20\d\d-\d\d|reported 20\d\d-\d\d, true since \d\.\d): `)
	for _, l := range Catalogue() {
		fromTopic := l.Source.Document == Document
		switch {
		case fromTopic != strings.HasPrefix(l.Row, "L"):
			t.Errorf("%s: row %s cites %s", l.ID, l.Row, l.Source)
		case fromTopic && !slices.Contains(headings, l.Source.Section), l.Source.Section == "":
			t.Errorf("%s: %q is no section", l.ID, l.Source.Section)
		}
		if n := len(strings.Fields(l.Title)); n == 0 || n > 6 {
			t.Errorf("%s: the title %q has %d words", l.ID, l.Title, n)
		}
		if l.Why == "" || len(l.Fix.Windows) == 0 || len(l.Fix.Client) == 0 || l.Kind == "" {
			t.Errorf("%s: no why, fix or kind", l.ID)
		}
		if l.Since != "" && !dated.MatchString(l.Since) {
			t.Errorf("%s: the note %q has no date", l.ID, l.Since)
		}
		if l.Check != nil && l.Later != "" || l.Check == nil && l.Broken != "" {
			t.Errorf("%s: judged and explained at once", l.ID)
		}
	}
}

// What breaks a documented limit is named as its cause, and causes never run
// in a circle.
func TestCauses(t *testing.T) {
	catalogue := map[string]Limit{}
	for _, l := range Catalogue() {
		catalogue[l.ID] = l
	}
	var visit func(id string, path []string)
	done := map[string]bool{}
	visit = func(id string, path []string) {
		if slices.Contains(path, id) {
			t.Fatalf("causes run in a circle: %v %s", path, id)
		}
		l, ok := catalogue[id]
		if !ok {
			t.Fatalf("%v: no limit %q", path, id)
		}
		for _, before := range l.After {
			if !done[before] {
				visit(before, append(path, id))
			}
		}
		done[id] = true
	}
	for id, l := range catalogue {
		visit(id, nil)
		if broken, ok := catalogue[l.Breaks]; l.Breaks != "" && (!ok || !slices.Contains(broken.After, id)) {
			t.Errorf("%s breaks %q, which does not name it as a cause", id, l.Breaks)
		}
	}
}

// sources parses the files of one folder that are no tests.
func sources(t *testing.T, dir string) map[string]*ast.File {
	files := map[string]*ast.File{}
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range paths {
		if strings.HasSuffix(p, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), p, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files[p] = file
	}
	return files
}

func imports(t *testing.T, file *ast.File) []string {
	var out []string
	for _, i := range file.Imports {
		path, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, path)
	}
	return out
}

// Rules are pure: no network, no file, no clock.
func TestPure(t *testing.T) {
	for path, file := range sources(t, ".") {
		for _, i := range imports(t, file) {
			if slices.Contains([]string{"net", "net/http", "crypto/tls", "crypto/x509", "os", "io/fs", "math/rand"}, i) {
				t.Errorf("%s imports %s", path, i)
			}
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := s.X.(*ast.Ident); ok && x.Name == "time" && slices.Contains([]string{"Now", "Since", "Until", "After", "Sleep"}, s.Sel.Name) {
					t.Errorf("%s reads the clock: time.%s", path, s.Sel.Name)
				}
			}
			return true
		})
	}
}

// The packages import one another in one line; the lab stands beside probe.
func TestImportLine(t *testing.T) {
	line := []string{"certs", "negotiate", "wsman", "probe", "limits", "report", "fleet", "cmd"}
	leaves := line[:3]
	may := map[string][]string{"lab": leaves, "interop": append(line[:7:7], "lab"), "docs": append(line[:7:7], "lab"), "cmd": append(line[:7:7], "lab", "docs")}
	for i, name := range line[3:7] {
		may[name] = line[:3+i]
	}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() || strings.HasPrefix(d.Name(), ".") && d.Name() != ".." {
			if d != nil && d.IsDir() && d.Name() != ".." {
				return fs.SkipDir
			}
			return err
		}
		folder, _, _ := strings.Cut(filepath.ToSlash(strings.TrimPrefix(path, ".."+string(os.PathSeparator))), "/")
		for file, parsed := range sources(t, path) {
			for _, i := range imports(t, parsed) {
				to, ours := strings.CutPrefix(i, "pstest/")
				to, _, _ = strings.Cut(to, "/")
				if ours && to != folder && !slices.Contains(may[folder], to) {
					t.Errorf("%s imports %s, which is not before it in the line", file, i)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
