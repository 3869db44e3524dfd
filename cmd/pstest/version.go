package main

import "runtime/debug"

// version is set by the linker alone: -ldflags "-X main.version=0.1.0".
var version string

// buildVersion is the linker's version, else the module's, else "dev".
func buildVersion() string {
	if version != "" {
		return version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "dev"
	}
	return info.Main.Version
}

// tool names this program and its build.
func tool() string { return "pstest " + buildVersion() }
