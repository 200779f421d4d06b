package ical

import (
	"regexp"
	"strings"
	"time"

	goical "github.com/emersion/go-ical"
)

// zoneName is a name of the time zone database, perhaps behind a path as some programs write it.
var zoneName = regexp.MustCompile(`^(?:/.*/)?([A-Z][A-Za-z_]+(?:/[A-Za-z0-9_+-]+){1,2}|UTC|GMT)$`)

// windowsZones are the names that Exchange and Outlook give to the zones of the Nordic countries and of their neighbours.
var windowsZones = map[string]string{
	"FLE Standard Time": "Europe/Helsinki", "W. Europe Standard Time": "Europe/Berlin", "Romance Standard Time": "Europe/Paris",
	"Central Europe Standard Time": "Europe/Budapest", "Central European Standard Time": "Europe/Warsaw",
	"GMT Standard Time": "Europe/London", "Greenwich Standard Time": "Atlantic/Reykjavik", "UTC": "UTC",
	"(UTC+02:00) Helsinki, Kyiv, Riga, Sofia, Tallinn, Vilnius": "Europe/Helsinki",
}

// zonesOf finds the names by which a calendar itself says what its zones are.
func zonesOf(cal *goical.Calendar) map[string]*time.Location {
	zones := map[string]*time.Location{}
	for _, c := range cal.Children {
		if c.Name != goical.CompTimezone {
			continue
		}
		id, place := c.Props.Get(goical.PropTimezoneID), c.Props.Get("X-LIC-LOCATION")
		if id == nil {
			continue
		}
		for _, name := range []*goical.Prop{id, place} {
			if name != nil && zones[id.Value] == nil {
				zones[id.Value] = zoneOf(name.Value)
			}
		}
	}
	return zones
}

// zone returns the zone of a name, or nil.
func (r *reader) zone(id string) *time.Location {
	if zone := r.zones[id]; zone != nil {
		return zone
	}
	zone := zoneOf(id)
	r.zones[id] = zone
	return zone
}

func zoneOf(name string) *time.Location {
	name = strings.TrimSpace(name)
	if other, ok := windowsZones[name]; ok {
		name = other
	}
	m := zoneName.FindStringSubmatch(name)
	if m == nil {
		return nil
	}
	zone, err := time.LoadLocation(m[1])
	if err != nil {
		return nil
	}
	return zone
}
