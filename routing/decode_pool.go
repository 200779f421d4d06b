package routing

import (
	"slices"

	"silta/consult"
	"silta/routing/worktime"
)

func (d *decoder) allPools(n *node) {
	if n.kind != mapNode {
		d.bad(n.at, "wants", "key", "pools", "wanted", aMapping)
		return
	}
	if len(n.entries) == 0 {
		d.missing(n.at, "pools")
	}
	for _, e := range n.entries {
		if !consult.ValidID(e.key) { // Narrower than other ids: it becomes a part of keys, event subjects and addresses.
			d.bad(e.at, "bad-pool-id", "key", show(e.key))
			continue
		}
		d.id = e.key
		p := Pool{ID: e.key, At: e.at, ClaimWithin: defaultClaim, AnswerWithin: defaultAnswer, Calendar: worktime.Always(d.doc.Timezone),
			Unclaimed: defaultUnclaimed}
		d.pool(e.value, &p)
		d.doc.Pools = append(d.doc.Pools, p)
		d.id = ""
	}
}

func (d *decoder) pool(n *node, p *Pool) {
	if !d.mapping(n, "pools", "name", "about", "hours", "modes", "languages", "accepts", "claim-within", "answer-within", "lead",
		"members", "key-persons", "on-call", "unclaimed", "escalate", "asks", "snippets") {
		return
	}
	p.Name, p.About = d.translated(n.get("name"), "name"), d.translated(n.get("about"), "about")
	if v := n.get("hours"); v != nil {
		if s, ok := d.name(v, "hours"); ok {
			p.Hours = s
			d.hours = append(d.hours, use{name: s, id: p.ID, at: v.at})
			for _, h := range d.doc.Hours {
				if h.ID == s {
					p.Calendar = h.Calendar
				}
			}
		}
	}
	if p.Modes = codeList[consult.Mode](d, n.get("modes"), "modes", modeCodes); n.get("modes") == nil {
		p.Modes = consult.Modes
	}
	if p.Accepts = codeList[consult.Profession](d, n.get("accepts"), "accepts", professionCodes); n.get("accepts") == nil {
		p.Accepts = consult.Professions
	}
	p.Languages = codeList[consult.Language](d, n.get("languages"), "languages", languageCodes)
	p.ClaimWithin = d.deadlines(n.get("claim-within"), "claim-within", defaultClaim)
	p.AnswerWithin = d.deadlines(n.get("answer-within"), "answer-within", defaultAnswer)
	p.Lead, _ = d.person(n.get("lead"), "lead")
	p.Members = d.persons(n.get("members"), "members")
	if v := n.get("key-persons"); v != nil {
		d.keyPersons(v, p)
	}
	if v := n.get("on-call"); v != nil {
		before := d.errors
		p.OnCallAt = v.at
		p.OnCall = d.onCall(v)
		p.onCallUnread = d.errors > before
		if p.OnCall.Calendar != "" {
			p.OnCall.Staff = staff(p)
		}
	}
	p.Asks = d.asks(n.get("asks"))
	p.Snippets = d.snippets(n.get("snippets"))
	if v := n.get("unclaimed"); v != nil {
		p.Unclaimed = d.steps(v, "unclaimed", d.claimStep)
	}
	p.Escalate = d.steps(n.get("escalate"), "escalate", d.answerStep)
}

func (d *decoder) deadlines(n *node, what string, missing Deadlines) Deadlines {
	if n == nil || !d.mapping(n, what, urgencyCodes...) {
		return missing
	}
	list := Deadlines{}
	for _, u := range consult.Urgencies {
		list[u] = missing[u]
		if v := n.get(string(u)); v != nil {
			if within, ok := d.duration(v, what); ok {
				list[u] = within
			}
		}
	}
	return list
}

// person reads a person's id and keeps it for the look-up among the known users.
func (d *decoder) person(n *node, what string) (string, bool) {
	if n == nil {
		return "", false
	}
	s, ok := d.name(n, what)
	if ok {
		d.doc.persons = append(d.doc.persons, use{name: s, id: d.id, at: n.at})
	}
	return s, ok
}

func (d *decoder) persons(n *node, what string) []string {
	ids, at := d.names(n, what)
	for i, s := range ids {
		d.doc.persons = append(d.doc.persons, use{name: s, id: d.id, at: at[i]})
	}
	return ids
}

func (d *decoder) keyPersons(n *node, p *Pool) {
	if !d.mapping(n, "key-persons", d.doc.Municipalities...) {
		return
	}
	p.KeyPersons = map[string]string{}
	for _, e := range n.entries {
		if s, ok := d.person(e.value, "key-persons"); ok {
			d.doc.persons[len(d.doc.persons)-1].shown = true
			p.KeyPersons[e.key] = s
		}
	}
}

// staff are the pool's lead and members.
func staff(p *Pool) []string {
	all := slices.Clone(p.Members)
	if p.Lead != "" && !slices.Contains(all, p.Lead) {
		all = append(all, p.Lead)
	}
	return all
}
