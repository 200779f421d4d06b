package ical

import (
	"strings"

	"silta/consult"
)

// Directory finds the persons whom a calendar names.
type Directory struct {
	address, name map[string]string
}

// NewDirectory makes a directory of people. Who is disabled is not in it; an address or a name that several have means nobody.
func NewDirectory(people []consult.Person) Directory {
	d := Directory{address: map[string]string{}, name: map[string]string{}}
	add := func(m map[string]string, key, id string) {
		key = strings.ToLower(strings.TrimSpace(key))
		if other, taken := m[key]; taken && other != id {
			id = ""
		}
		m[key] = id
	}
	for _, p := range people {
		if p.Disabled {
			continue
		}
		add(d.address, p.Email, p.ID)
		add(d.name, p.Name, p.ID)
	}
	for _, p := range people { // An id goes before a name.
		if !p.Disabled {
			d.name[p.ID] = p.ID
		}
	}
	delete(d.address, "")
	delete(d.name, "")
	return d
}

// people returns the ids of those whom a duty names, each once.
func (d Directory) people(duty Duty) []string {
	var ids []string
	seen := map[string]bool{}
	for _, address := range duty.Addresses {
		if id := d.address[address]; id != "" && !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	if ids == nil {
		if id := d.name[strings.ToLower(duty.Summary)]; id != "" {
			ids = []string{id}
		}
	}
	return ids
}

// Shifts returns the shifts of the duties whose people are known, and how many duties name nobody who is.
func (d Directory) Shifts(duties []Duty) (shifts []consult.Shift, unknown int) {
	for _, duty := range duties {
		people := d.people(duty)
		if people == nil {
			unknown++
		}
		for _, id := range people {
			shifts = append(shifts, consult.Shift{Person: id, From: duty.From, To: duty.To})
		}
	}
	return shifts, unknown
}
