package draft_test

import (
	"bytes"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"silta/consult"
	"silta/consult/seal"
	"silta/ui/draft"
)

// store is a store that can be closed and opened again, with a clock of its own.
type store struct {
	*draft.Store
	t    *testing.T
	path string
	keys *seal.Keyring
	now  time.Time
}

func newStore(t *testing.T) *store {
	t.Helper()
	keys, err := seal.CreateMaster(filepath.Join(t.TempDir(), "master.key"))
	if err != nil {
		t.Fatal(err)
	}
	s := &store{t: t, path: filepath.Join(t.TempDir(), "drafts.db"), keys: keys, now: time.Unix(1_793_600_000, 0)}
	s.open()
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func (s *store) open() {
	s.t.Helper()
	var err error
	if s.Store, err = draft.Open(s.path, s.keys.Box("draft"), func() time.Time { return s.now }); err != nil {
		s.t.Fatal(err)
	}
}

func (s *store) save(person, id, command, text string) {
	s.t.Helper()
	d := draft.Draft{ID: id, Form: url.Values{"text": {text}}, SavedAt: s.now}
	if err := s.Save(person, command, d); err != nil {
		s.t.Fatal(err)
	}
}

// late saves what comes after the end of its draft, and fails unless it is refused.
func (s *store) late(person, id, command, text string) {
	s.t.Helper()
	err := s.Save(person, command, draft.Draft{ID: id, Form: url.Values{"text": {text}}, SavedAt: s.now})
	if consult.KindOf(err) != consult.Stale {
		s.t.Errorf("after the end: %v", err)
	}
}

// want fails unless the draft holds the text; "": there is none.
func (s *store) want(person, id, text string) {
	s.t.Helper()
	d, found, err := s.Find(person, id)
	if err != nil || found != (text != "") || d.Form.Get("text") != text {
		s.t.Errorf("%s of %s: %q, %t, %v; want %q", id, person, d.Form.Get("text"), found, err, text)
	}
}

func (s *store) check(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Error(err)
	}
}

func TestLife(t *testing.T) {
	s := newStore(t)
	s.save("nurse", "new-1", "C1", "Hän ei")
	s.now = s.now.Add(time.Minute)
	s.save("nurse", "new-1", "C1", "Hän ei nuku.")
	s.save("nurse", "new-2", "C2", "Toinen")
	s.save("nurse-2", "new-1", "C3", "Muun")
	s.check(s.Close())
	data, err := os.ReadFile(s.path)
	s.check(err)
	if bytes.Contains(data, []byte("nuku")) || bytes.Contains(data, []byte("Toinen")) {
		t.Error("the file can be read")
	}
	s.open()
	s.want("nurse", "new-1", "Hän ei nuku.")
	s.want("nurse-2", "new-1", "Muun")
	s.want("nurs", "new-1", "")
	if list, err := s.List("nurse"); err != nil || len(list) != 2 || list[0].ID != "new-1" && list[0].ID != "new-2" {
		t.Errorf("listed: %v, %v", list, err)
	}

	// Sent: what arrives late changes nothing, but another form under the same id may be begun.
	s.check(s.End("nurse", "new-1", "C1"))
	s.want("nurse", "new-1", "")
	s.late("nurse", "new-1", "C1", "Hän ei nuku")
	s.want("nurse", "new-1", "")
	s.save("nurse", "new-1", "C4", "Uusi")
	s.want("nurse", "new-1", "Uusi")

	// Emptied, it is gone, and can be gone on with.
	s.check(s.Empty("nurse", draft.Draft{ID: "new-2"}))
	s.want("nurse", "new-2", "")
	s.save("nurse", "new-2", "C2", "Taas")
	s.want("nurse", "new-2", "Taas")
	s.check(s.End("nurse", "new-2", "C2"))
	s.check(s.Empty("nurse", draft.Draft{ID: "new-2"}))
	s.late("nurse", "new-2", "C2", "Myöhässä")
	s.want("nurse", "new-2", "")
}

