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
	"pstest/probe"
)

// maxPassword bounds a password, in bytes. Windows takes at most 256 characters.
const maxPassword = 4096

// passwordVariable is the environment variable that may hold the password.
const passwordVariable = "PSTEST_PASSWORD"

// accepted sources of a password, for messages.
const passwordSources = "--password-file FILE, --password-stdin, " + passwordVariable + ", or a terminal to ask at"

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
		return passwordFile(ctx, w, p.file)
	case p.stdin:
		b, err := readSource(ctx, w.stdin, maxPassword+2)
		return passwordFrom(b, err, "--password-stdin")
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

// passwordFile also warns of a file that others can read, once it is read.
func passwordFile(ctx context.Context, w *world, name string) (negotiate.Secret, error) {
	var mode fs.FileMode
	b, err := readSource(ctx, func() (io.ReadCloser, error) {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
			mode = info.Mode().Perm()
		}
		return f, nil
	}, maxPassword+2)
	secret, err := passwordFrom(b, err, "--password-file "+name)
	if err == nil && mode&0o077 != 0 {
		w.say(fmt.Sprintf("warning: password file %s can be read by others (mode %04o); chmod 600 it", name, mode))
	}
	return secret, err
}

// passwordFrom makes a password of what was read of its source, which is named
// in messages.
func passwordFrom(b []byte, err error, source string) (negotiate.Secret, error) {
	switch {
	case errors.Is(err, errInterrupted):
		return negotiate.Secret{}, err
	case err != nil:
		return negotiate.Secret{}, usagef("%s: %s", source, reasonOf(err))
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

// prompt asks without echo. Whatever ends it, the terminal is as before.
func prompt(ctx context.Context, tty *os.File, user string) (negotiate.Secret, error) {
	fd := int(tty.Fd())
	before, err := term.MakeRaw(fd)
	if err != nil {
		return negotiate.Secret{}, usagef("no password for %s and no terminal to ask at; accepted: %s", user, passwordSources)
	}
	fmt.Fprintf(tty, "Password for %s: ", probe.Clean(user, 200))
	typed, err := patiently(ctx, func() ([]byte, error) { return typedLine(tty) })
	if back := term.Restore(fd, before); err == nil {
		err = back
	}
	fmt.Fprintln(tty)
	switch {
	case errors.Is(err, errInterrupted):
		return negotiate.Secret{}, err
	case err != nil:
		return negotiate.Secret{}, usagef("no password was typed; accepted: %s", passwordSources)
	case len(typed) > maxPassword:
		return negotiate.Secret{}, usagef("the password is longer than %d bytes", maxPassword)
	}
	return negotiate.NewSecret(string(typed)), nil
}

// What keys send to a terminal in raw mode.
const (
	keyInterrupt = 0x03 // Ctrl-C
	keyEnd       = 0x04 // Ctrl-D
	keyBackspace = 0x08
	keyKill      = 0x15 // Ctrl-U
	keyDelete    = 0x7f // what most keyboards send for backspace
)

// typedLine reads a line from a terminal in raw mode, key by key: io.EOF for
// Ctrl-D, errInterrupted for Ctrl-C. Of a longer line than a password may be,
// the beginning is returned, still too long.
func typedLine(tty io.Reader) ([]byte, error) {
	var line []byte
	key := make([]byte, 1)
	for {
		n, err := tty.Read(key)
		if err != nil || n == 0 {
			return nil, io.EOF
		}
		switch key[0] {
		case '\r', '\n':
			return line, nil
		case keyInterrupt:
			return nil, errInterrupted
		case keyEnd:
			return nil, io.EOF
		case keyKill:
			line = nil
		case keyBackspace, keyDelete:
			_, last := utf8.DecodeLastRune(line)
			line = line[:len(line)-last]
		default:
			if len(line) <= maxPassword {
				line = append(line, key[0])
			}
		}
	}
}
