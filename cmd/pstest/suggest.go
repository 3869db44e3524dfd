package main

import (
	"sort"
	"strings"
)

// nearest returns at most three of the words that are closest to what was
// typed: those that begin with it, else contain it, else are a few edits away.
func nearest(typed string, words []string) []string {
	typed = strings.ToLower(typed)
	best, out := 1<<10, []string(nil)
	for _, w := range words {
		far, ok := farness(typed, strings.ToLower(w))
		switch {
		case !ok || far > best:
		case far < best:
			best, out = far, []string{w}
		default:
			out = append(out, w)
		}
	}
	sort.Strings(out)
	return out[:min(len(out), 3)]
}

func farness(typed, word string) (far int, ok bool) {
	far = distance(typed, word)
	switch {
	case len(typed) >= 3 && strings.HasPrefix(word, typed):
		far = min(far, 1)
	case len(typed) >= 3 && strings.Contains(word, typed):
		far = min(far, 2)
	case far > max(1, min(len(typed), len(word))/3):
		return far, false
	}
	return far, true
}

// didYouMean is "; did you mean X?" or nothing.
func didYouMean(typed string, words []string, show func(string) string) string {
	var shown []string
	for _, w := range nearest(typed, words) {
		shown = append(shown, show(w))
	}
	if len(shown) == 0 {
		return ""
	}
	return ", did you mean " + strings.Join(shown, " or ") + "?"
}

// distance counts the single-letter edits between two words, of which at most
// the first 64 letters are compared.
func distance(a, b string) int {
	a, b = a[:min(len(a), 64)], b[:min(len(b), 64)]
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := diagonal
			if a[i-1] != b[j-1] {
				cost++
			}
			diagonal = row[j]
			row[j] = min(cost, row[j]+1, row[j-1]+1)
		}
	}
	return row[len(b)]
}
