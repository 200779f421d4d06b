package feeds

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"silta/consult"
	"silta/routing/oncall"
	"silta/routing/oncall/ical"
)

// Use is a pool that goes by a calendar.
type Use struct{ Pool, Calendar string }

// Options are what a keeper works with; all of it is needed.
type Options struct {
	// Dir is where the last good copies are; it is made if need be. Files is the directory of calendars that are files.
	Dir, Files string
	// Uses returns the pools of the rules in force that go by a calendar.
	Uses func() []Use
	// People returns everybody who can be on call.
	People func() ([]consult.Person, error)
	// Zone is the time zone of the rules.
	Zone func() *time.Location
}

// StaleAfter is how old what is known of a calendar may be before somebody has to look.
const StaleAfter = 24 * time.Hour

// keepUnused is how long after it was read last a calendar that the rules in force do not name is known: requests go by the rules that
// they were sent under, and old rules come back.
const keepUnused = 40 * 24 * time.Hour

// What is known of a calendar goes from pastWindow before the last reading to aheadWindow after it.
const (
	pastWindow  = 40 * 24 * time.Hour
	aheadWindow = 400 * 24 * time.Hour
)

// State is how a pool's calendar stands.
type State struct {
	// Pools go by it.
	Pools []string
	// Read is when it was last read from where it is; zero: never.
	Read time.Time
	// Err says what went wrong the last time, in English, without an address or anything out of the calendar; "": nothing did.
	Err   string
	Stale bool
	// Faults are of events that were left out; Unknown is how many duties name nobody who is known.
	Faults  []ical.Fault
	Unknown int
	// Version counts the times that its text has changed, Changed is when it last did.
	Version uint64
	Changed time.Time
}

// Keeper holds the calendars. It is safe for concurrent use.
type Keeper struct {
	o      Options
	client *http.Client
	// turn is held while refreshing.
	turn sync.Mutex

	shifts atomic.Pointer[map[string][]consult.Shift]
	mu     sync.RWMutex
	known  map[string]*known
}

// known is what the keeper has of a calendar.
type known struct {
	copy *kept
	// err is why it could not be read where it is the last time, broken why the copy cannot be understood.
	err, broken error
	faults      []ical.Fault
	unknown     int
}

// New makes a keeper with the last good copies of an earlier life of the program. They count from [Keeper.Recall] on.
func New(o Options) (*Keeper, error) {
	k := &Keeper{o: o, client: newClient(), known: map[string]*known{}}
	copies, err := loadCopies(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("copies of calendars: %w", err)
	}
	for _, c := range copies {
		k.known[c.Calendar] = &known{copy: c}
	}
	k.shifts.Store(&map[string][]consult.Shift{})
	return k, nil
}

// Feed is an [oncall.Feed].
func (k *Keeper) Feed(calendar string) []consult.Shift { return (*k.shifts.Load())[calendar] }

// Recall makes the last good copies count, without asking anybody.
func (k *Keeper) Recall(now time.Time) error {
	k.turn.Lock()
	defer k.turn.Unlock()
	return k.resolve(now)
}

// Refresh reads all calendars anew, and finds out whom they mean now. The error joins what went wrong, by the pools.
func (k *Keeper) Refresh(ctx context.Context, now time.Time) error {
	k.turn.Lock()
	defer k.turn.Unlock()
	pools := k.pools()
	var faults []error
	for _, calendar := range slices.Sorted(maps.Keys(pools)) {
		last := k.last(calendar)
		fresh, err := k.read(ctx, calendar, last, now)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err == nil {
			err = fresh.save(k.o.Dir)
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("calendar of %s: %w", strings.Join(pools[calendar], ", "), err))
		}
		k.mu.Lock()
		of := k.known[calendar]
		if of == nil {
			of = &known{}
			k.known[calendar] = of
		}
		if of.err = err; fresh != nil {
			of.copy = fresh
		}
		k.mu.Unlock()
	}
	faults = append(faults, k.forget(pools, now))
	if err := k.resolve(now); err != nil {
		faults = append(faults, err)
	}
	return errors.Join(faults...)
}

