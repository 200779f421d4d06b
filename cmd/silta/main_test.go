package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/rogpeppe/go-internal/testscript"

	"silta/cmd/internal/config"
	"silta/consult"
)

var update = flag.Bool("update", false, "write what came into the scripts as what is wanted")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"silta": main})
}

// TestScripts runs the program as people do. A command that must fail with a certain status is written `exits STATUS silta …`.
func TestScripts(t *testing.T) {
	example, err := filepath.Abs("../../config.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       *update,
		Setup: func(e *testscript.Env) error {
			e.Setenv("EXAMPLE", example)
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){"exits": exits},
	})
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS COMMAND [ARGUMENT...]")
	}
	err := ts.Exec(args[1], args[2:]...)
	status := 0
	if exit, ok := errors.AsType[interface {
		error
		ExitCode() int
	}](err); ok {
		status = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if fmt.Sprint(status) != args[0] {
		ts.Fatalf("exit status %d, want %s", status, args[0])
	}
}

// TestHelp: every command shows an example that is a command line of its own.
func TestHelp(t *testing.T) {
	parser, err := kong.New(&commands{}, kong.NoDefaultHelp())
	if err != nil {
		t.Fatal(err)
	}
	leaves := parser.Model.Leaves(true)
	if len(leaves) < 7 {
		t.Fatalf("%d commands", len(leaves))
	}
	for _, leaf := range leaves {
		var out, errs strings.Builder
		args := append(strings.Fields(leaf.Path()), "--help")
		if got := run(t.Context(), args, world{stdout: &out, stderr: &errs}); got != 0 || errs.Len() > 0 {
			t.Errorf("%s: %d, %s", args, got, errs.String())
		}
		_, example, ok := strings.Cut(out.String(), "\nExample")
		if !ok || !strings.Contains(example, " silta "+leaf.Path()) {
			t.Errorf("%s shows no example of itself:\n%s", args, out.String())
		}
	}
}

func TestStatus(t *testing.T) {
	for _, test := range []struct {
		err  error
		want int
		says string
	}{
		{nil, 0, ""},
		{errNo, 1, ""},
		{fmt.Errorf("rules: %w", errNo), 1, ""},
		{consult.Fail(consult.Conflict, "person.exists"), 1, "silta: "},
		{fmt.Errorf("adding: %w", consult.Fail(consult.NotFound, "person.unknown")), 1, "silta: adding: "},
		{consult.Fail(consult.Unavailable, "closed"), 2, "silta: "},
		{consult.Fail(consult.Internal, "disk"), 2, "silta: "},
		{io.ErrUnexpectedEOF, 2, "silta: unexpected EOF\n"},
		{config.Faults{{File: "a", Line: 1, Column: 2, Path: "b", Reason: "c"}}, 2, "a:1:2: b: c\n"},
	} {
		var stderr strings.Builder
		if got := status(test.err, &stderr); got != test.want || !strings.HasPrefix(stderr.String(), test.says) {
			t.Errorf("%v: %d %q, want %d %q", test.err, got, stderr.String(), test.want, test.says)
		}
	}
}

func TestLoopback(t *testing.T) {
	hosts := map[string][]string{
		"localhost":   {"::1", "127.0.0.1"},
		"six":         {"::1"},
		"both":        {"127.0.0.1", "192.0.2.1"},
		"elsewhere":   {"192.0.2.1"},
		"nonsense":    {"here"},
		"no-one.test": {},
	}
	w := world{lookup: func(_ context.Context, host string) ([]string, error) {
		if a, ok := hosts[host]; ok {
			return slices.Clone(a), nil
		}
		return nil, errors.New("no such host")
	}}
	for address, want := range map[string]string{
		"127.0.0.1:8080":        "127.0.0.1:8080",
		"127.9.9.9:0":           "127.9.9.9:0",
		"[::1]:8080":            "[::1]:8080",
		"[::ffff:127.0.0.1]:80": "127.0.0.1:80",
		"localhost:8080":        "127.0.0.1:8080",
		"six:80":                "[::1]:80",
		"both:80":               "",
		"elsewhere:80":          "",
		"nonsense:80":           "",
		"no-one.test:80":        "",
		"unheard-of:80":         "",
		"0.0.0.0:8080":          "",
		"[::]:8080":             "",
		":8080":                 "",
		"192.0.2.1:8080":        "",
		"[fe80::1%lo]:8080":     "",
		"8080":                  "",
		"":                      "",
	} {
		got, err := loopback(t.Context(), address, w)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v; want %q", address, got, err, want)
		}
	}
}
