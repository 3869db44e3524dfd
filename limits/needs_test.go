package limits

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pstest/probe"
)

func clone(t *testing.T, f *probe.Facts) *probe.Facts {
	data, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	out := &probe.Facts{}
	if err := json.Unmarshal(data, out); err != nil {
		t.Fatal(err)
	}
	return out
}

func evaluateAll(catalogue []Limit, f *probe.Facts) []Result {
	out := make([]Result, len(catalogue))
	for i, l := range catalogue {
		out[i] = evaluate(l, f)
	}
	return out
}

func declared(l Limit) []probe.Path {
	var paths []probe.Path
	for _, n := range l.Needs {
		paths = append(paths, n.paths()...)
	}
	return paths
}

// Without what a limit says that it needs, it is unknown; without anything
// that it does not name, it is what it was; and it names nothing in vain.
func TestNeeds(t *testing.T) {
	read := map[string]map[probe.Path]bool{}
	catalogue := Catalogue()
	for _, l := range catalogue {
		read[l.ID] = map[probe.Path]bool{}
	}
	for _, c := range cases() {
		base := evaluateAll(catalogue, c.facts)
		for _, p := range probe.Paths() {
			blanked := *c.facts
			blanked.Blank(p, "blanked")
			for i, r := range evaluateAll(catalogue, &blanked) {
				l := catalogue[i]
				if reflect.DeepEqual(base[i], r) {
					continue
				}
				read[l.ID][p] = true
				if !slices.Contains(declared(l), p) {
					t.Errorf("%s: %s reads %s and does not say so", c.name, l.ID, p)
				}
			}
		}
	}
	for _, l := range catalogue {
		for _, p := range declared(l) {
			if !read[l.ID][p] {
				t.Errorf("%s names %s, and no case shows that it reads it", l.ID, p)
			}
		}
	}
}

func TestNeededIsUnknown(t *testing.T) {
	for _, l := range Catalogue() {
		for _, n := range l.Needs {
			if n.Strength == MayUse {
				continue
			}
			blanked, failed := clone(t, healthy()), clone(t, healthy())
			for _, p := range n.paths() {
				blanked.Blank(p, "the reason")
				fail(failed, p)
			}
			if r := evaluate(l, blanked); r.Verdict != Unknown || r.Why != "the reason" {
				t.Errorf("%s without %s: %s (%q), want unknown with the reason", l.ID, n.Path, r.Verdict, r.Why)
			}
			if r := evaluate(l, failed); n.Strength == NeedsSeen && (r.Verdict != Unknown || r.Why == "") {
				t.Errorf("%s with %s failed: %s (%q), want unknown with the failure", l.ID, n.Path, r.Verdict, r.Why)
			}
		}
	}
}

// fail makes the observation at a path one that failed, by way of its JSON.
func fail(f *probe.Facts, p probe.Path) {
	data, _ := json.Marshal(f)
	var tree map[string]any
	_ = json.Unmarshal(data, &tree)
	node := tree
	for _, key := range splitPath(p) {
		node = node[key].(map[string]any)
	}
	clear(node)
	node["state"], node["failure"] = "failed", map[string]any{"class": "silent", "op": "op"}
	data, _ = json.Marshal(tree)
	*f = probe.Facts{}
	_ = json.Unmarshal(data, f)
}

func splitPath(p probe.Path) []string { return strings.Split(string(p), ".") }
