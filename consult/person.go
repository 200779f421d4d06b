package consult

import (
	"slices"
	"time"
)

// Role is what a person may do in general. Which requests they may do it to follows from their relation to each: see [May].
type Role string

// Roles. That somebody coordinates a pool is no role of the person but a line of the rules: the pool's lead.
const (
	Requester  Role = "requester"
	Specialist Role = "specialist"
	Admin      Role = "admin"
	Auditor    Role = "auditor"
)

// Roles in the order in which they are listed.
var Roles = []Role{Requester, Specialist, Admin, Auditor}

// Person is somebody who uses the program.
type Person struct {
	// ID is the name to sign in with, and what rules, rotas and the journal call the person: see [ValidID].
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Email    string   `json:"email,omitempty"`
	Language Language `json:"language"`
	// Roles is empty where a provider of identities, whose claims give them, gives none any more.
	Roles []Role `json:"roles"`
	// Profession and Municipality are facts of the requests that the person sends.
	Profession   Profession `json:"profession,omitempty"`
	Municipality string     `json:"municipality,omitempty"`
	// Phone is shown to whoever answers the person's requests, and in mails about duty to the person's own teams.
	Phone string `json:"phone,omitempty"`
	Credentials
	// Claimed are the pools that providers of identities gave the person when they last signed in there: see [Service.Memberships].
	Claimed  []ClaimedPool `json:"claimed,omitempty"`
	Disabled bool          `json:"disabled,omitempty"`
	// Epoch counts how often all that acts in the person's name was ended: a session or a token of an earlier one is worth nothing.
	Epoch int `json:"epoch,omitempty"`
	// MailFault is zero as long as mail is not known to come back from Email.
	MailFault MailFault `json:"mail_fault,omitzero"`
	// Former are the mail addresses that the person had in the last months, the latest one last.
	Former      []FormerEmail `json:"former,omitempty"`
	Preferences Preferences   `json:"preferences,omitzero"`
	// Revision counts the changes to this record, from 1.
	Revision uint64 `json:"revision"`
}

// FormerEmail is a mail address that a person had.
type FormerEmail struct {
	Email string `json:"email"`
	// Until is the revision of the record with which another one took its place, At and By when that was and who did it.
	Until uint64    `json:"until"`
	At    time.Time `json:"at"`
	By    string    `json:"by"`
}

// formerKept is how long former addresses are kept: whoever wonders where their mail goes has asked by then.
const formerKept = 90 * 24 * time.Hour

// EmailBefore returns the address that the person had before a revision of the record which changed it; "" where it is not known any more.
func (p Person) EmailBefore(revision uint64) string {
	i := slices.IndexFunc(p.Former, func(f FormerEmail) bool { return f.Until == revision })
	if i < 0 {
		return ""
	}
	return p.Former[i].Email
}

// Moved returns the address that the present revision of the record has put another one in the place of, if it has.
func (p Person) Moved() (from FormerEmail, moved bool) {
	if len(p.Former) == 0 {
		return FormerEmail{}, false
	}
	last := p.Former[len(p.Former)-1]
	return last, last.Until == p.Revision
}

// Barred reports whether the person can do nothing at all: who is disabled, or whose provider of identities gives no role any more.
func (p Person) Barred() bool { return p.Disabled || len(p.Roles) == 0 }

// Is reports whether the person has the role.
func (p Person) Is(r Role) bool { return slices.Contains(p.Roles, r) }

// Actor is whoever gives a command or asks to see something: a person with their places in pools, or the program itself.
type Actor struct {
	Person
	Memberships []Membership
	// System marks the program itself, which escalates and expires.
	System bool
	// Operator is who runs a command on the server, by their name there, and "" elsewhere: a program that acts for nobody was still
	// started by somebody.
	Operator string
	// Token is what the actor has shown to be the person, nil where it was no token.
	Token *Token
}

// Allows reports whether what the actor was let in by reaches so far: a token only as far as its scopes.
func (a Actor) Allows(s TokenScope) bool { return a.Token == nil || a.Token.Allows(s) }

// Administers reports whether the actor may change people, tokens and rules.
func (a Actor) Administers() bool { return a.System || a.Is(Admin) }

// SystemID stands in the journal where the program itself acted.
const SystemID = "system"

// System is the program as an actor.
var System = Actor{Person: Person{ID: SystemID}, System: true}

// MemberOf reports whether the actor answers for the pool, as a member or as its lead.
func (a Actor) MemberOf(pool string) bool {
	return slices.ContainsFunc(a.Memberships, func(m Membership) bool { return m.Pool == pool })
}

// Leads reports whether the actor coordinates the pool.
func (a Actor) Leads(pool string) bool {
	return slices.ContainsFunc(a.Memberships, func(m Membership) bool { return m.Pool == pool && m.Lead })
}

// Pools returns the ids of the actor's pools in the order of the rules.
func (a Actor) Pools() []string {
	pools := make([]string, len(a.Memberships))
	for i, m := range a.Memberships {
		pools[i] = m.Pool
	}
	return pools
}

// ValidID reports whether s can be the id of a person, a pool or any other subject: 1 to 64 of a-z, 0-9, "-" and "_", not
// starting with "-". Ids become parts of NATS subjects, of keys and of URLs, so nothing else may stand in them.
func ValidID(s string) bool {
	if s == "" || len(s) > 64 || s[0] == '-' {
		return false
	}
	for _, r := range s {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '_' {
			return false
		}
	}
	return true
}
