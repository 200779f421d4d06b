package main

import (
	"fmt"
	"path/filepath"
	"time"

	"silta/cmd/internal/app"
	"silta/cmd/internal/config"
	"silta/routing"
	"silta/routing/oncall/feeds"
)

type rulesCheck struct {
	rulesFile
	JSON bool `help:"Print the findings as JSON."`
}

// Help ends the command's help.
func (rulesCheck) Help() string {
	return `Persons are checked where they are known: when the rules are published on a server. A calendar that is a file is read below the
directory of the rules; one at an address is not asked for.
Exit status 1 if there is an error; warnings are for you to judge.

Example:
  silta rules check config.example.yaml`
}

// Run prints all that is found in the document.
func (c rulesCheck) Run(w world) error {
	data, err := input(c.File, w)
	if err != nil {
		return err
	}
	_, found := routing.Examine(c.name(), data, routing.World{
		Now: w.now(), Claimed: app.ClaimedPools(config.Providers(c.name(), data)), Calendar: func(calendar string, zone *time.Location) routing.CalendarNews {
			return feeds.FileNews(filepath.Dir(c.File), calendar, w.now(), zone)
		},
	})
	if err := printFindings(w, found, c.JSON); err != nil {
		return err
	}
	if routing.HasErrors(found) {
		return errNo
	}
	return nil
}

// printFindings prints findings on standard output, a line each or as a list in JSON.
func printFindings(w world, found []routing.Finding, asJSON bool) error {
	if asJSON {
		if found == nil {
			found = []routing.Finding{}
		}
		return printJSON(w.stdout, found)
	}
	for _, f := range found {
		if _, err := fmt.Fprintln(w.stdout, f); err != nil {
			return err
		}
	}
	return nil
}
