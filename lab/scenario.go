package lab

import "slices"

// Scenario is one host with one thing about it.
type Scenario struct {
	Name  string // as badssl names defects: kebab-case, says what is wrong
	Title string // what people meet, in one line
	Group Group
	Rows  []string      // the rows of the catalogue that it shows, "L37", "A12"
	Setup func(*Config) // changes the healthy host; nil: that host itself
	// Want is the verdict of each limit that differs from the healthy host's, by the limit's id, with the host's own
	// account and no opt-in. A limit that is not named has the healthy host's verdict, or none because the defect keeps
	// it from being seen: "unknown" and "n/a" are named only where they are the point.
	Want map[string]string
}

// Group is a kind of scenarios.
type Group string

// The groups, in the order of Scenarios.
const (
	Windows     Group = "windows"     // how the host is set up
	Certificate Group = "certificate" // what its certificate looks like
	Wire        Group = "network"     // what is between, or who answers
	Hostile     Group = "hostile"     // answers that nobody should trip over
)

// Verdict words of Want, as the catalogue spells them.
const (
	broken  = "broken"
	unknown = "unknown"
)

// Scenarios lists every scenario, the healthy host first.
func Scenarios() []Scenario {
	return slices.Concat(windowsScenarios(), certificateScenarios(), wireScenarios(), hostileScenarios())
}

// Find returns the scenario of that name.
func Find(name string) (Scenario, bool) {
	for _, s := range Scenarios() {
		if s.Name == name {
			return s, true
		}
	}
	return Scenario{}, false
}
