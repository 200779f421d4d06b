package templates

import (
	"time"

	"silta/consult"
)

// People is the administrator's list of people. Its search posts to /people/-/search, which leads back to it with "search".
type People struct {
	Page
	Search string
	// Searching: the list is what the search found.
	Searching bool
	// Show limits the list to those with whom something is the matter: "unused", "unheard" or "disabled".
	Show string
	// All is how many there are, whatever was searched for, and of them Unused, Unheard and Disabled.
	All, Unused, Unheard, Disabled int
	// Found is how many the list has on all its pages; the page begins with number First, from 0, and has People.
	Found, First int
	People       []ListedPerson
	// Next is the id behind which the next page begins, and After the one behind which this one does; "": there is none.
	Next, After string
}

// searching is the value that keeps the search in addresses.
func (p People) searching() string {
	if p.Searching {
		return "1"
	}
	return ""
}

// troubles are the choices of whom to list, those that anybody is in.
func (p People) troubles() (list []option) {
	for _, o := range []struct {
		show string
		n    int
	}{{"unused", p.Unused}, {"unheard", p.Unheard}, {"disabled", p.Disabled}} {
		if o.n > 0 || p.Show == o.show {
			list = append(list, option{o.show, p.L.T("people.show."+o.show, "n", o.n)})
		}
	}
	return list
}

// ListedPerson is a person in the list.
type ListedPerson struct {
	ID, Name, Email string
	// Roles and About are in the reader's language.
	Roles, About string
	Disabled     bool
	// Unheard: mail to them comes back.
	Unheard bool
	// Unused: there is nothing yet that they could sign in with.
	Unused bool
}

// Is reports whether a list that shows only some has the person.
func (l ListedPerson) Is(show string) bool {
	switch show {
	case "unused":
		return l.Unused
	case "unheard":
		return l.Unheard
	case "disabled":
		return l.Disabled
	}
	return true
}

// PersonPage is a person's record. It posts to /people, or to /people/ID, /people/ID/invite, /people/ID/disable, /people/ID/mail-works, /people/ID/enable and
// /people/ID/tokens/TOKEN/end.
type PersonPage struct {
	Page
	// New: the person is to be added.
	New    bool
	Person consult.Person
	// Unused: there is nothing yet that they could sign in with. Invited is until when an invitation waits for them.
	Unused  bool
	Invited time.Time
	// Pools are the names of the person's pools, with who says so where it is not the rules.
	Pools []string
	// Ties are what would come loose if they were disabled; nil where the reader cannot do that.
	Ties *PersonTies
	// MailFault says why mail to them does not arrive, if it does not.
	MailFault      string
	Municipalities []string
	Tokens         []AccountToken
	Moves          []Move
	// Mails: invitations can be sent.
	Mails  bool
	Errors Errors
}

// PersonTies are what would come loose if somebody could not sign in any more. Pools are called by their names.
type PersonTies struct {
	// Sessions is how many browsers they are signed in on, Sent how many of the requests that they sent are not ended.
	Sessions, Sent int
	// Alone are the pools for which nobody else works, Leads those that they coordinate.
	Alone, Leads []string
	Held         []HeldIn
	Shifts       []ShiftsIn
}

// HeldIn is how many open requests somebody has in a pool.
type HeldIn struct {
	Pool string
	N    int
}

// ShiftsIn are somebody's shifts in a pool in the coming weeks.
type ShiftsIn struct {
	Pool string
	N    int
	// Now: they are on call already. First is when the first shift begins.
	Now   bool
	First time.Time
}

// Move is a change of somebody's mail address.
type Move struct {
	From string
	At   time.Time
	// By is who did it, "" for the program.
	By string
}

func (p PersonPage) field(pointer, kind, value string) field {
	return field{l: p.L, form: "person", pointer: pointer, value: value, kind: kind, errors: p.Errors}
}

func (p PersonPage) action() string {
	if p.New {
		return "/people"
	}
	return "/people/" + p.Person.ID
}

func roleValues(roles []consult.Role) []string {
	values := make([]string, len(roles))
	for i, r := range roles {
		values[i] = string(r)
	}
	return values
}
