package consult_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"silta/consult"
	"silta/consult/consulttest"
	"silta/routing"
	"silta/routing/oncall"
)

// desk is a service on a real store with the example region's rules and people.
type desk struct {
	t *testing.T
	*consult.Service
	store *consulttest.Store
	book  *routing.Book
	rules []byte
	mu    sync.Mutex
	now   time.Time
}

func (d *desk) clock() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.now
}

func (d *desk) wait(by time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.now = d.now.Add(by)
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{t: t, store: consulttest.Open(t), now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	var err error
	if d.rules, err = os.ReadFile("../config.example.yaml"); err != nil {
		t.Fatal(err)
	}
	d.book = routing.NewBook(nil, oncall.Known{
		Overrides: func(pool string) []consult.Override { return d.Service.Overrides(pool) },
		Claimants: func(pool string) []string { return d.Service.Claimants(pool) },
	})
	if err := d.book.Publish(1, d.rules); err != nil {
		t.Fatal(err)
	}
	d.configure()
	for _, p := range []consult.Person{
		{ID: "nurse", Roles: []consult.Role{consult.Requester}, Profession: "school-nurse", Municipality: "Ylöjärvi"},
		{ID: "childpsych", Roles: []consult.Role{consult.Specialist}}, {ID: "childpsych2", Roles: []consult.Role{consult.Specialist}},
		{ID: "admin", Roles: []consult.Role{consult.Admin}},
	} {
		p.Name, p.Language = p.ID, consult.Finnish
		if err := d.SetPerson(t.Context(), consult.System, p); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

// configure starts the service anew, as the program does with a configuration.
func (d *desk) configure(claimed ...consult.ClaimedPool) {
	d.Service = consult.NewService(d.store.Journal, d.store.View, d.book, consult.Config{
		Now: d.clock, NewID: func() string { return uuid.Must(uuid.NewV7()).String() }, Bases: []consult.Basis{consult.Consent},
		Life: consult.Lifetimes{Expire: 28 * 24 * time.Hour, Reasoned: 12 * time.Hour}, Claimed: claimed,
	})
}

func (d *desk) actor(id string) consult.Actor {
	a, err := d.Actor(id)
	if err != nil {
		d.t.Error(err)
	}
	return a
}

func (d *desk) submit(key string) (*consult.Consultation, bool, error) {
	return d.Submit(context.Background(), d.actor("nurse"), consult.Request{
		Client: consult.Client{Age: 9, Municipality: "Ylöjärvi"}, Concerns: []consult.Concern{"mood"}, Question: "Miten jatkamme?",
	}, key)
}

// TestEveryCommandCountsOnce: many people act on few requests at the same time, each command is sent several times over, and in the
// end every accepted one is in the timeline once, and no refused one.
func TestEveryCommandCountsOnce(t *testing.T) {
	const requests, rounds, repeats = 4, 12, 3
	d := newDesk(t)
	ids := make([]string, requests)
	for i := range ids {
		c, _, err := d.submit(fmt.Sprint("first ", i))
		if err != nil {
			t.Fatal(err)
		}
		ids[i] = c.ID
	}
	var mu sync.Mutex
	accepted := map[string]map[string]bool{} // request → key
	var people sync.WaitGroup
	act := func(who string, cmd consult.Command, id, key string) {
		people.Go(func() {
			_, err := d.Do(context.Background(), d.actor(who), id, cmd, consult.Change{Key: key})
			switch kind := consult.KindOf(err); {
			case err == nil:
				mu.Lock()
				defer mu.Unlock()
				if accepted[id] == nil {
					accepted[id] = map[string]bool{}
				}
				accepted[id][who+string(cmd.Action())+key] = true
			case kind != consult.Conflict:
				t.Errorf("%s by %s: %v", cmd.Action(), who, err)
			}
		})
	}
	said := consult.Said{Text: "Lisätieto."}
	for round := range rounds {
		for _, id := range ids {
			for range repeats {
				key := fmt.Sprint("round ", round)
				act("nurse", consult.AddCommand{Said: said}, id, key)
				act("childpsych", consult.ClaimCommand{}, id, key)
				act("childpsych2", consult.ClaimCommand{}, id, key)
				act("childpsych", consult.ReleaseCommand{}, id, key)
				act("childpsych2", consult.AskCommand{Text: "Entä uni?"}, id, key)
				act("nurse", consult.ReplyCommand{Said: said}, id, key)
			}
		}
	}
	people.Wait()
	for _, id := range ids {
		c, err := d.Get(t.Context(), d.actor("nurse"), id)
		if err != nil {
			t.Fatal(err)
		}
		if want := 1 + len(accepted[id]); len(c.Timeline) != want || int(c.Revision) != want {
			t.Errorf("%d commands were accepted, the timeline has %d, the revision is %d", want, len(c.Timeline), c.Revision)
		}
	}
	if err := d.store.Journal.Verify(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestSubmitOnce: one submission sent many times at once is one request; the same key for another one is refused.
func TestSubmitOnce(t *testing.T) {
	d := newDesk(t)
	ids := make(chan string, 20)
	var senders sync.WaitGroup
	for range cap(ids) {
		senders.Go(func() {
			c, _, err := d.submit("key")
			if err != nil {
				t.Error(err)
				return
			}
			ids <- c.ID
		})
	}
	senders.Wait()
	close(ids)
	first := <-ids
	for id := range ids {
		if id != first {
			t.Errorf("one submission became %s and %s", first, id)
		}
	}
	_, _, err := d.Submit(t.Context(), d.actor("nurse"), consult.Request{
		Client: consult.Client{Age: 10, Municipality: "Ylöjärvi"}, Concerns: []consult.Concern{"mood"}, Question: "Toinen kysymys?",
	}, "key")
	if consult.KindOf(err) != consult.Conflict {
		t.Errorf("another request under the same key: got %v, want a conflict", err)
	}
}

// TestInterlocksStop: what is an emergency is not sent, and what may be one only when the sender has acted; the sender is told first of all
// of that.
func TestInterlocksStop(t *testing.T) {
	d := newDesk(t)
	send := func(flag consult.RedFlag, question string, confirmed ...string) error {
		_, _, err := d.Submit(t.Context(), d.actor("nurse"), consult.Request{
			Client: consult.Client{Age: 15, Municipality: "Ylöjärvi"}, Concerns: []consult.Concern{"mood"}, RedFlags: []consult.RedFlag{flag},
			Question: question, InterlockConfirmed: confirmed,
		}, "")
		return err
	}
	faults := func(err error) (codes string) {
		if e, ok := errors.AsType[*consult.Error](err); ok {
			for _, f := range e.Fields {
				codes += f.Pointer + " " + f.Code + "; "
			}
		}
		return codes
	}
	const stop = "/interlock_confirmed interlock; "
	for _, c := range []struct {
		name, want string
		err        error
	}{
		{"an emergency", stop, send("psychosis", "Miten jatkamme?")},
		{"an emergency that was confirmed", stop, send("psychosis", "Miten jatkamme?", "acute-danger")},
		{"an emergency without a question", stop + "/question required; ", send("psychosis", "")},
		{"poisoning", stop, send("intoxication", "Miten jatkamme?")},
		{"poisoning, another confirmed", stop, send("intoxication", "Miten jatkamme?", "other-acute")},
		{"poisoning, confirmed", "", send("intoxication", "Miten jatkamme?", "intoxication")},
	} {
		if got := faults(c.err); got != c.want || (c.err == nil) != (c.want == "") {
			t.Errorf("%s: %v %s, want %s", c.name, c.err, got, c.want)
		}
	}
}

// TestInterlockOfAnyName: whatever id the rules give to an interlock, it can be confirmed.
func TestInterlockOfAnyName(t *testing.T) {
	d := newDesk(t)
	const id = "Myrkytys.äkillinen"
	rules := bytes.Replace(d.rules, []byte("- id: intoxication\n"), []byte("- id: "+id+"\n"), 1)
	if doc, _ := routing.Parse("rules.yaml", rules); !slices.ContainsFunc(doc.Interlocks, func(l routing.Interlock) bool { return l.ID == id }) {
		t.Fatal("the rules have no such interlock")
	}
	if err := d.book.Publish(2, rules); err != nil {
		t.Fatal(err)
	}
	_, _, err := d.Submit(t.Context(), d.actor("nurse"), consult.Request{
		Client: consult.Client{Age: 15, Municipality: "Ylöjärvi"}, Concerns: []consult.Concern{"mood"}, RedFlags: []consult.RedFlag{"intoxication"},
		Question: "Miten jatkamme?", InterlockConfirmed: []string{id},
	}, "")
	if err != nil {
		t.Error(err)
	}
}

// TestDisabledIsNotTold: who is on call and cannot sign in any more is not told; somebody else is.
func TestDisabledIsNotTold(t *testing.T) {
	d := newDesk(t)
	before := d.sent()
	onCall := before.Timeline[0].Event.(*consult.SubmittedEvent).OnCall
	if len(onCall) != 1 {
		t.Fatalf("on call: %v", onCall)
	}
	gone := d.person(onCall[0])
	gone.Disabled = true
	if err := d.SetPerson(t.Context(), consult.System, gone); err != nil {
		t.Fatal(err)
	}
	c := d.sent()
	told := c.Timeline[0].Event.(*consult.SubmittedEvent).OnCall
	if c.Pool != before.Pool || len(told) == 0 || slices.Contains(told, gone.ID) || slices.Contains(d.told(), gone.ID) {
		t.Errorf("%s is disabled; told: %v, %v", gone.ID, told, d.told())
	}
}

// TestTwoTicksAtOnce: however many look at the same moment, in two programs over one journal, one escalation comes of it.
func TestTwoTicksAtOnce(t *testing.T) {
	d := newDesk(t)
	c, _, err := d.submit("")
	if err != nil {
		t.Fatal(err)
	}
	other := consult.NewService(d.store.Journal, d.store.View, d.book, consult.Config{Now: d.clock, NewID: consulttest.NewID})
	for i, now := range []time.Time{c.ClaimSteps[0].At, c.Steps[0].At.Add(time.Minute)} {
		d.wait(now.Sub(d.clock()))
		var ticks sync.WaitGroup
		for tick := range 16 {
			service := []*consult.Service{d.Service, other}[tick%2]
			ticks.Go(func() {
				if err := service.Advance(context.Background(), c.ID, now); err != nil {
					t.Error(err)
				}
			})
		}
		ticks.Wait()
		after := d.get(c.ID)
		if after.Escalation != i || len(after.Timeline) != i+2 {
			t.Fatalf("escalation %d, %d events; want %d and %d", after.Escalation, len(after.Timeline), i, i+2)
		}
	}
	after := d.get(c.ID)
	if told := after.Timeline[1].Event.(*consult.RemindedEvent).Told; len(told.People) == 0 {
		t.Errorf("reminded: %+v", told)
	}
	if told := after.Timeline[2].Event.(*consult.EscalatedEvent).Told; len(told.People) == 0 {
		t.Errorf("told %+v", told)
	}
}

// TestWaitingStopsTheClock: the days in which the sender is asked do not count.
func TestWaitingStopsTheClock(t *testing.T) {
	d := newDesk(t)
	c, _, err := d.submit("")
	if err != nil {
		t.Fatal(err)
	}
	do := func(who string, cmd consult.Command) *consult.Consultation {
		t.Helper()
		after, err := d.Do(t.Context(), d.actor(who), c.ID, cmd, consult.Change{})
		if err != nil {
			t.Fatal(err)
		}
		return after
	}
	do("childpsych", consult.ClaimCommand{})
	waiting := do("childpsych", consult.AskCommand{Text: "Entä uni?"})
	if got := waiting.Due().Sub(d.clock()); got != 24*time.Hour {
		t.Errorf("while it waits for the sender the next moment is %v away", got)
	}
	d.wait(7 * 24 * time.Hour)
	if err := d.Advance(t.Context(), c.ID, d.clock()); err != nil {
		t.Fatal(err)
	}
	after := do("nurse", consult.ReplyCommand{Said: consult.Said{Text: "Huonosti."}})
	if got := after.AnswerBy.Sub(c.AnswerBy); got != 7*24*time.Hour || after.Escalation != 0 {
		t.Errorf("after a week of waiting the answer is due %v later, escalation %d; want a week and 0", got, after.Escalation)
	}
}
