package interop

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// document is the JSON form of a run, read as a program outside the project
// would read it: by the names that it needs.
type document struct {
	Schema  int    `json:"schema"`
	Tool    string `json:"tool"`
	Reports []result
}

// result is what pstest said about one host.
type result struct {
	Host     string          `json:"host"`
	Facts    json.RawMessage `json:"facts"`
	Findings []finding       `json:"findings"`
	Routes   []route         `json:"routes"`
	Status   int             `json:"status"`

	took time.Duration
	text string // all that was printed, for a failing test
}

type finding struct {
	ID       string `json:"id"`
	Verdict  string `json:"verdict"`
	Headline string `json:"headline"`
	Why      string `json:"why"`
	Because  string `json:"because"`
	Evidence []struct {
		Path  string `json:"path"`
		Value string `json:"value"`
	} `json:"evidence"`
}

type route struct {
	Route   string `json:"route"`
	Verdict string `json:"verdict"`
	Why     string `json:"why"`
	Because string `json:"because"`
}

// host says where to look and as whom. A zero port is one that nobody listens on.
type host struct {
	name        string
	http, https int
	user        string   // "": no account
	password    string   // "": the right one
	wrap        []string // what runs pstest: a command that ends in running its arguments
	flags       []string
}

// check runs `pstest check` as a user would and reads its JSON.
func check(t *testing.T, h host) result {
	t.Helper()
	argv := append(slices.Clone(h.wrap), binary(t), "check", h.name, "--format", "json", "--timeout", "15s")
	for flag, port := range map[string]int{"--port-http": h.http, "--port-https": h.https} {
		if port == 0 {
			port = freePorts(t, 1)[0]
		}
		argv = append(argv, flag, strconv.Itoa(port))
	}
	argv = append(argv, "--cacert", filepath.Join(workDir, "certs", "ca.pem"))
	secret := password
	if h.password != "" {
		secret = h.password
	}
	if h.user != "" {
		argv = append(argv, "-u", h.user, "--password-file", passwordFile(t, secret))
	}
	began := time.Now()
	stdout, stderr, status := output(t, 60*time.Second, nil, append(argv, h.flags...)...)
	r := decode(t, stdout, stderr)
	r.took, r.text = time.Since(began), stderr+stdout
	if status != r.Status {
		t.Errorf("exit status %d, the report says %d", status, r.Status)
	}
	withoutSecret(t, secret, stdout, stderr)
	return r
}

func decode(t *testing.T, stdout, stderr string) result {
	t.Helper()
	var doc document
	if err := json.Unmarshal([]byte(stdout), &doc); err != nil || len(doc.Reports) != 1 {
		t.Fatalf("no report of one host (%v):\n%s%s", err, stderr, stdout)
	}
	if doc.Schema != 1 {
		t.Errorf("schema %d", doc.Schema)
	}
	return doc.Reports[0]
}

func passwordFile(t *testing.T, secret string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(path, []byte(secret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// withoutSecret fails where the password stands in what was printed.
func withoutSecret(t *testing.T, secret string, printed ...string) {
	t.Helper()
	for _, text := range printed {
		for _, form := range []string{secret, base64.StdEncoding.EncodeToString([]byte(user + ":" + secret))} {
			if strings.Contains(text, form) {
				t.Errorf("the password was printed as %q", form)
			}
		}
	}
}

// verdict of the finding id; "absent" where the report has none.
func (r result) verdict(id string) string {
	for _, f := range r.Findings {
		if f.ID == id {
			return f.Verdict
		}
	}
	return "absent"
}

// behind is the finding that a route's verdict names as its cause.
func (r result) behind(name string) string {
	for _, w := range r.Routes {
		if w.Route == name {
			return w.Because
		}
	}
	return "absent"
}

// way is the verdict on a route; "absent" where the report has none.
func (r result) way(name string) string {
	for _, w := range r.Routes {
		if w.Route == name {
			return w.Verdict
		}
	}
	return "absent"
}

// fact reads one value of the facts by its JSON path, "https.tls.state"; "" where
// there is none.
func (r result) fact(path string) string {
	var at any
	if err := json.Unmarshal(r.Facts, &at); err != nil {
		return ""
	}
	for _, step := range strings.Split(path, ".") {
		switch v := at.(type) {
		case map[string]any:
			at = v[step]
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i >= len(v) {
				return ""
			}
			at = v[i]
		default:
			return ""
		}
	}
	if at == nil {
		return ""
	}
	return fmt.Sprint(at)
}

// want holds what a report must say; every field that is nil is not looked at.
type want struct {
	verdicts map[string]string // by finding id
	routes   map[string]string // by route
	because  map[string]string // the cause that a route's verdict names, by route
	facts    map[string]string // by JSON path
}

// hold fails the test for each difference, with the words of the report.
func (r result) hold(t *testing.T, w want) {
	t.Helper()
	before := t.Failed()
	for id, verdict := range w.verdicts {
		if got := r.verdict(id); got != verdict {
			t.Errorf("%s is %q, want %q", id, got, verdict)
		}
	}
	for name, verdict := range w.routes {
		if got := r.way(name); got != verdict {
			t.Errorf("route %s is %q, want %q", name, got, verdict)
		}
	}
	for name, cause := range w.because {
		if got := r.behind(name); got != cause {
			t.Errorf("route %s is said to be so because of %q, want %q", name, got, cause)
		}
	}
	for path, value := range w.facts {
		if got := r.fact(path); got != value {
			t.Errorf("fact %s is %q, want %q", path, got, value)
		}
	}
	if !before && (t.Failed() || os.Getenv("PSTEST_INTEROP_SHOW") != "") {
		t.Log(r.summary())
	}
}

// summary is what a person needs to see of a report that is wrong.
func (r result) summary() string {
	var b strings.Builder
	fmt.Fprintf(&b, "status %d in %v\n", r.Status, r.took.Round(time.Millisecond))
	for _, w := range r.Routes {
		fmt.Fprintf(&b, "route %s: %s: %s (%s)\n", w.Route, w.Verdict, w.Why, w.Because)
	}
	for _, f := range r.Findings {
		if f.Verdict == "broken" || f.Verdict == "as-documented" {
			fmt.Fprintf(&b, "%s %s: %s", f.Verdict, f.ID, f.Headline)
			for _, e := range f.Evidence {
				fmt.Fprintf(&b, "; %s = %s", e.Path, e.Value)
			}
			fmt.Fprintf(&b, " (%s)\n", f.Because)
		}
	}
	return b.String()
}