func TestEndsByItself(t *testing.T) {
	s := newStore(t)
	s.save("nurse", "new-1", "C1", "Vanha")
	s.now = s.now.Add(draft.Keep - time.Hour)
	s.save("nurse", "new-2", "C2", "Uudempi")
	s.want("nurse", "new-1", "Vanha")
	s.now = s.now.Add(time.Hour)
	s.want("nurse", "new-1", "")
	if n, err := s.Clean(); n != 1 || err != nil {
		t.Errorf("cleaned %d, %v", n, err)
	}
	s.want("nurse", "new-2", "Uudempi")
	s.now = s.now.Add(draft.Keep)
	s.check(s.Close())
	s.open()
	if n, err := s.Clean(); n != 0 || err != nil {
		t.Errorf("%d were left at the start, %v", n, err)
	}
}

func TestTooMany(t *testing.T) {
	s := newStore(t)
	for i := range draft.Most {
		s.save("nurse", "new-"+strconv.Itoa(i), "C", "x")
	}
	if err := s.Save("nurse", "C", draft.Draft{ID: "new-more"}); consult.KindOf(err) != consult.Conflict {
		t.Errorf("one more: %v", err)
	}
	s.save("nurse", "new-0", "C", "y")
	s.save("midwife", "new-0", "C", "z")
	s.check(s.End("nurse", "new-1", "C"))
	s.save("nurse", "new-more", "C", "x")
}

// A draft that another master key sealed is none, and in nobody's way.
func TestOtherKey(t *testing.T) {
	s := newStore(t)
	s.save("nurse", "new-1", "C1", "Vanha")
	s.check(s.Close())
	var err error
	s.keys, err = seal.CreateMaster(filepath.Join(t.TempDir(), "master.key"))
	s.check(err)
	s.open()
	s.want("nurse", "new-1", "")
	if list, err := s.List("nurse"); err != nil || len(list) != 0 {
		t.Errorf("listed: %v, %v", list, err)
	}
	s.save("nurse", "new-1", "C1", "Uusi")
	s.want("nurse", "new-1", "Uusi")
}

// TestRewrap: drafts outlive a change of the master key and the end of the old one, which opens none of them any more.
func TestRewrap(t *testing.T) {
	s := newStore(t)
	master := filepath.Join(t.TempDir(), "master.key")
	var err error
	s.check(s.Close())
	s.keys, err = seal.CreateMaster(master)
	s.check(err)
	old, err := os.ReadFile(master)
	s.check(err)
	s.open()
	s.save("nurse", "new-1", "C1", "Vanha")
	s.save("nurse", "new-2", "C2", "Lähetetty")
	s.check(s.End("nurse", "new-2", "C2"))
	s.check(seal.AddMaster(master))
	s.check(s.keys.Reload(master))
	s.save("midwife", "new-1", "C3", "Uusi")
	s.check(s.Rewrap())
	n, err := seal.ForgetMasters(master)
	s.check(err)
	if n != 1 {
		t.Errorf("%d master keys were taken away", n)
	}
	s.check(s.keys.Reload(master))
	s.want("nurse", "new-1", "Vanha")
	s.want("midwife", "new-1", "Uusi")
	s.late("nurse", "new-2", "C2", "Myöhässä")
	s.check(s.Close())
	s.keys, err = seal.ReadMaster(old)
	s.check(err)
	s.open()
	s.want("nurse", "new-1", "")
}

