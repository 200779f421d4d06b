package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"silta/cmd/internal/app"
	"silta/consult"
)

type userList struct {
	configFlag
	Role     consult.Role `placeholder:"ROLE" help:"Only who has this role: requester, specialist, admin or auditor."`
	Disabled bool         `help:"Only who is disabled."`
	JSON     bool         `help:"Print the people as JSON."`
}

// Help ends the command's help.
func (userList) Help() string {
	return `Example:
  silta user list --role specialist --config /etc/silta/silta.yaml`
}

// listedPerson is a person as they are listed, without what they sign in with.
type listedPerson struct {
	ID           string             `json:"id"`
	Name         string             `json:"name"`
	Email        string             `json:"email"`
	Language     consult.Language   `json:"language"`
	Roles        []consult.Role     `json:"roles"`
	Profession   consult.Profession `json:"profession"`
	Municipality string             `json:"municipality"`
	Disabled     bool               `json:"disabled"`
	// MailFault is the code with which mail to the person came back, "" where it arrives.
	MailFault string `json:"mail_fault"`
}

// Run lists the people.
func (c userList) Run(ctx context.Context, w world) error {
	if c.Role != "" && !slices.Contains(consult.Roles, c.Role) {
		return errors.New("--role: write " + words(consult.Roles))
	}
	return withServer(ctx, c.configFlag, w, func(a app.Admin) error {
		people, err := a.People(ctx)
		if err != nil {
			return err
		}
		listed := []listedPerson{}
		for _, p := range people {
			if c.Role != "" && !p.Is(c.Role) || c.Disabled && !p.Disabled {
				continue
			}
			listed = append(listed, listedPerson{
				p.ID, p.Name, p.Email, p.Language, p.Roles, p.Profession, p.Municipality, p.Disabled,
				p.MailFault.Status,
			})
		}
		if c.JSON {
			return printJSON(w.stdout, listed)
		}
		t := tabwriter.NewWriter(w.stdout, 0, 0, 2, ' ', 0)
		for _, p := range listed {
			about := strings.Trim(string(p.Profession)+", "+p.Municipality, ", ")
			if p.Disabled {
				about = strings.TrimPrefix(about+", disabled", ", ")
			}
			if p.MailFault != "" {
				about = strings.TrimPrefix(about+", mail does not arrive ("+p.MailFault+")", ", ")
			}
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", p.ID, p.Name, strings.ReplaceAll(words(p.Roles), ", ", ","), about)
		}
		return t.Flush()
	})
}
