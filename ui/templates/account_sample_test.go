package templates_test

import (
	"time"

	"silta/consult"
	"silta/ui/templates"
)

func invitation(p templates.Page) templates.Invitation {
	p.Person = nil
	return templates.Invitation{
		Page: p, Name: "Terhi Terveydenhoitaja", ID: "terhi", Min: 15,
		Errors: templates.Errors{{Pointer: "/new_password", Code: "password-short", Args: map[string]any{"min": 15}}},
	}
}

func account(p templates.Page) templates.Account {
	return templates.Account{
		Page: p, ID: "terhi", Min: 15, HasPassword: true, HasCodes: true, Recovery: 9, Days: "90", MayPasskeys: true,
		Email: "terhi@hyvinvointialue.example", Moves: []templates.Move{
			{From: "terhi.terveydenhoitaja@vanha-kunta.example", At: now.Add(-time.Hour), By: "Anna Aalto"},
			{From: "terhi@kunta.example", At: now.Add(-24 * time.Hour)},
		},
		Passkeys: []templates.AccountPasskey{
			{ID: "a", Name: "Oma puhelin", Created: now.Add(-90 * 24 * time.Hour), Used: now.Add(-time.Hour), Synced: true},
			{ID: "b", Name: "Avaimenperässä oleva turva-avain, jonka sain töistä", Created: now},
		},
		Sessions: []templates.AccountSession{
			{ID: "a", Method: "password-code", Browser: "firefox", System: "windows", Began: now.Add(-time.Hour), Used: now, Here: true},
			{ID: "b", Method: "password", Browser: "samsung", System: "android", Began: now.Add(-30 * time.Hour), Used: now.Add(-9 * time.Hour)},
			{ID: "c", Method: "invitation", Browser: "other", System: "other", Began: now.Add(-50 * time.Hour), Used: now.Add(-49 * time.Hour)},
		},
		Tokens: []templates.AccountToken{
			{ID: "4f9d1c2b7a60", Note: "Lastenpsykiatrian konsultaatioyksikön tilastointi", Scopes: consult.TokenScopes, Created: now},
			{ID: "5f9d1c2b7a60", Scopes: consult.TokenScopes[:1], Created: now, Expires: now.Add(90 * 24 * time.Hour), Used: now},
		},
	}
}

// accountEnrols is the page of who has to set up a second factor first.
func accountEnrols(p templates.Page) templates.Account {
	a := account(p)
	a.Person = &templates.Person{Name: a.Person.Name, About: a.Person.About, Enrols: true}
	a.HasCodes, a.Passkeys, a.Sessions, a.Tokens, a.Moves = false, nil, nil, nil, nil
	return a
}

func accountRefused(p templates.Page) templates.Account {
	a := account(p)
	a.HasCodes, a.Sessions, a.Tokens, a.Passkeys = false, a.Sessions[:1], nil, nil
	a.Form, a.Note, a.Days, a.Scopes = "account-tokens", "Tilastot", "9999", []consult.TokenScope{consult.ScopeRead}
	a.Errors = templates.Errors{
		{Pointer: "/password", Code: "wait", Args: map[string]any{"span": "3 min"}}, {Pointer: "/scopes", Code: "required"},
		{Pointer: "/days", Code: "out-of-range", Args: map[string]any{"min": 1, "max": 732}},
	}
	return a
}

func newCodes(p templates.Page) templates.NewCodes {
	c := templates.NewCodes{
		Page: p, Secret: "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ", Size: 21, Errors: templates.Errors{{Pointer: "/code", Code: "code-wrong"}},
	}
	for i := range 21 {
		c.Squares = append(c.Squares, [2]int{i, i})
	}
	return c
}

func people(p templates.Page) templates.People {
	return templates.People{Page: p, All: 312, Unheard: 1, Disabled: 1, Unused: 12, Found: 312, Next: "aulis", People: []templates.ListedPerson{
		{ID: "terhi", Name: "Terhi Terveydenhoitaja", Email: "terhi.terveydenhoitaja@hyvinvointialue.example", Roles: "Lähettäjä", Unused: true, About: "Kouluterveydenhoitaja, Mänttä-Vilppula"},
		{ID: "leena", Name: "Leena Lastenpsykiatri", Roles: "Asiantuntija", About: "Lastenpsykiatrian konsultaatioyksikkö", Disabled: true},
		{ID: "aulis", Name: "Aulis Ahti", Roles: "Tietosuojavastaava", About: "Tietosuojavastaava", Email: "a@b.example", Unheard: true},
	}}
}

func person(p templates.Page) templates.PersonPage {
	return templates.PersonPage{
		Page: p, Mails: true, Tokens: account(p).Tokens, Pools: []string{"Lastenpsykiatrian konsultaatioyksikkö (tunnistuspalvelusta: Hyvinvointialueen tunnus)"},
		Municipalities: []string{"Mänttä-Vilppula", "Tampere"},
		Person: consult.Person{
			ID: "terhi", Name: "Terhi Terveydenhoitaja", Email: "terhi@hyvinvointialue.example", Language: consult.Finnish,
			Roles: []consult.Role{consult.Requester}, Profession: "school-nurse", Municipality: "Tampere", Revision: 3,
		},
	}
}
