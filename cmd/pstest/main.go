// Command pstest tells whether PowerShell remoting to a Windows host works from
// here and, where it does not, which documented limit is in the way.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"pstest/fleet"
	"pstest/limits"
	"pstest/probe"
)

func main() { os.Exit(withSignals(os.Args[1:])) }

// withSignals runs with a context that the first Ctrl-C or SIGTERM ends; the
// second one ends the process as if no one listened.
func withSignals(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	return run(ctx, args, realWorld())
}

// world is everything outside that a command touches.
type world struct {
	in       io.Reader
	out, err io.Writer
	getenv   func(string) string
	openTTY  func() (*os.File, error)
	probe    probe.Env
}

func realWorld() *world {
	return &world{in: os.Stdin, out: os.Stdout, err: os.Stderr, getenv: os.Getenv, probe: probe.DefaultEnv(),
		openTTY: func() (*os.File, error) { return os.OpenFile("/dev/tty", os.O_RDWR, 0) }}
}

// run does what the arguments (without the program's name) ask for and returns
// the exit status. A panic of ours becomes the status of a bug.
func run(ctx context.Context, args []string, w *world) (status int) {
	defer func() {
		if p := recover(); p != nil {
			status = w.bug(p, debug.Stack())
		}
	}()
	return w.finish(dispatch(ctx, args, w))
}

// usageError is what the user did wrong, in one line: what was wrong with what,
// and what is accepted.
type usageError struct{ text string }

func (e usageError) Error() string { return e.text }

func usagef(format string, args ...any) error { return usageError{fmt.Sprintf(format, args...)} }

// exit is an exit status that a command comes to without anything to say.
type exit limits.Status

func (e exit) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// finish turns what a command returned into a status, with one line on stderr
// where there is something to say. An error that is no one's usage (a full
// disk, a port in use) is "could not tell".
func (w *world) finish(err error) int {
	var usage usageError
	var status exit
	switch {
	case err == nil:
		return int(limits.StatusWorks)
	case errors.As(err, &status):
		return int(status)
	case errors.As(err, &usage):
		w.say(usage.text)
		return int(limits.StatusUsage)
	default:
		w.say(err.Error())
		return int(limits.StatusUnknown)
	}
}

// say writes one line for people to stderr. What users and files put into it is
// made safe for a terminal here, and so it stays one line.
func (w *world) say(line string) { fmt.Fprintln(w.err, "pstest: "+probe.Clean(line, maxSaid)) }

// maxSaid bounds a line on stderr, in runes.
const maxSaid = 2000

// bug reports a panic. The panic's value may hold anything, so only its type
// and where it happened are shown.
func (w *world) bug(p any, stack []byte) int {
	if carried, ok := p.(fleet.Panic); ok {
		p, stack = carried.Value, carried.Stack
	}
	w.say(fmt.Sprintf("a bug in %s: a panic with a value of type %T at %s", tool(), p, origin(stack)))
	w.say("please report this line and the command without its host names; nothing else of this run is needed")
	return int(limits.StatusBug)
}