// TestNothingIsLeft: whoever has the raw file, pages that are free included, and the master key finds no wording of a draft that was
// sent, emptied, or left alone for too long.
func TestNothingIsLeft(t *testing.T) {
	s := newStore(t)
	type typing struct{ id, text string }
	wordings := map[string][]typing{}
	for i := range 20 {
		id := "new-" + strconv.Itoa(i)
		for _, text := range []string{"Hän", "Hän ei", "Hän ei nuku " + id} {
			s.save("nurse", id, "C"+id, text)
			wordings[id] = append(wordings[id], typing{id, text})
		}
	}
	// found counts the places of the file at which a wording of the draft opens.
	found := func(id string) (n int) {
		raw, err := os.ReadFile(s.path)
		s.check(err)
		for _, w := range wordings[id] {
			plain, err := json.Marshal(draft.Draft{ID: w.id, Form: url.Values{"text": {w.text}}, SavedAt: s.now})
			s.check(err)
			like, err := s.keys.Box("draft").Seal("nurse/"+id, plain)
			s.check(err)
			for at := 0; at+len(like) <= len(raw); at++ {
				if bytes.Equal(raw[at:at+2], like[:2]) { // The length of the sealed key.
					if _, err := s.keys.Box("draft").Open("nurse/"+id, raw[at:at+len(like)]); err == nil {
						n++
					}
				}
			}
		}
		return n
	}
	for _, id := range []string{"new-3", "new-7", "new-11"} {
		if found(id) == 0 {
			t.Fatal("the search finds nothing of what is there")
		}
	}
	s.check(s.End("nurse", "new-3", "Cnew-3"))
	s.check(s.Empty("nurse", draft.Draft{ID: "new-7"}))
	for _, id := range []string{"new-3", "new-7"} {
		if n := found(id); n > 0 {
			t.Errorf("%s opens in %d places after its end", id, n)
		}
	}
	if found("new-11") == 0 {
		t.Error("another draft is gone, too")
	}
	s.want("nurse", "new-11", "Hän ei nuku new-11")
	saved := s.now
	s.now = s.now.Add(draft.Keep)
	if n, err := s.Clean(); n != 19 || err != nil { // 18 drafts, and the mark of the one that was sent.
		t.Errorf("cleaned %d, %v", n, err)
	}
	s.now = saved
	if n := found("new-11"); n > 0 {
		t.Errorf("it opens in %d places after its time", n)
	}
}

// TestScrubAtOnce: what is overwritten is in nobody's way.
func TestScrubAtOnce(t *testing.T) {
	s := newStore(t)
	var all sync.WaitGroup
	for w := range 4 {
		all.Go(func() {
			person := "nurse-" + strconv.Itoa(w)
			for i := range 25 {
				id := "new-" + strconv.Itoa(i)
				s.save(person, id, "C"+id, id)
				s.want(person, id, id)
				if ids, err := s.IDs(person); err != nil || !slices.Contains(ids, id) {
					t.Errorf("%s is not among %v: %v", id, ids, err)
				}
				if i%2 == 0 {
					s.check(s.End(person, id, "C"+id))
				}
			}
		})
	}
	all.Wait()
	s.check(s.Close())
	s.open()
	for w := range 4 {
		if list, err := s.List("nurse-" + strconv.Itoa(w)); err != nil || len(list) != 12 {
			t.Errorf("%d, %v", len(list), err)
		}
	}
}

// A page writes over what it began with and what it wrote itself, and over nothing that another page has written since.
func TestTwoPages(t *testing.T) {
	s := newStore(t)
	write := func(page, after, text string) error {
		d := draft.Draft{ID: "new-1", Form: url.Values{"text": {text}}, SavedAt: s.now, Page: page, After: after}
		if text == "" {
			return s.Empty("nurse", d)
		}
		return s.Save("nurse", "C1", d)
	}
	s.check(write("a", "", "Alku"))
	s.check(write("b", "a", "Alku, b"))
	s.check(write("b", "a", "Alku, b."))
	for _, text := range []string{"Alku, a", ""} {
		if err := write("a", "", text); consult.KindOf(err) != consult.Stale {
			t.Errorf("%q over another page's: %v", text, err)
		}
	}
	s.want("nurse", "new-1", "Alku, b.")
	s.check(write("", "", "Ilman sivua"))
	s.want("nurse", "new-1", "Ilman sivua")
	s.check(write("b", "", ""))
	s.want("nurse", "new-1", "")
}
