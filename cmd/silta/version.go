package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// release is set by the linker (-X main.release=1.2.3) where a package is built from a source without its history.
var release string

type version struct{}

// Help ends the command's help.
func (version) Help() string { return "Example:\n  silta version" }

// Run prints the version, the Go version and the build.
func (version) Run(w world) error {
	v, build := release, "unknown"
	if info, ok := debug.ReadBuildInfo(); ok {
		if v == "" {
			v = info.Main.Version
		}
		if b := buildOf(info.Settings); b != "" {
			build = b
		}
	}
	if v == "" {
		v = "(devel)"
	}
	_, err := fmt.Fprintf(w.stdout, "silta %s\n%s %s/%s\nbuild %s\n", v, runtime.Version(), runtime.GOOS, runtime.GOARCH, build)
	return err
}

// buildOf names the commit that the program was built from.
func buildOf(settings []debug.BuildSetting) string {
	var revision, at, changed string
	for _, s := range settings {
		switch s.Key {
		case "vcs.revision":
			revision = s.Value
		case "vcs.time":
			at = " of " + s.Value
		case "vcs.modified":
			if s.Value == "true" {
				changed = ", changed since"
			}
		}
	}
	if revision == "" {
		return ""
	}
	return revision + at + changed
}
