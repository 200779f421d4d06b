package ui

import (
	"silta/consult"
	"silta/ui/templates"
)

// readAction reads the form of an action as it was typed.
func readAction(a consult.Action, f formValues) templates.ActionForm {
	form := templates.ActionForm{
		Action: a, Text: f.text("text"), Disposition: f.line("disposition"), Minutes: f.line("minutes"),
		Person: f.line("person"), Pool: f.line("pool"), Reason: f.text("reason"),
		Outcome: f.line("outcome"), Referral: f.line("referral"), ValueClient: f.line("value_client"), ValueMe: f.line("value_me"),
		IdentityConfirmed: f.all("identity_confirmed"),
		Step:              f.line("step"), Done: f.is("done"), Role: f.line("role"), Name: f.line("name"),
	}
	for _, row := range f.rows("plan", "what", "who", "due") {
		form.Plan = append(form.Plan, templates.StepForm{What: row[0], Who: row[1], Due: row[2]})
	}
	return form
}

// said is what the sender adds.
func said(f templates.ActionForm) consult.Said {
	return consult.Said{Text: f.Text, IdentityConfirmed: f.IdentityConfirmed}
}
