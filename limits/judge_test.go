package limits

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pstest/probe"
)

func TestJudge(t *testing.T) {
	for _, c := range cases() {
		t.Run(c.name, func(t *testing.T) {
			j := Judge(c.facts)
			for id, want := range c.want {
				f := find(t, j, id)
				got := string(f.Verdict)
				if f.Because != "" {
					got += "<" + f.Because
				}
				if got != want {
					t.Errorf("%s: %s, want %s (why %q, evidence %v)", id, got, want, f.Why, f.Evidence)
				}
			}
		})
	}
}

// Every judged limit is met (or as documented) in one case and broken in another.
func TestEveryVerdictFlips(t *testing.T) {
	good, bad := map[string]bool{}, map[string]bool{}
	for _, c := range cases() {
		for _, f := range Judge(c.facts).Findings {
			good[f.ID] = good[f.ID] || f.Verdict == Met || f.Verdict == AsDocumented
			bad[f.ID] = bad[f.ID] || f.Verdict == Broken
		}
	}
	undecidable := map[string]bool{ // what the facts of today can't break or prove, on purpose
		"dotnet-4": true, "enable-psremoting-any-profile": true, "server-private-network": true, "server-public-network": true, "client-private-network": true,
		"client-public-network": true, "loopback-elevation": true, "server-enabled-by-default": true, "client-enable-psremoting": true, "token-filter-policy": true, "administrators-member": true,
	}
	for _, l := range Catalogue() {
		if l.Check != nil && !undecidable[l.ID] && (!good[l.ID] || !bad[l.ID]) {
			t.Errorf("%s: good %v, broken %v in no case", l.ID, good[l.ID], bad[l.ID])
		}
	}
}

// A saved report, judged again, comes to the same.
func TestJudgeSavedFacts(t *testing.T) {
	for _, c := range cases() {
		data, err := json.Marshal(c.facts)
		if err != nil {
			t.Fatal(err)
		}
		var back probe.Facts
		if err := json.Unmarshal(data, &back); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(Judge(c.facts), Judge(&back)); diff != "" {
			t.Errorf("%s: judged again (-live +saved):\n%s", c.name, diff)
		}
	}
}

// Every absence has its reason, every broken limit its evidence and its fix.
func TestNothingIsSilent(t *testing.T) {
	for _, c := range append(cases(), judged{name: "zero", facts: &probe.Facts{}}) {
		for _, f := range Judge(c.facts).Findings {
			switch {
			case f.Verdict == Unknown || f.Verdict == NotApplicable:
				if f.Why == "" {
					t.Errorf("%s: %s is %s without a reason", c.name, f.ID, f.Verdict)
				}
			case len(f.Evidence) == 0:
				t.Errorf("%s: %s is %s without evidence", c.name, f.ID, f.Verdict)
			case f.Verdict == Broken && (f.Headline == "" || f.Why == "" || len(f.FixWindows)+len(f.FixClient) == 0):
				t.Errorf("%s: %s is broken without headline, why or fix", c.name, f.ID)
			}
			for _, h := range f.Hypotheses {
				if _, ok := Lookup(h.Limit); h.Limit != "" && !ok || h.Cause == "" || h.Decide == "" || h.Grade == "" {
					t.Errorf("%s: %s has the hypothesis %+v", c.name, f.ID, h)
				}
			}
		}
	}
}
