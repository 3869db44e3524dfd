package main

import (
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"
)

// arrange puts flags before arguments, since the flag parser stops at the first
// argument. It takes flags before, between and behind arguments, "--flag=value",
// one hyphen or two, and "--" behind which everything is an argument. Unknown
// and repeated flags and missing values are errors here. A negative number that
// is no flag is an argument.
func arrange(args []string, flags []cli.Flag) ([]string, error) {
	a := arranger{known: flagTable(flags), seen: map[string]bool{}}
	for i := 0; i < len(args); i++ {
		arg := args[i]
		if arg == "--" {
			a.rest = append(a.rest, args[i+1:]...)
			break
		}
		if !a.isFlag(arg) {
			a.rest = append(a.rest, arg)
			continue
		}
		used, err := a.flag(arg, args[i+1:])
		if err != nil {
			return nil, err
		}
		i += used
	}
	return append(append(a.first, "--"), a.rest...), nil
}

type arranger struct {
	known map[string]cli.Flag // by every name
	seen  map[string]bool     // by first name
	first []string
	rest  []string
}

func flagTable(flags []cli.Flag) map[string]cli.Flag {
	known := map[string]cli.Flag{}
	for _, f := range flags {
		for _, name := range f.Names() {
			known[name] = f
		}
	}
	return known
}

// isFlag: "-" is an argument (stdin), and so is "-2144108526" unless "-2144108526" is a flag.
func (a *arranger) isFlag(arg string) bool {
	if len(arg) < 2 || arg[0] != '-' {
		return false
	}
	if _, err := strconv.ParseInt(arg, 0, 64); err == nil {
		_, known := a.known[arg[1:]]
		return known
	}
	return true
}

// flag takes one flag and returns how many of the next arguments it used.
func (a *arranger) flag(arg string, next []string) (used int, err error) {
	name, value, given := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(arg, "-"), "-"), "=")
	f, ok := a.known[name]
	if !ok {
		return 0, usagef("unknown flag %s%s; --help lists the flags", dashed(name), didYouMean(name, longNames(a.known), dashed))
	}
	first := f.Names()[0]
	if a.seen[first] {
		return 0, usagef("flag %s was given twice; accepted once", dashed(first))
	}
	a.seen[first] = true
	if !f.(cli.DocGenerationFlag).TakesValue() {
		return 0, a.boolean(first, value, given)
	}
	if !given {
		if len(next) == 0 {
			return 0, usagef("flag %s needs a value", dashed(name))
		}
		if a.isFlag(next[0]) || next[0] == "--" {
			return 0, usagef("flag %s needs a value, and %q is a flag; write %s=VALUE for a value that begins with a hyphen", dashed(name), next[0], dashed(name))
		}
		value, used = next[0], 1
	}
	a.first = append(a.first, "--"+first+"="+value)
	return used, nil
}

func (a *arranger) boolean(name, value string, given bool) error {
	if given {
		if _, err := strconv.ParseBool(value); err != nil {
			return usagef("flag %s takes no value, and %q was given", dashed(name), value)
		}
		a.first = append(a.first, "--"+name+"="+value)
		return nil
	}
	a.first = append(a.first, "--"+name)
	return nil
}

func dashed(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}

func longNames(known map[string]cli.Flag) []string {
	var names []string
	for name := range known {
		if len(name) > 1 {
			names = append(names, name)
		}
	}
	return names
}