// forget deletes what is known of calendars that the rules in force have not named for a while: no request goes by them any more, and
// they hold names.
func (k *Keeper) forget(pools map[string][]string, now time.Time) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	var faults []error
	for calendar, of := range k.known {
		if pools[calendar] != nil || of.copy != nil && now.Sub(of.copy.Read) <= keepUnused {
			continue
		}
		if err := os.Remove(path(k.o.Dir, calendar)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			faults = append(faults, errors.New("the copy of a calendar that is not used any more cannot be deleted"))
			continue
		}
		delete(k.known, calendar)
	}
	return errors.Join(faults...)
}

// pools returns the pools by their calendars.
func (k *Keeper) pools() map[string][]string {
	pools := map[string][]string{}
	for _, u := range k.o.Uses() {
		pools[u.Calendar] = append(pools[u.Calendar], u.Pool)
	}
	return pools
}

func (k *Keeper) last(calendar string) *kept {
	k.mu.RLock()
	defer k.mu.RUnlock()
	if of := k.known[calendar]; of != nil {
		return of.copy
	}
	return nil
}

// read returns the copy after a reading: a new one, or the last one where nothing has changed.
func (k *Keeper) read(ctx context.Context, calendar string, last *kept, now time.Time) (*kept, error) {
	address, file, err := oncall.Source(calendar)
	if err != nil {
		return nil, err
	}
	var got answer
	if address != nil {
		got, err = k.fetch(ctx, address, last)
	} else {
		got.text, err = readFile(k.o.Files, file)
	}
	if err != nil {
		return nil, err
	}
	fresh := &kept{Calendar: calendar, Read: now, ETag: got.etag, Modified: got.modified, Version: 1, Changed: now}
	if last != nil {
		fresh.Version, fresh.Changed = last.Version, last.Changed
	}
	switch {
	case got.unchanged:
		fresh.Text, fresh.ETag, fresh.Modified = last.Text, last.ETag, last.Modified
	case last == nil || string(got.text) != string(last.Text):
		if _, _, err := ical.Read(got.text, k.window(now)); err != nil {
			return nil, err
		}
		fresh.Text = got.text
		if last != nil {
			fresh.Version, fresh.Changed = last.Version+1, now
		}
	default:
		fresh.Text = last.Text
	}
	return fresh, nil
}

func (k *Keeper) window(now time.Time) ical.Window {
	return ical.Window{From: now.Add(-pastWindow), To: now.Add(aheadWindow), Zone: k.o.Zone()}
}

// resolve finds out who is on call when by all copies.
func (k *Keeper) resolve(now time.Time) error {
	people, err := k.o.People()
	if err != nil {
		return err
	}
	directory := ical.NewDirectory(people)
	shifts := map[string][]consult.Shift{}
	k.mu.Lock()
	defer k.mu.Unlock()
	for calendar, of := range k.known {
		if of.copy == nil {
			continue
		}
		duties, faults, err := ical.Read(of.copy.Text, k.window(now))
		if of.broken = err; err != nil {
			continue
		}
		of.faults = faults
		shifts[calendar], of.unknown = directory.Shifts(duties)
	}
	k.shifts.Store(&shifts)
	return nil
}

// States returns how the calendars of the rules in force stand, in the order of their first pools.
func (k *Keeper) States(now time.Time) []State {
	var states []State
	at := map[string]int{}
	for _, u := range k.o.Uses() {
		i, seen := at[u.Calendar]
		if !seen {
			i = len(states)
			at[u.Calendar] = i
			states = append(states, k.State(u.Calendar, now))
		}
		states[i].Pools = append(states[i].Pools, u.Pool)
	}
	return states
}

// State returns how a calendar stands, whether the rules in force have it or not.
func (k *Keeper) State(calendar string, now time.Time) State {
	k.mu.RLock()
	defer k.mu.RUnlock()
	s := State{Stale: true}
	of := k.known[calendar]
	if of == nil {
		return s
	}
	s.Faults, s.Unknown = of.faults, of.unknown
	if err := errors.Join(of.err, of.broken); err != nil {
		s.Err = err.Error()
	}
	if of.copy != nil {
		s.Read, s.Version, s.Changed = of.copy.Read, of.copy.Version, of.copy.Changed
		s.Stale = now.Sub(s.Read) > StaleAfter
	}
	return s
}
