package config

import (
	"slices"
	"strings"

	"silta/consult"
)

func (c *SignIn) read(r *reader) {
	list(r, "second-factor", &c.SecondFactor, parseRole)
	r.each("providers", func(r *reader) {
		p := Provider{Scopes: []string{"profile", "email"}, Person: "preferred_username", FullName: "name", Email: "email"}
		p.read(r, c.Providers)
		c.Providers = append(c.Providers, p)
	})
}

// read reads a provider; others are those that stand before it.
func (p *Provider) read(r *reader, others []Provider) {
	scalar(r, "id", &p.ID, parseID)
	r.require("id", "a short name such as county")
	if p.ID != "" && slices.ContainsFunc(others, func(o Provider) bool { return o.ID == p.ID }) {
		r.fault("id", "stands here twice; give each its own")
	}
	r.texts("name", &p.Name)
	scalar(r, "issuer", &p.Issuer, parseIssuer)
	r.require("issuer", "the provider's address, such as https://login.example.fi")
	scalar(r, "client-id", &p.ClientID, parseText)
	r.require("client-id", "what the provider knows this program by")
	p.readSecret(r)
	list(r, "scopes", &p.Scopes, parseText)
	r.section("claims", func(r *reader) {
		scalar(r, "person", &p.Person, parseText)
		scalar(r, "name", &p.FullName, parseText)
		scalar(r, "email", &p.Email, parseText)
		scalar(r, "profession", &p.Profession, parseText)
		scalar(r, "municipality", &p.Municipality, parseText)
	})
	r.each("roles", p.readRole)
	r.each("pools", p.readPool)
	none := len(p.Roles) > 0 && !slices.ContainsFunc(p.Roles, func(rule RoleRule) bool { return rule.Role == consult.Specialist })
	if len(p.Pools) > 0 && none {
		r.fault("pools", "is for specialists, and roles makes nobody one; write a value for the role specialist too, or leave this out")
	}
	r.section("require", func(r *reader) {
		list(r, "acr", &p.ACR, parseToken)
		list(r, "amr", &p.AMR, parseToken)
	})
	scalar(r, "create", &p.Create, parseBool)
	if p.Create && len(p.Roles) == 0 {
		r.fault("create", "needs a mapping to roles; write roles too, or leave this out")
	}
}

// readSecret reads the secret in a file. Without one the provider is to know the program by its id alone, which an empty file
// must not lead to.
func (p *Provider) readSecret(r *reader) {
	var file string
	if r.readable("client-secret-file", &file); file == "" {
		return
	}
	data, err := r.source.read(file)
	if err != nil {
		return // readable has said it.
	}
	if p.ClientSecret = strings.TrimSpace(string(data)); p.ClientSecret == "" {
		r.fault("client-secret-file", "names an empty file; write the secret into it, or leave the key out")
	}
}

func (p *Provider) readRole(r *reader) {
	var rule RoleRule
	scalar(r, "claim", &rule.Claim, parseText)
	r.require("claim", "the name of a claim, such as groups")
	scalar(r, "value", &rule.Value, parseText)
	r.require("value", "the claim's value that gives the role")
	scalar(r, "role", &rule.Role, parseRole)
	r.require("role", "requester, specialist, admin or auditor")
	p.Roles = append(p.Roles, rule)
}

func (p *Provider) readPool(r *reader) {
	var rule PoolRule
	scalar(r, "claim", &rule.Claim, parseText)
	r.require("claim", "the name of a claim, such as groups")
	scalar(r, "value", &rule.Value, parseText)
	r.require("value", "the claim's value that makes somebody a member")
	if v, ok := r.value("pool"); ok {
		into(r, v, "pool", &rule.Pool, parseID)
		rule.Line, rule.Column = v.at.Line, v.at.Column
	}
	r.require("pool", "the id of a pool of the rules")
	p.Pools = append(p.Pools, rule)
}
