//go:build !linux

package lab

import (
	"errors"
	"fmt"
	"io"
)

// stuff needs Linux: other systems answer for a full queue.
func stuff(string, int) (io.Closer, int, error) {
	return nil, 0, fmt.Errorf("a silent port is shown on Linux only: %w", errors.ErrUnsupported)
}
