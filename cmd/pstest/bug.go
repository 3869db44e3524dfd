package main

import (
	"bytes"
	"path"
	"strings"
)

// origin finds in a stack trace the file and line that panicked: the first one
// behind the runtime's own panic. Arguments of functions are not kept, as they
// may hold a secret.
func origin(stack []byte) string {
	past := false
	for _, line := range strings.Split(string(bytes.TrimSpace(stack)), "\n") {
		if strings.HasPrefix(line, "panic(") {
			past = true
			continue
		}
		file, ok := strings.CutPrefix(line, "\t")
		if !past || !ok || strings.Contains(file, "/runtime/") {
			continue
		}
		file, _, _ = strings.Cut(file, " ")
		return path.Join(path.Base(path.Dir(file)), path.Base(file))
	}
	return "an unknown place"
}
