package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime/debug"

	"pstest/fleet"
)

// errInterrupted ends whatever waits for input.
var errInterrupted = errors.New("interrupted while input was read; nothing was sent")

// stdin is the standard input as a source to read.
func (w *world) stdin() (io.ReadCloser, error) { return io.NopCloser(w.in), nil }

// readSource opens and reads at most one byte more than most. Opening and
// reading a pipe may wait for ever, so both are left behind when ctx ends; the
// error is errInterrupted then.
func readSource(ctx context.Context, open func() (io.ReadCloser, error), most int64) ([]byte, error) {
	return patiently(ctx, func() ([]byte, error) {
		f, err := open()
		if err != nil {
			return nil, err
		}
		defer f.Close()
		return io.ReadAll(io.LimitReader(f, most+1))
	})
}

// patiently waits for work, but no longer than ctx lasts. A panic of work comes
// out of it, as one of the caller's.
func patiently[T any](ctx context.Context, work func() (T, error)) (T, error) {
	type ended struct {
		value T
		err   error
		panic *fleet.Panic
	}
	done := make(chan ended, 1)
	go func() {
		var e ended
		defer func() {
			if p := recover(); p != nil {
				e.panic = &fleet.Panic{Value: p, Stack: debug.Stack()}
			}
			done <- e
		}()
		e.value, e.err = work()
	}()
	select {
	case <-ctx.Done():
		var none T
		return none, errInterrupted
	case e := <-done:
		if e.panic != nil {
			panic(*e.panic)
		}
		return e.value, e.err
	}
}

// readBounded reads a file of at most most bytes; errors read "NAME: reason".
func readBounded(ctx context.Context, name string, most int64) ([]byte, error) {
	b, err := readSource(ctx, func() (io.ReadCloser, error) { return os.Open(name) }, most)
	switch {
	case errors.Is(err, errInterrupted):
		return nil, err
	case err != nil:
		return nil, errors.New(plainPathError(err))
	case int64(len(b)) > most:
		return nil, fmt.Errorf("%s: larger than %d MiB", name, most>>20)
	}
	return b, nil
}

// plainPathError says "NAME: no such file or directory" without the system call.
func plainPathError(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Path + ": " + p.Err.Error()
	}
	return err.Error()
}

// reasonOf is what went wrong with a file, without its name.
func reasonOf(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}
