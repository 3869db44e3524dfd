package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"unicode/utf8"

	"golang.org/x/term"

	"pstest/negotiate"
)

// maxPassword bounds a password, in bytes. Windows takes at most 256 characters.
const maxPassword = 4096

// passwordVariable is the environment variable that may hold the password.
const passwordVariable = "PSTEST_PASSWORD"

// accepted sources of a password, for messages.
const passwordSources = "--password-file FILE, --password-stdin, " + passwordVariable + ", or a terminal to ask at"

// errInterrupted ends the prompt.
var errInterrupted = errors.New("interrupted at the password prompt; nothing was sent")

// passwordFlags say where the password comes from.
type passwordFlags struct {
	file     string
	fromFile bool
	stdin    bool
}

// read gets the password from the one source that was named, else from the
// environment, else by asking at the terminal.
func (p passwordFlags) read(ctx context.Context, w *world, user string) (negotiate.Secret, error) {
	fromEnv := w.getenv(passwordVariable)
	if err := p.onlyOne(fromEnv != ""); err != nil {
		return negotiate.Secret{}, err
	}
	switch {
	case p.fromFile:
		return passwordFile(w, p.file)
	case p.stdin:
		return passwordFrom(w.in, "--password-stdin")
	case fromEnv != "":
		return onePassword([]byte(fromEnv), passwordVariable)
	default:
		return ask(ctx, w, user)
	}
}

func (p passwordFlags) onlyOne(fromEnv bool) error {
	var given []string
	if p.fromFile {
		given = append(given, "--password-file")
	}
	if p.stdin {
		given = append(given, "--password-stdin")
	}
	if fromEnv {
		given = append(given, passwordVariable)
	}
	if len(given) > 1 {
		return usagef("the password comes from %s; accepted: one source", strings.Join(given, " and "))
	}
	return nil
}

func passwordFile(w *world, name string) (negotiate.Secret, error) {
	f, err := os.Open(name)
	if err != nil {
		return negotiate.Secret{}, usagef("--password-file %s", plainPathError(err))
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o077 != 0 {
		w.say(fmt.Sprintf("warning: password file %s can be read by others (mode %04o); chmod 600 it", name, info.Mode().Perm()))
	}
	return passwordFrom(f, "--password-file "+name)
}

// passwordFrom reads a password of one line; the source is for messages.
func passwordFrom(r io.Reader, source string) (negotiate.Secret, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxPassword+3))
	if err != nil {
		return negotiate.Secret{}, usagef("%s can't be read: %s", source, plainPathError(err))
	}
	return onePassword(b, source)
}

// onePassword takes one final newline off and refuses what can't be a password,
// never showing it.
func onePassword(b []byte, source string) (negotiate.Secret, error) {
	s, cut := strings.CutSuffix(string(b), "\n")
	if cut {
		s = strings.TrimSuffix(s, "\r")
	}
	problem := ""
	switch {
	case s == "":
		problem = "is empty"
	case len(s) > maxPassword:
		problem = fmt.Sprintf("is longer than %d bytes", maxPassword)
	case strings.HasPrefix(s, "\xef\xbb\xbf"), strings.HasPrefix(s, "\xff\xfe"), strings.HasPrefix(s, "\xfe\xff"):
		problem = "begins with a byte order mark"
	case !utf8.ValidString(s):
		problem = "is not UTF-8"
	case strings.ContainsAny(s, "\n\r\x00"):
		problem = "has more than one line"
	}
	if problem != "" {
		return negotiate.Secret{}, usagef("%s %s; accepted: the password alone, in UTF-8, with or without a final newline", source, problem)
	}
	return negotiate.NewSecret(s), nil
}

// ask prompts at the terminal: the controlling one, else stdin where that is one.
func ask(ctx context.Context, w *world, user string) (negotiate.Secret, error) {
	tty, err := w.openTTY()
	if err == nil {
		defer tty.Close()
	} else if _, ok := terminal(w.in); ok {
		tty = w.in.(*os.File)
	} else {
		return negotiate.Secret{}, usagef("no password for %s and no terminal to ask at; accepted: %s", user, passwordSources)
	}
	return prompt(ctx, tty, user)
}

// prompt asks without echo. When ctx ends, the terminal gets its echo back.
func prompt(ctx context.Context, tty *os.File, user string) (negotiate.Secret, error) {
	fd := int(tty.Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return negotiate.Secret{}, usagef("no password for %s and no terminal to ask at; accepted: %s", user, passwordSources)
	}
	fmt.Fprintf(tty, "Password for %s: ", user)
	defer fmt.Fprintln(tty)
	type typed struct {
		text []byte
		err  error
	}
	done := make(chan typed, 1)
	go func() {
		text, err := term.ReadPassword(fd)
		done <- typed{text, err}
	}()
	select {
	case <-ctx.Done():
		if err := term.Restore(fd, before); err != nil {
			return negotiate.Secret{}, err
		}
		return negotiate.Secret{}, errInterrupted
	case t := <-done:
		if t.err != nil {
			return negotiate.Secret{}, usagef("no password was typed; accepted: %s", passwordSources)
		}
		return negotiate.NewSecret(string(t.text)), nil
	}
}

// readBounded reads a file of at most most bytes; errors read "NAME: reason".
func readBounded(name string, most int64) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, errors.New(plainPathError(err))
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, most+1))
	if err != nil {
		return nil, errors.New(plainPathError(err))
	}
	if int64(len(b)) > most {
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
