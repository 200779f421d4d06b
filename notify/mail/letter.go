package mail

import (
	"strconv"

	"silta/consult"
	"silta/consult/locale"
)

// letter fills in the words of a letter.
func (c *Composer) letter(n Notification) content {
	l, letter := c.catalogue.For(n.Language, c.zone()), n.Letter
	words := "letter." + letter.Kind
	args := c.values(l, letter.Args)
	page := content{
		Language: l.Lang(), Subject: l.Message(words+".subject", args), What: l.Message(words+".what", args),
		More: optional(l, words+".more", args),
		Link: c.PublicURL + letter.Path, Open: l.T(words + ".open"), Footer: l.T("letter.footer"),
	}
	for _, f := range letter.Facts {
		page.Facts = append(page.Facts, fact{l.T("letter.fact." + f.Name), c.shown(l, f.Value)})
	}
	for _, s := range letter.Sections {
		list := section{Title: l.Message("letter.section."+s.Title, c.values(l, s.Args))}
		for _, r := range s.Rows {
			row := struct{ Text, Link string }{Text: l.Message("letter.row."+r.Words, c.values(l, r.Args))}
			if r.Path != "" {
				row.Link = c.PublicURL + r.Path
			}
			list.Rows = append(list.Rows, row)
		}
		page.Sections = append(page.Sections, list)
	}
	return page
}

func (c *Composer) values(l *locale.Localizer, args map[string]consult.LetterValue) map[string]any {
	values := make(map[string]any, len(args))
	for name, v := range args {
		if v == (consult.LetterValue{Number: v.Number}) {
			values[name] = v.Number // as it is: it may choose a plural form
			continue
		}
		values[name] = c.shown(l, v)
	}
	return values
}

func (c *Composer) shown(l *locale.Localizer, v consult.LetterValue) string {
	switch {
	case v.Text != "":
		return v.Text
	case v.Person != "":
		return c.person(v.Person).Name
	case v.Colleague != "":
		p := c.person(v.Colleague)
		if p.Phone == "" {
			return p.Name
		}
		return p.Name + ", " + p.Phone
	case v.Pool != "":
		return c.Pools.PoolName(v.Pool, l.Lang())
	case v.Word != "":
		return l.T(v.Word)
	case !v.Moment.IsZero():
		return moment(l, v.Moment)
	case !v.Day.IsZero():
		return l.Weekday(v.Day) + " " + l.Date(v.Day)
	}
	return strconv.Itoa(v.Number)
}

// person returns somebody to name; of whom nothing is known, the id is the name.
func (c *Composer) person(id string) consult.Person {
	p, err := c.People.Person(id)
	if err != nil || p.Name == "" {
		return consult.Person{ID: id, Name: id}
	}
	return p
}
