package consult

import "time"

// Account is a person as administrators see them: without what they sign in with.
type Account struct {
	Person
	// Unused: there is nothing yet that they could sign in with.
	Unused bool
	// Invited is until when an invitation waits for them; zero: none does.
	Invited time.Time
}

// Account returns the person as administrators see them at a moment.
func (p Person) Account(now time.Time) Account {
	a := Account{Person: p, Unused: p.PasswordHash == "" && len(p.Passkeys) == 0 && len(p.Logins) == 0}
	if p.Invitation != nil && now.Before(p.Invitation.Expires) {
		a.Invited = p.Invitation.Expires
	}
	a.Credentials = Credentials{}
	return a
}
