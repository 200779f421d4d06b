package routing

import (
	"time"

	"silta/consult"
	"silta/routing/oncall"
)

// World is what a check knows besides the document.
type World struct {
	// Now is the moment from which the next days are looked at.
	Now time.Time
	// Persons are the ids of the known users; nil: they are not known, and persons are not checked.
	Persons []string
	// Obstacles say of some of them what keeps them from being told anything.
	Obstacles map[string]Obstacle
	// Known is what duty depends on besides the rules.
	Known oncall.Known
	// Claimed are the pools that the configuration makes people members of by claims. Nothing that is checked counts on them.
	Claimed []ClaimedPool
	// Calendar tells of a calendar by the name that the rules give it; nil: nothing is known of any, and duty by calendar is not checked.
	Calendar func(calendar string, zone *time.Location) CalendarNews
}

// ClaimedPool is a pool that claims can give.
type ClaimedPool struct {
	consult.ClaimedPool
	// At is where that stands in the same file as the document; the zero place: elsewhere.
	At Pos
}

// Obstacle is what keeps a person from being told anything.
type Obstacle string

// Obstacles.
const (
	// Disabled: the person cannot sign in any more.
	Disabled Obstacle = "disabled"
	// AddressMissing: no mail address is known.
	AddressMissing Obstacle = "address-missing"
	// AddressFails: mail to the address comes back.
	AddressFails Obstacle = "address-fails"
)

// Examine parses a document and reports all that is wrong with it, in the order of the places: what [Parse] finds in how it is written, and
// what it means: rules that no request reaches or that change nothing, requests that no rule takes, modes and professions that a pool does
// not take, pools with nobody to answer, stretches with nobody on call, deadlines that cannot be met, hand-overs in a circle, persons who
// are unknown or cannot be told anything. The document is nil only where nothing could be read.
//
// The verdicts about rules hold for every possible request, whether an interlock stops it or not. They are exact; where the
// analysis would take too long it says so, with the code not-analysed, and gives no verdict. While a rule cannot be read, only
// what holds in any case is reported.
func Examine(file string, data []byte, world World) (*Document, []Finding) {
	doc, found := parse(file, data)
	if doc != nil {
		doc.runTests(found)
		found.check(doc, world)
	}
	return doc, found.sorted()
}

// check reports what is wrong with what a document means.
func (found *findings) check(doc *Document, world World) {
	a := newAnalysis(Compile(doc))
	a.report(found)
	if world.Persons != nil {
		found.unknown(doc.persons, world.Persons, UnknownPerson, "unknown-person", "no-persons")
		doc.reportObstacles(world.Obstacles, found)
	}
	doc.reportClaimed(world.Claimed, found)
	doc.reportAnswerers(a, found)
	doc.reportLoops(found)
	looks := stepLooks
	for i := range doc.Pools {
		if p := &doc.Pools[i]; p.reportTime(world.Now, &looks, found) {
			a.reportCover(p, world, found)
		}
	}
	if looks <= 0 {
		found.add(Pos{}, NotAnalysed, "", "not-analysed", "what", phrase("whether-steps-fire"))
	}
}
