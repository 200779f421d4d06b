package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/mail"
	"slices"
	"strings"

	"silta/cmd/internal/app"
	"silta/consult"
)

type user struct {
	Add     userAdd     `cmd:"" help:"Add a person."`
	List    userList    `cmd:"" help:"List people."`
	Disable userDisable `cmd:"" help:"Take from a person all they can do, at once."`
	Enable  userEnable  `cmd:"" help:"Let a person who was disabled sign in again."`
	Invite  userInvite  `cmd:"" help:"Make a link with which a person chooses a password."`
	Passwd  userPasswd  `cmd:"" help:"Give a person a new password."`

	MailWorks userMailWorks `cmd:"" help:"Say that mail arrives at a person's address again."`
}

// Help ends the help of these commands.
func (user) Help() string {
	return "Example:\n  silta user add ville --name \"Ville Virta\" --role specialist --config /etc/silta/silta.yaml"
}

type userAdd struct {
	ID string `arg:"" help:"The name to sign in with, and what rules call the person: a-z, 0-9, - and _."`
	configFlag
	Name          string             `required:"" placeholder:"TEXT" help:"The name that others see."`
	Email         string             `placeholder:"ADDRESS" help:"Where mail to the person goes."`
	Role          []consult.Role     `required:"" placeholder:"ROLE" help:"requester, specialist, admin or auditor; may be given several times."`
	Profession    consult.Profession `placeholder:"CODE" help:"What requests say of their sender, such as school-nurse; a requester has one."`
	Municipality  string             `placeholder:"NAME" help:"Where a requester works."`
	Language      consult.Language   `default:"fi" placeholder:"CODE" help:"fi, sv or en (default: ${default})."`
	PasswordStdin bool               `help:"Read the password from the first line of standard input. Left out: the person can't sign in by password."`
}

// Help ends the command's help.
func (userAdd) Help() string {
	return `Exit status 1 if there is such a person already, or if it is a password that the person could not choose either.

Example:
  silta user add ville --name "Ville Virta" --email ville.virta@example.fi --role requester --profession school-nurse \
    --municipality Ylöjärvi --password-stdin --config /etc/silta/silta.yaml < password.txt`
}

// Run adds the person.
func (c userAdd) Run(ctx context.Context, w world) error {
	if err := c.check(); err != nil {
		return err
	}
	password, err := givenPassword(c.PasswordStdin, c.configFlag, w)
	if err != nil {
		return err
	}
	return withServer(ctx, c.configFlag, w, func(a app.Admin) error {
		return a.AddPerson(ctx, consult.Person{
			ID: c.ID, Name: c.Name, Email: c.Email, Language: c.Language, Roles: c.Role,
			Profession: c.Profession, Municipality: c.Municipality,
		}, password)
	})
}

// check reports all that is wrong with the flags.
func (c userAdd) check() error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if !consult.ValidID(c.ID) || c.ID == consult.SystemID {
		fault("the id: write up to 64 of a-z, 0-9, - and _, and not %q", consult.SystemID)
	}
	if strings.TrimSpace(c.Name) == "" {
		fault("--name: write a name")
	}
	if c.Email != "" {
		if a, err := mail.ParseAddress(c.Email); err != nil || a.Address != c.Email {
			fault("--email: write an address alone, such as ville.virta@example.fi")
		}
	}
	for _, r := range c.Role {
		if !slices.Contains(consult.Roles, r) {
			fault("--role: write %s", words(consult.Roles))
		}
	}
	if c.Profession != "" && !slices.Contains(consult.Professions, c.Profession) {
		fault("--profession: write %s", words(consult.Professions))
	}
	if !slices.Contains(consult.Languages, c.Language) {
		fault("--language: write %s", words(consult.Languages))
	}
	if slices.Contains(c.Role, consult.Requester) && (c.Profession == "" || c.Municipality == "") {
		fault("a requester has a --profession and a --municipality: rules ask for them")
	}
	return errors.Join(faults...)
}

func words[T ~string](values []T) string {
	names := make([]string, len(values))
	for i, v := range values {
		names[i] = string(v)
	}
	return strings.Join(names, ", ")
}

// firstLine reads a password or a passphrase. What it says of a bad one follows on where it was looked for.
func firstLine(r io.Reader) (string, error) {
	const longest = 1024
	line, err := bufio.NewReader(io.LimitReader(r, longest+1)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("cannot be read: %w", plain(err))
	}
	line = strings.TrimRight(line, "\r\n")
	if line == "" || len(line) > longest {
		return "", fmt.Errorf("the first line is empty, or longer than %d bytes", longest)
	}
	return line, nil
}

// givenPassword reads the password that somebody is to have, if it is given.
func givenPassword(given bool, f configFlag, w world) (p app.NewPassword, err error) {
	if !given {
		return p, nil
	}
	if p.Text, err = firstLine(w.stdin); err != nil {
		return p, fmt.Errorf("--password-stdin: standard input: %w", err)
	}
	settings, err := f.load(w)
	if err != nil {
		return p, err
	}
	p.Host = settings.PublicURL.Hostname()
	return p, nil
}

// withServer does something to the data of a server, whether it runs or not.
func withServer(ctx context.Context, f configFlag, w world, do func(app.Admin) error) error {
	settings, err := f.load(w)
	if err != nil {
		return err
	}
	return withData(ctx, settings.Data, do)
}

// withData is [withServer] for a data directory.
func withData(ctx context.Context, dir string, do func(app.Admin) error) error {
	admin, closeAdmin, err := app.Control(ctx, dir)
	if err != nil {
		return err
	}
	defer closeAdmin()
	return do(admin)
}
