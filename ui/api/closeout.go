package api

import (
	"github.com/labstack/echo/v4"

	"silta/consult"
)

type closeInput struct {
	Outcome           consult.Outcome         `json:"outcome"`
	Referral          consult.ReferralOutcome `json:"referral"`
	ValueClient       *int                    `json:"value_client"`
	ValueMe           *int                    `json:"value_me"`
	Text              string                  `json:"text"`
	IdentityConfirmed []string                `json:"identity_confirmed"`
}

func (in closeInput) command() (consult.Command, []string) {
	cmd := consult.CloseOut{Outcome: in.Outcome, Referral: in.Referral, ValueClient: never, ValueMe: never, Text: in.Text}
	var missing []string
	if in.ValueClient != nil {
		cmd.ValueClient = *in.ValueClient
	} else {
		missing = append(missing, "/value_client")
	}
	if in.ValueMe != nil {
		cmd.ValueMe = *in.ValueMe
	} else {
		missing = append(missing, "/value_me")
	}
	return consult.CloseCommand{CloseOut: cmd, IdentityConfirmed: in.IdentityConfirmed}, missing
}

// closeOut is the end: the five questions to the sender.
func (a *API) closeOut(c echo.Context, who consult.Actor) error { return do[closeInput](a, c, who) }
