// Command silta routes consultation requests of child and family services to the specialists who answer them. It is one program:
// the server, a demonstration of it, and the tools to administer it and to try routing rules.
//
// Exit status: 0; 1 if the answer is no (errors were found, a test failed, the server refused); 2 if the command could not run.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"silta/cmd/internal/config"
	"silta/consult"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// A second signal ends the program at once.
	context.AfterFunc(ctx, stop)
	os.Exit(run(ctx, os.Args[1:], world{
		stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, environ: os.Environ(), now: time.Now,
		lookup: net.DefaultResolver.LookupHost,
	}))
}

// world is all that a command has to do with outside its arguments.
type world struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	environ        []string
	now            func() time.Time
	// lookup returns the addresses of a host.
	lookup func(ctx context.Context, host string) ([]string, error)
}

const (
	exitNo  = 1
	exitRun = 2
)

// errNo is what a command returns where it could run and the answer is no, after it has said why.
var errNo = errors.New("no")

// errHelp is returned where help was all that was asked for.
var errHelp = errors.New("help")

type commands struct {
	Show helpFlag `name:"help" short:"h" help:"Show this help."`

	Demo    demo    `cmd:"" help:"Run the whole system on this machine, with an example region and its people."`
	Serve   serve   `cmd:"" help:"Run the server."`
	User    user    `cmd:"" help:"Administer people."`
	Token   token   `cmd:"" help:"Administer API tokens."`
	Rules   rules   `cmd:"" help:"Check, try and publish routing rules."`
	Backup  backup  `cmd:"" help:"Copy the data of a server, while it runs."`
	Restore restore `cmd:"" help:"Make a data directory of a backup."`
	Verify  verify  `cmd:"" help:"Prove that log, view and hash chain are whole."`

	Key       key       `cmd:"" help:"Replace the master key."`
	Erase     erase     `cmd:"" help:"Erase a request for good."`
	Retention retention `cmd:"" help:"Erase what is not to be kept any longer, or say what would be."`
	Version   version   `cmd:"" help:"Show the version of the program."`
}

// Help ends the program's help.
func (commands) Help() string { return "Example:\n  silta demo" }

// helpFlag shows the help of whatever command it stands behind, even where arguments are missing.
type helpFlag bool

// BeforeReset is called by kong before anything is checked.
func (helpFlag) BeforeReset(ctx *kong.Context) error {
	if err := ctx.PrintUsage(false); err != nil {
		return err
	}
	return errHelp
}

// run executes a command line and returns its exit status.
func run(ctx context.Context, args []string, w world) int {
	parser, err := kong.New(&commands{},
		kong.Name("silta"),
		kong.Description("Consultation requests of child and family services, routed to the specialists who answer them."),
		kong.Writers(w.stdout, w.stderr),
		kong.NoDefaultHelp(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	)
	if err != nil {
		fmt.Fprintln(w.stderr, "silta:", err)
		return exitRun
	}
	command, err := parser.Parse(args)
	switch {
	case errors.Is(err, errHelp):
		return 0
	case err != nil:
		hint := "silta --help"
		if parse, ok := errors.AsType[*kong.ParseError](err); ok && parse.Context != nil && parse.Context.Selected() != nil {
			hint = "silta " + parse.Context.Selected().Path() + " --help"
		}
		fmt.Fprintf(w.stderr, "silta: %v\nTry: %s\n", err, hint)
		return exitRun
	}
	command.BindTo(ctx, (*context.Context)(nil))
	return status(command.Run(w), w.stderr)
}

// status says what went wrong, if anything, and returns the exit status for it.
func status(err error, stderr io.Writer) int {
	if err == nil {
		return 0
	}
	if errors.Is(err, errNo) {
		return exitNo
	}
	if faults, ok := errors.AsType[config.Faults](err); ok {
		fmt.Fprintln(stderr, faults)
		return exitRun
	}
	text := err.Error()
	if known, ok := errors.AsType[*consult.Error](err); ok {
		text = strings.Replace(text, known.Error(), sentence(known), 1)
	}
	fmt.Fprintln(stderr, "silta:", text)
	if _, ok := errors.AsType[*consult.Error](err); ok {
		switch consult.KindOf(err) {
		case consult.NotFound, consult.Invalid, consult.Conflict, consult.Stale, consult.Forbidden:
			return exitNo
		}
	}
	return exitRun
}
