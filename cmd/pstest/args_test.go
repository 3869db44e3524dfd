package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestArrange(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"win01", "-- win01"},
		{"win01 --plan", "--plan -- win01"},
		{"win01 -u alice win02", "--user=alice -- win01 win02"},
		{"-u=-alice win01", "--user=-alice -- win01"},
		{"--user alice win01", "--user=alice -- win01"},
		{"-user alice win01", "--user=alice -- win01"},
		{"win01 -4", "--4 -- win01"},
		{"-6 win01", "--6 -- win01"},
		{"--timeout=5s -- -win01 --plan", "--timeout=5s -- -win01 --plan"},
		{"- -5", "-- - -5"},
		{"-2144108526 0x5", "-- -2144108526 0x5"},
		{"--plan=false h", "--plan=false -- h"},
		{"--path=/a=b h", "--path=/a=b -- h"},
		{"-h", "--help --"},
		{"", "--"},
	} {
		flags := append(checkFlags(), helpFlag())
		got, err := arrange(strings.Fields(c.in), flags)
		if err != nil {
			t.Errorf("%s: %v", c.in, err)
			continue
		}
		if d := cmp.Diff(strings.Fields(c.want), got); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.in, d)
		}
	}
}

func TestArrangeRefuses(t *testing.T) {
	for in, want := range map[string]string{
		"h --tiemout 5":           "unknown flag --tiemout, did you mean --timeout?; --help lists the flags",
		"h -x":                    "unknown flag -x; --help lists the flags",
		"h -5":                    "",
		"h --user a -u b":         "flag --user was given twice; accepted once",
		"h --plan --plan":         "flag --plan was given twice; accepted once",
		"h --user":                "flag --user needs a value",
		"h -u --plan":             `flag -u needs a value, and "--plan" is a flag; write -u=VALUE for a value that begins with a hyphen`,
		"h -u --":                 `flag -u needs a value, and "--" is a flag; write -u=VALUE for a value that begins with a hyphen`,
		"h --insecure=perhaps":    `flag --insecure takes no value, and "perhaps" was given`,
		"h --password hunter2":    "unknown flag --password, did you mean --password-file or --password-stdin?; --help lists the flags",
		"h --password=hunter2":    "unknown flag --password, did you mean --password-file or --password-stdin?; --help lists the flags",
		"h --password-file a b -": "",
	} {
		_, err := arrange(strings.Fields(in), checkFlags())
		if got := errorText(err); got != want {
			t.Errorf("%s:\n got %s\nwant %s", in, got, want)
		}
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestNearest(t *testing.T) {
	words := []string{"certificate-name", "certificate-dates", "https-listener", "check", "explain"}
	for typed, want := range map[string]string{
		"certificate-nane": "certificate-name",
		"chek":             "check",
		"EXPLIAN":          "explain",
		"listener":         "https-listener",
		"certificate":      "certificate-dates certificate-name",
		"zzz":              "",
		"":                 "",
		"x":                "",
		"plain":            "explain",
	} {
		if got := strings.Join(nearest(typed, words), " "); got != want {
			t.Errorf("%q: %q, want %q", typed, got, want)
		}
	}
}

// FuzzArrange: no command line makes it panic, and every argument behind "--" survives.
func FuzzArrange(f *testing.F) {
	f.Add("win01 -u alice --plan -- -x")
	f.Add("-=- --= -4 ---")
	f.Fuzz(func(t *testing.T, line string) {
		args := strings.Fields(line)
		got, err := arrange(append(args, "--", "last"), checkFlags())
		if err == nil && got[len(got)-1] != "last" {
			t.Errorf("%q: %q", line, got)
		}
	})
}
