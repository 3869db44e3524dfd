package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
	"golang.org/x/term"
)

// openPTY makes a pseudo-terminal: what the user's side and what the program's
// side of it is.
func openPTY(t *testing.T) (user, program *os.File) {
	t.Helper()
	user, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skipf("no pseudo-terminals here: %v", err)
	}
	t.Cleanup(func() { user.Close() })
	if err := unix.IoctlSetPointerInt(int(user.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Skipf("no pseudo-terminals here: %v", err)
	}
	n, err := unix.IoctlGetInt(int(user.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Skipf("no pseudo-terminals here: %v", err)
	}
	program, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no pseudo-terminals here: %v", err)
	}
	return user, program
}

// screen collects what the program shows.
func screen(user *os.File) func() string {
	var b bytes.Buffer
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = io.Copy(&b, user) // ends with EIO when the program's side is closed
	}()
	return func() string { <-done; return b.String() }
}

func TestPromptDoesNotEcho(t *testing.T) {
	user, program := openPTY(t)
	shown := screen(user)
	w, _, _ := testWorld("")
	w.openTTY = func() (*os.File, error) { return program, nil }
	go func() {
		time.Sleep(50 * time.Millisecond)
		io.WriteString(user, "hunter2\n")
	}()
	secret, err := passwordFlags{}.read(t.Context(), w, "alice")
	if err != nil || secret.Reveal() != "hunter2" {
		t.Errorf("read %q, %v", secret.Reveal(), err)
	}
	if text := shown(); !strings.HasPrefix(text, "Password for alice: ") || strings.Contains(text, "hunter2") {
		t.Errorf("shown: %q", text)
	}
}

// TestPromptKeys: keys that edit do, and those that end the prompt leave the
// terminal as it was.
func TestPromptKeys(t *testing.T) {
	for _, c := range []struct {
		name, keys, want, fails string
	}{
		{"enter", "hunter2\r", "hunter2", ""},
		{"empty", "\r", "", ""},
		{"backspace", "hé\x7f\x7f\x7fhunte\x08r2\r", "huntr2", ""},
		{"kill", "wrong\x15hunter2\r", "hunter2", ""},
		{"control d", "\x04", "", "no password was typed; accepted: " + passwordSources},
		{"control d behind letters", "hun\x04", "", "no password was typed; accepted: " + passwordSources},
		{"control c", "hun\x03", "", errInterrupted.Error()},
		{"too long", strings.Repeat("x", maxPassword+9) + "\r", "", "the password is longer than 4096 bytes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			user, program := openPTY(t)
			defer program.Close()
			_ = screen(user)
			before, err := term.GetState(int(program.Fd()))
			if err != nil {
				t.Fatal(err)
			}
			go func() {
				time.Sleep(50 * time.Millisecond)
				io.WriteString(user, c.keys)
			}()
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			defer cancel()
			secret, err := prompt(ctx, program, "alice")
			if secret.Reveal() != c.want || errorText(err) != c.fails || ctx.Err() != nil {
				t.Errorf("%q, %v; want %q, %q", secret.Reveal(), err, c.want, c.fails)
			}
			if after, err := term.GetState(int(program.Fd())); err != nil || *after != *before {
				t.Errorf("the terminal is not as it was: %v", err)
			}
		})
	}
}

// TestInterruptedPrompt: the terminal echoes again afterwards.
func TestInterruptedPrompt(t *testing.T) {
	user, program := openPTY(t)
	before, err := term.GetState(int(program.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	keep, err := os.OpenFile(program.Name(), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer keep.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := prompt(ctx, program, "alice"); err != errInterrupted {
		t.Errorf("prompt: %v", err)
	}
	after, err := term.GetState(int(keep.Fd()))
	if err != nil || *after != *before {
		t.Errorf("the terminal is not as it was: %+v, %+v, %v", before, after, err)
	}
	io.WriteString(user, "\n") // ends the read that was left behind
	program.Close()
}

func TestTerminalWidth(t *testing.T) {
	user, program := openPTY(t)
	defer program.Close()
	w, _, _ := testWorld("")
	w.out = program
	for have, want := range map[uint16]int{100: 100, 30: 60, 300: 120, 0: 80} {
		if err := unix.IoctlSetWinsize(int(user.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: have}); err != nil {
			t.Fatal(err)
		}
		if got := w.columns(); got != want {
			t.Errorf("a terminal of %d columns: %d, want %d", have, got, want)
		}
	}
	if !w.colors() {
		t.Error("no colours on a terminal")
	}
	for _, name := range []string{"NO_COLOR=1", "TERM=dumb"} {
		key, value, _ := strings.Cut(name, "=")
		w.getenv = func(k string) string {
			if k == key {
				return value
			}
			return ""
		}
		if w.colors() {
			t.Errorf("colours with %s", name)
		}
	}
}
