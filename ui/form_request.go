package ui

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"silta/consult"
	"silta/ui/templates"
)

// readRequest reads the form of a new request twice: as it was typed, and as a request with the faults of what is no request yet.
func readRequest(f formValues) (templates.RequestForm, consult.Request, faults) {
	form := templates.RequestForm{
		Command: f.line("command"),
		Age:     f.line("client.age"), Pregnant: f.is("client.pregnant"),
		Municipality: f.line("client.municipality"), Language: f.line("client.language"),
		Concerns: f.all("concerns"), RedFlags: f.all("red_flags"),
		Urgency: f.line("urgency"), Mode: f.line("mode"), Involved: f.all("involved"),
		Background: f.text("background"), Tried: f.text("tried"), Assessment: f.text("assessment"), Question: f.text("question"),
		Identified: f.is("client.identified"),
		Hetu:       f.line("client.identity.hetu"), Name: f.line("client.identity.name"), Basis: f.line("client.identity.basis"),
		InterlockConfirmed: f.all("interlock_confirmed"), IdentityConfirmed: f.all("identity_confirmed"),
	}
	var wrong faults
	r := consult.Request{
		Client: consult.Client{
			Age: wrong.number("/client/age", form.Age), Pregnant: form.Pregnant, Municipality: form.Municipality,
			Language: consult.Language(form.Language),
		},
		Concerns: codes[consult.Concern](form.Concerns), RedFlags: codes[consult.RedFlag](form.RedFlags),
		Urgency: consult.Urgency(form.Urgency), Mode: consult.Mode(form.Mode), Involved: codes[consult.Party](form.Involved),
		Background: form.Background, Tried: form.Tried, Assessment: form.Assessment, Question: form.Question,
		InterlockConfirmed: form.InterlockConfirmed, IdentityConfirmed: form.IdentityConfirmed,
	}
	for i, row := range f.rows("instruments", "name", "score", "date") {
		form.Instruments = append(form.Instruments, templates.InstrumentForm{Name: row[0], Score: row[1], Date: row[2]})
		at := "/instruments/" + strconv.Itoa(i)
		r.Instruments = append(r.Instruments, consult.Instrument{
			Name: row[0], Score: wrong.number(at+"/score", row[1]), Date: day(row[2]),
		})
	}
	if form.Identified {
		r.Client.Identity = &consult.Identity{Hetu: strings.ToUpper(form.Hetu), Name: form.Name, Basis: consult.Basis(form.Basis)}
	}
	return form, r, wrong
}

// order is that of the fields on the form: the faults above it are told in the same.
var order = []string{
	"/client/age", "/client/municipality", "/client/language", "/client/identity", "/concerns", "/red_flags", "/background", "/tried",
	"/involved", "/instruments", "/assessment", "/question", "/urgency", "/mode", "/interlock_confirmed",
}

// fieldsOf returns the faults that an error tells, in the order of the form.
func fieldsOf(err error) []consult.FieldError {
	e, ok := errors.AsType[*consult.Error](err)
	if !ok {
		return nil
	}
	place := func(f consult.FieldError) int {
		return slices.IndexFunc(order, func(p string) bool { return f.Pointer == p || strings.HasPrefix(f.Pointer, p+"/") })
	}
	fields := slices.Clone(e.Fields)
	slices.SortStableFunc(fields, func(a, b consult.FieldError) int { return place(a) - place(b) })
	return fields
}
