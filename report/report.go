// Package report writes what was judged: one writer per format over one
// Report. It decides nothing; every verdict in it comes from package limits.
package report

import (
	"pstest/limits"
	"pstest/probe"
)

// Schema is the version of the JSON document. It grows when a field changes
// its meaning or goes away; a field that is added does not change it.
const Schema = 1

// Report is one host: what was seen of it and what the rules say about that.
type Report struct {
	Host  string       `json:"host"` // the argument as typed
	Facts *probe.Facts `json:"facts"`
	limits.Judgement
}

// New judges the facts, which must not be nil.
func New(f *probe.Facts) Report {
	return Report{Host: f.Target.Asked, Facts: f, Judgement: limits.Judge(f)}
}

// Overall is the exit status for several hosts: a bug of ours outweighs a
// broken limit, which outweighs not knowing. No statuses at all is not knowing.
func Overall(statuses ...limits.Status) limits.Status {
	if len(statuses) == 0 {
		return limits.StatusUnknown
	}
	rank := map[limits.Status]int{limits.StatusWorks: 0, limits.StatusUnknown: 1, limits.StatusBroken: 2, limits.StatusUsage: 3, limits.StatusBug: 4}
	worst := limits.StatusWorks
	for _, s := range statuses {
		if rank[s] > rank[worst] {
			worst = s
		}
	}
	return worst
}
