package limits

import (
	"slices"
	"strings"
)

// Document names the help topic that the catalogue follows.
const Document = "about_Remote_Requirements"

// Field is the document of what no document states and practice shows.
const Field = "field"

// Catalogue returns every limit: the documented ones in the topic's order, L1
// to L48, then the field failures from the network inwards. Each call builds
// the literals anew, so a caller may change what it gets.
func Catalogue() []Limit {
	return slices.Concat(
		introLimits(), systemLimits(), permissionLimits(), networkLimits(), elevationLimits(),
		configureLimits(), policyLimits(), basicLimits(), certificateLimits(), basicClientLimits(), negotiateLimits(),
		reachLimits(), listenerLimits(), answerLimits(), tlsLimits(), chainLimits(),
		offerLimits(), accountLimits(), hostLimits(),
	)
}

// Retired returns the ids that the catalogue once had. They are never used
// again, so that an id in an old report can't change its meaning.
func Retired() []string { return nil }

// Lookup finds a limit by its id or by a row that it carries ("L37", "A11"),
// in any case. The second result is false when there is none.
func Lookup(idOrRow string) (Limit, bool) {
	if idOrRow == "" {
		return Limit{}, false
	}
	for _, l := range Catalogue() {
		if strings.EqualFold(l.ID, idOrRow) || strings.EqualFold(l.Row, idOrRow) {
			return l, true
		}
	}
	for _, l := range Catalogue() {
		if slices.ContainsFunc(l.Field, func(row string) bool { return strings.EqualFold(row, idOrRow) }) {
			return l, true
		}
	}
	return Limit{}, false
}

// topic cites a section of the help topic.
func topic(section string) Source { return Source{Document: Document, Section: section} }

// field cites practice; what says in which protocol or product.
func field(what string) Source { return Source{Document: Field, Section: what} }

// String reads `about_Remote_Requirements, "USER PERMISSIONS"`.
func (s Source) String() string {
	if s.Section == "" {
		return s.Document
	}
	return s.Document + `, "` + s.Section + `"`
}
