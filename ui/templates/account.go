package templates

import (
	"fmt"
	"strings"
	"time"

	"silta/consult"
)

// SignInCode is the page that asks for a one-time code after the password. It posts "code" and "next" to /sign-in/code.
type SignInCode struct {
	Page
	Next string
	// Problem is what went wrong, or "".
	Problem string
	// Kept is what was being sent when the session was found to be over.
	Kept []Kept
}

// Forgot is the page for asking for a new password. It posts "name" to /sign-in/forgot.
type Forgot struct {
	Page
	// Sent: it was asked for. Whether anything was sent is not told.
	Sent bool
}

// Invitation is the form behind the link of an invitation. It posts "new_password" to its own address.
type Invitation struct {
	Page
	// Name and ID are whom it is for.
	Name, ID string
	// Min is the least length of a password.
	Min    int
	Errors Errors
}

// Account is the page of what one signs in with. Its forms post to /account/password, /account/codes/new, /account/codes/end,
// /account/passkeys/new, /account/passkeys/ID/end, /account/sessions/end, /account/sessions/ID/end, /account/tokens and /account/tokens/ID/end.
type Account struct {
	Page
	ID, Email string
	Moves     []Move
	// Min is the least length of a password.
	Min         int
	HasPassword bool
	HasCodes    bool
	// Recovery is how many recovery codes are left.
	Recovery int
	// MayPasskeys: one can add passkeys.
	MayPasskeys bool
	Passkeys    []AccountPasskey
	Sessions    []AccountSession
	Tokens      []AccountToken
	// Form is the form that was refused, with its Errors and what was typed into it.
	Form   string
	Errors Errors
	Note   string
	Days   string
	Scopes []consult.TokenScope
}

// AccountPasskey is one of somebody's passkeys.
type AccountPasskey struct {
	ID, Name string
	Created  time.Time
	// Used is the zero time for one that was never used.
	Used time.Time
	// Synced: it may be on several of their devices.
	Synced bool
}

// AccountSession is a place where somebody is signed in.
type AccountSession struct {
	ID string
	// Method, Browser and System are codes.
	Method, Browser, System string
	Began, Used             time.Time
	// Here: it is the reader's own.
	Here bool
}

// AccountToken is one of somebody's tokens.
type AccountToken struct {
	ID, Note string
	Scopes   []consult.TokenScope
	Created  time.Time
	// Expires is the zero time for one that does not end; Used for one that was never used.
	Expires, Used time.Time
}

// NewCodes is the page that sets up one-time codes. It posts "code" to /account/codes.
type NewCodes struct {
	Page
	// Secret is the secret as it is typed.
	Secret string
	// Size is how many squares the QR code of it is wide, Squares which of them are black.
	Size    int
	Squares [][2]int
	Errors  Errors
}

// NewPasskey is the page that has the browser make a passkey. It posts "passkey" and "passkey_name" to /account/passkeys.
type NewPasskey struct {
	Page
	// Options are what the browser is asked for.
	Options string
	// Name is what the passkey is called unless its owner calls it otherwise.
	Name   string
	Errors Errors
}

// ShownOnce shows secrets that are never shown again: Kind is "recovery", "token" or "feed". Its path is where the reader goes on.
type ShownOnce struct {
	Page
	Kind    string
	Secrets []string
}

// path draws the squares.
func (p NewCodes) path() string {
	var b strings.Builder
	for _, s := range p.Squares {
		fmt.Fprintf(&b, "M%d %dh1v1h-1z", s[0], s[1])
	}
	return b.String()
}

// quiet is the empty border that a QR code needs.
const quiet = 4

func (p NewCodes) viewBox() string {
	return fmt.Sprintf("%d %d %d %d", -quiet, -quiet, p.Size+2*quiet, p.Size+2*quiet)
}

// faultsOf are the faults of a form, none where another one was refused.
func (p Account) faultsOf(form string) Errors {
	if p.Form != form {
		return nil
	}
	return p.Errors
}

func (p Account) field(form, pointer, kind, value string) field {
	return field{l: p.L, form: form, pointer: pointer, value: value, kind: kind, errors: p.faultsOf(form)}
}

// scopes are the words of a token's scopes.
func (p Page) scopes(scopes []consult.TokenScope) string {
	names := make([]string, len(scopes))
	for i, s := range scopes {
		names[i] = p.L.T("scope." + string(s))
	}
	return strings.Join(names, ", ")
}
