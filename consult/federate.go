package consult

import (
	"context"
	"slices"
)

// Login is how a provider of identities knows a person.
type Login struct {
	// Provider is the id that the configuration gives it.
	Provider string `json:"provider"`
	Subject  string `json:"subject"`
}

// Assertion is what a provider of identities says of somebody who has signed in there.
type Assertion struct {
	Login
	// ID is the name to sign in with that they have there; it may be none that is valid here.
	ID   string
	Name string
	// Email, Profession and Municipality are "" where the provider does not tell.
	Email        string
	Language     Language
	Profession   Profession
	Municipality string
	// Roles are those that the claims give by the configuration's mapping. Mapped: there is such a mapping, and it is what counts.
	Roles  []Role
	Mapped bool
	// Pools are those that the claims give by the configuration's mapping.
	Pools []string
	// Create: who is not known yet is added.
	Create bool
}

// Federate returns the person whom a provider's claims are of, as they are after it. What the provider tells is taken over: a role that
// it does not give any more is gone, and so is a pool. Whom the claims give no role at all any more has nothing left, and all that acts
// in their name has ended: the refusal is not all that comes of it.
//
// A person is known by the provider's subject. Who is not known by it yet is the person of the claimed id, if that has no login of any
// provider so far; else nobody takes over somebody's account by having the same name elsewhere. Errors, each of kind [Forbidden]: for
// who is disabled, or unknown and not to be added, for an account that has another login, and for whom the claims give no role.
func (s *Service) Federate(ctx context.Context, c Assertion) (Person, error) {
	people, err := s.view.People()
	if err != nil {
		return Person{}, err
	}
	none := c.Mapped && len(c.Roles) == 0
	i := slices.IndexFunc(people, func(p Person) bool { return slices.Contains(p.Logins, c.Login) })
	if i < 0 && none {
		return Person{}, Fail(Forbidden, "sign-in.no-role")
	}
	if i < 0 {
		i = slices.IndexFunc(people, func(p Person) bool { return p.ID == c.ID })
	}
	if i < 0 {
		return s.addFederated(ctx, c)
	}
	p := people[i]
	if err := p.refuses(c); err != nil {
		return Person{}, err
	}
	if !p.federated(c).same(p) {
		p, err = s.editPerson(ctx, System, p.ID, func(p *Person) error {
			// Looked at again: of two at the same time one is too late.
			if err := p.refuses(c); err != nil {
				return err
			}
			*p = p.federated(c)
			return nil
		})
	}
	if err == nil && none {
		err = Fail(Forbidden, "sign-in.no-role")
	}
	if err != nil {
		return Person{}, err
	}
	return p, nil
}

// refuses says why nobody signs in as the person by these claims, nil where somebody does.
func (p Person) refuses(c Assertion) error {
	switch {
	case len(p.Logins) > 0 && !slices.Contains(p.Logins, c.Login):
		return Fail(Forbidden, "sign-in.taken")
	case p.Disabled:
		return Fail(Forbidden, "sign-in.unknown")
	}
	return nil
}

func (s *Service) addFederated(ctx context.Context, c Assertion) (Person, error) {
	if !c.Create || !c.Mapped || !ValidID(c.ID) || c.ID == SystemID {
		return Person{}, Fail(Forbidden, "sign-in.unknown")
	}
	p := Person{ID: c.ID, Name: c.ID, Language: Finnish}.federated(c)
	// What the claims lack for a record, an administrator has to say first.
	if p.validate() != nil {
		return Person{}, Fail(Forbidden, "sign-in.unknown")
	}
	switch err := s.SetPerson(ctx, System, p); {
	case KindOf(err) == Conflict: // Somebody of that id was added meanwhile: perhaps the same, who signs in twice at once.
		return s.Federate(ctx, c)
	case err != nil:
		return Person{}, err
	}
	return s.view.Person(p.ID)
}

// federated is the record with what the claims say. What they do not tell, or tell in a form that no record can have, stays as it is.
func (p Person) federated(c Assertion) Person {
	with := func(change func(*Person)) {
		next := p
		change(&next)
		if next.validate() == nil || p.validate() != nil {
			p = next
		}
	}
	if !slices.Contains(p.Logins, c.Login) {
		p.Logins = append(slices.Clone(p.Logins), c.Login)
	}
	if c.Profession != "" {
		with(func(p *Person) { p.Profession = c.Profession })
	}
	if c.Mapped {
		// Not "with": a role that is not given any more must go.
		p.Roles = slices.Clone(c.Roles)
	}
	p.Claimed = slices.DeleteFunc(slices.Clone(p.Claimed), func(pool ClaimedPool) bool { return pool.Provider == c.Provider })
	for _, pool := range c.Pools {
		p.Claimed = append(p.Claimed, ClaimedPool{c.Provider, pool})
	}
	if len(p.Roles) == 0 {
		p.Claimed = nil // As it will be written: the same record is not written again at each attempt.
	}
	if c.Name != "" {
		with(func(p *Person) { p.Name = c.Name })
	}
	if c.Email != "" {
		with(func(p *Person) { p.Email = c.Email })
	}
	if c.Language != "" && p.Revision == 0 {
		with(func(p *Person) { p.Language = c.Language })
	}
	if c.Municipality != "" {
		with(func(p *Person) { p.Municipality = c.Municipality })
	}
	return p
}

// same reports whether two records say the same of what claims can change.
func (p Person) same(o Person) bool {
	return p.Name == o.Name && p.Email == o.Email && p.Profession == o.Profession && p.Municipality == o.Municipality &&
		p.Language == o.Language && slices.Equal(p.Roles, o.Roles) && slices.Equal(p.Logins, o.Logins) && slices.Equal(p.Claimed, o.Claimed)
}
