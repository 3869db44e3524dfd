//go:build race

package interop

// buildFlags make the pstest under test watch for races when the tests do.
var buildFlags = []string{"-race"}
