package routing

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"silta/consult"
	"silta/routing/oncall"
)

// history is a list of versions in memory. Before it takes one it calls appending.
type history struct {
	mu        sync.Mutex
	documents []string
	appending func() error
}

// PublishRules implements Publications.
func (h *history) PublishRules(ctx context.Context, _ consult.Actor, document, _ string, expected uint64) (uint64, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.appending != nil {
		if err := h.appending(); err != nil {
			return 0, err
		}
	}
	if expected != uint64(len(h.documents)) {
		return 0, consult.Fail(consult.Stale, "stale")
	}
	h.documents = append(h.documents, document)
	return expected + 1, ctx.Err()
}

const published = "municipalities: [Tampere]\nrules: [{id: all, to: a}]\notherwise: a\npools: {a: {members: [gun]}}\n"

// publishing is a publisher whose first version is in force.
func publishing(t *testing.T, site Site) (*Publisher, *history, *Book) {
	t.Helper()
	h := &history{documents: []string{published}}
	book := NewBook(func(uint64) ([]byte, error) { return nil, errors.New("not asked for") }, oncall.Known{})
	if err := book.Publish(1, []byte(published)); err != nil {
		t.Fatal(err)
	}
	if site.World == nil {
		site.World = func() (World, error) { return World{Now: now, Persons: []string{"gun"}}, nil }
	}
	if site.Open == nil {
		site.Open = func(string) (int, error) { return 0, nil }
	}
	return NewPublisher(book, h, site), h, book
}

// A version is in force only when it is in the history, and it is not if that fails.
func TestPublishAfterAppend(t *testing.T) {
	p, h, book := publishing(t, Site{})
	draft := Draft{File: "f", Data: []byte(published + "# 2\n"), Expected: 1}
	disk := errors.New("disk full")
	h.appending = func() error { return disk }
	if _, err := p.Publish(t.Context(), consult.System, draft); !errors.Is(err, disk) || book.Current().Number != 1 {
		t.Errorf("%v, version %d is in force", err, book.Current().Number)
	}
	ctx, giveUp := context.WithCancel(t.Context())
	h.appending = func() error {
		if book.Current().Number != 1 {
			t.Error("it was in force before it was appended")
		}
		giveUp() // Who asked for it goes away meanwhile.
		return nil
	}
	got, err := p.Publish(ctx, consult.System, draft)
	if err != nil || got.Version != 2 || book.Current().Number != 2 || h.documents[1] != published+"# 2\n" {
		t.Errorf("%+v, %v, version %d is in force", got, err, book.Current().Number)
	}
	for _, expected := range []uint64{1, 3} {
		draft.Expected = expected
		if _, err := p.Publish(t.Context(), consult.System, draft); consult.KindOf(err) != consult.Stale {
			t.Errorf("on version %d: %v", expected, err)
		}
	}
	// Whoever names no version goes on from the one in force.
	h.appending, draft.Expected = nil, 0
	if got, err := p.Publish(t.Context(), consult.System, draft); err != nil || got.Version != 3 {
		t.Errorf("%+v, %v", got, err)
	}
	// The history is the truth.
	h.documents = append(h.documents, published)
	if _, err := p.Publish(t.Context(), consult.System, draft); consult.KindOf(err) != consult.Stale || book.Current().Number != 3 {
		t.Errorf("behind the history: %v, version %d is in force", err, book.Current().Number)
	}
}

func TestPublishRefuses(t *testing.T) {
	broken := errors.New("the view is broken")
	known := func(people []string, err error) Site {
		return Site{World: func() (World, error) { return World{Now: now, Persons: people}, err }}
	}
	open := func(n int, err error) Site { return Site{Open: func(string) (int, error) { return n, err }} }
	gone := strings.NewReplacer("to: a", "to: b", "otherwise: a", "otherwise: b", "{a:", "{b:").Replace(published)
	for name, c := range map[string]struct {
		site Site
		yaml string
		code Code
		err  error
	}{
		"nobody known":    {site: known([]string{}, nil), code: UnknownPerson},
		"pool in use":     {site: open(1, nil), yaml: gone, code: PoolInUse},
		"not YAML":        {yaml: "{", code: Syntax},
		"no people":       {site: known(nil, broken), err: broken},
		"no counts":       {site: open(0, broken), yaml: gone, err: broken},
		"section on line": {yaml: "routing: {" + strings.ReplaceAll(strings.TrimSpace(published), "\n", ", ") + "}", code: BadValue},
	} {
		p, h, book := publishing(t, c.site)
		if c.yaml == "" {
			c.yaml = published
		}
		_, err := p.Publish(t.Context(), consult.System, Draft{File: "f", Data: []byte(c.yaml)})
		refused, ok := errors.AsType[*Refused](err)
		if c.err != nil && !errors.Is(err, c.err) || c.err == nil && !ok {
			t.Errorf("%s: %v", name, err)
		}
		if ok && !slices.ContainsFunc(refused.Findings, func(f Finding) bool { return f.Code == c.code }) {
			t.Errorf("%s: %v", name, refused.Findings)
		}
		if ok && (consult.KindOf(err) != consult.Invalid || strings.Contains(err.Error(), "gun")) {
			t.Errorf("%s: an error of kind %d that says %s", name, consult.KindOf(err), err)
		}
		if book.Current().Number != 1 || len(h.documents) != 1 {
			t.Errorf("%s: it was published", name)
		}
	}
	p, _, _ := publishing(t, Site{})
	nurse := consult.Actor{Person: consult.Person{ID: "nurse", Roles: []consult.Role{consult.Requester, consult.Auditor}}}
	if _, err := p.Publish(t.Context(), nurse, Draft{Data: []byte("{")}); consult.KindOf(err) != consult.Forbidden {
		t.Errorf("no administrator: %v", err)
	}
	// A pool may go when nothing is left in it.
	p, _, book := publishing(t, Site{})
	if _, err := p.Publish(t.Context(), consult.System, Draft{File: "f", Data: []byte(gone)}); err != nil || !book.HasPool("b") {
		t.Errorf("a pool without requests: %v", err)
	}
}

// Of many at once from one version, one is published; whoever waits can give up.
func TestPublishRace(t *testing.T) {
	p, h, book := publishing(t, Site{})
	var won sync.Map
	var all sync.WaitGroup
	for i := range 16 {
		all.Go(func() {
			_, err := p.Publish(t.Context(), consult.System, Draft{File: "f", Data: []byte(published), Expected: 1})
			if err == nil {
				won.Store(i, true)
			} else if consult.KindOf(err) != consult.Stale {
				t.Error(err)
			}
		})
	}
	all.Wait()
	n := 0
	won.Range(func(any, any) bool { n++; return true })
	if n != 1 || book.Current().Number != 2 || len(h.documents) != 2 {
		t.Errorf("%d of them, version %d is in force", n, book.Current().Number)
	}
	p.turn <- struct{}{}
	ctx, giveUp := context.WithCancel(t.Context())
	giveUp()
	if _, err := p.Publish(ctx, consult.System, Draft{File: "f", Data: []byte(published)}); !errors.Is(err, context.Canceled) {
		t.Errorf("gave up: %v", err)
	}
}

func TestDocumentPersons(t *testing.T) {
	doc, found := Parse("f", []byte(strings.Replace(published, "[gun]", "[gun, ada], lead: gun, key-persons: {Tampere: eva}", 1)))
	if len(found) > 0 || strings.Join(doc.Persons(), " ") != "ada eva gun" {
		t.Errorf("%v, %v", doc.Persons(), found)
	}
}
