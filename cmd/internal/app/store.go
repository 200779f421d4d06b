package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/google/uuid"

	"silta/consult"
	"silta/consult/journal"
	"silta/consult/seal"
	"silta/consult/view"
	"silta/notify"
	"silta/routing"
	"silta/routing/oncall"
	"silta/routing/oncall/feeds"
	"silta/ui/draft"
)

// Files of a data directory. All of them are for the owner's eyes only.
const (
	journalFile  = "silta.db"
	masterFile   = "master.key"
	sessionsFile = "sessions.db"
	readerFile   = "nats-reader.password"
	mailKeyFile  = "mail.key"
	figureFile   = "figures.key"
	calendarsDir = "calendars"
	natsDir      = "nats"
	controlFile  = "control.sock"
	draftsFile   = "drafts.db"
	jobsFile     = "jobs.json"
	// retentionFile tells what the last runs of the retention have erased.
	retentionFile = "retention.json"
)

// store is the data of a directory with the service on it: what the server and the commands that work on a directory share.
type store struct {
	dir     string
	journal *journal.Journal
	view    *view.View
	book    *routing.Book
	service *consult.Service
	// claimed are the pools that claims can give.
	claimed []consult.ClaimedPool
	// publisher puts further versions of the rules in force.
	publisher *routing.Publisher
	// calendars are those that the rules name. Nil where a command works on the directory: nobody is told anything then.
	calendars *feeds.Keeper
	// published says that other rules are in force. It has room for one such word.
	published chan struct{}
	clock     *clock
	keys      *seal.Keyring
	// drafts are only there while the program serves.
	drafts *draft.Store
	// remembering keeps two runs of the retention from being written down at once.
	remembering sync.Mutex
}

// journaled is the journal's and the view's side of one store, for those who need both.
type journaled struct {
	*journal.Journal
	*view.View
}

// openStore opens a data directory, a new one with these rules as version 1. Its clock stands at a moment until it is set; with
// the zero time it runs with the machine's. The clock, the ids and the key of the figures it makes itself.
func openStore(
	ctx context.Context, dir string, at time.Time, rules func() ([]byte, error), settings consult.Config,
) (_ *store, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	keys, err := openKeys(dir)
	if err != nil {
		return nil, err
	}
	figureKey, err := notify.Secret(filepath.Join(dir, figureFile))
	if err != nil {
		return nil, err
	}
	s := &store{dir: dir, view: view.New(keys, view.Options{}), keys: keys, published: make(chan struct{}, 1)}
	if s.clock = newClock(s.zone); !at.IsZero() {
		s.clock.set(at, 0)
	}
	if s.journal, err = journal.Open(filepath.Join(dir, journalFile), keys, s.view, journal.Options{}); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.journal.Close())
		}
	}()
	s.book = routing.NewBook(func(version uint64) ([]byte, error) {
		p, err := s.view.Rules(version)
		return []byte(p.Document), err
	}, oncall.Known{
		Feed:      s.feed,
		Overrides: func(pool string) []consult.Override { return s.service.Overrides(pool) },
		Claimants: func(pool string) []string { return s.service.Claimants(pool) },
	})
	settings.Now, settings.NewID, settings.FigureKey = s.clock.Now, func() string { return uuid.Must(uuid.NewV7()).String() }, figureKey
	s.service, s.claimed = consult.NewService(s.journal, s.view, s.book, settings), settings.Claimed
	s.publisher = routing.NewPublisher(s.book, s.service, routing.Site{
		World: s.world, Open: s.open, Submitted: s.view.Submitted,
		Published: func() { s.service.Republished(); s.tellPublished() },
	})
	return s, s.openRules(ctx, rules)
}

// openDrafts opens what was typed and not sent. It ends by the machine's clock, as sessions do.
func (s *store) openDrafts(dir string, down *cleanup) (err error) {
	if s.drafts, err = s.readDrafts(dir); err != nil {
		return err
	}
	down.add(func(context.Context) error { return s.drafts.Close() })
	return nil
}

func (s *store) readDrafts(dir string) (*draft.Store, error) {
	return draft.Open(filepath.Join(dir, draftsFile), s.keys.Box("draft"), time.Now)
}

// withDrafts does something with what was typed and not sent, also where no server has it open.
func (s *store) withDrafts(do func(*draft.Store) error) error {
	if s.drafts != nil {
		return do(s.drafts)
	}
	drafts, err := s.readDrafts(s.dir)
	if err != nil {
		return err
	}
	return errors.Join(do(drafts), drafts.Close())
}

// zone returns the time zone of the rules in force.
func (s *store) zone() *time.Location {
	if rules := s.book.Rules(); rules != nil {
		return rules.Document().Timezone
	}
	return time.UTC
}

// world is what rules are checked against: the moment, and the people who can act.
func (s *store) world() (routing.World, error) {
	people, err := s.view.People()
	if err != nil {
		return routing.World{}, err
	}
	world := routing.World{Now: s.clock.Now(), Persons: []string{}, Obstacles: map[string]routing.Obstacle{}, Known: s.book.Known()}
	for _, p := range people {
		world.Persons = append(world.Persons, p.ID)
		if o := obstacle(p); o != "" {
			world.Obstacles[p.ID] = o
		}
	}
	for _, c := range s.claimed {
		world.Claimed = append(world.Claimed, routing.ClaimedPool{ClaimedPool: c})
	}
	if s.calendars != nil {
		world.Calendar = func(calendar string, _ *time.Location) routing.CalendarNews {
			return s.calendars.News(calendar, world.Now)
		}
	}
	return world, nil
}

// obstacle is what keeps a person from being told anything, or "".
func obstacle(p consult.Person) routing.Obstacle {
	switch {
	case p.Disabled:
		return routing.Disabled
	case p.Email == "":
		return routing.AddressMissing
	case !p.MailFault.IsZero():
		return routing.AddressFails
	default:
		return ""
	}
}

// open returns how many requests of a pool are not ended.
func (s *store) open(pool string) (n int, err error) {
	counts, err := s.view.Counts(pool)
	for state, count := range counts {
		if !state.Ended() {
			n += count
		}
	}
	return n, err
}

// openRules puts the newest version of the rules in force, or makes a new directory's first.
func (s *store) openRules(ctx context.Context, first func() ([]byte, error)) error {
	version, err := s.journal.Subject(consult.KindRules, consult.RulesID)
	if err != nil {
		return err
	}
	var document []byte
	if version == 0 {
		if document, err = first(); err != nil {
			return err
		}
		if version, err = s.service.PublishRules(ctx, consult.System, string(document), "", 0); err != nil {
			return err
		}
	} else {
		p, err := s.view.Rules(version)
		if err != nil {
			return err
		}
		document = []byte(p.Document)
	}
	return s.book.Publish(version, document)
}

// openKeys opens the master key. A new one is made only where there is nothing yet that an old one has sealed.
func openKeys(dir string) (*seal.Keyring, error) {
	path := filepath.Join(dir, masterFile)
	keys, err := seal.LoadMaster(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return keys, err
	}
	if _, err := os.Stat(filepath.Join(dir, journalFile)); err == nil {
		return nil, fmt.Errorf("%s is missing: without it the journal beside it cannot be read; put it back from where it is kept", path)
	}
	return seal.CreateMaster(path)
}

// warnOfReaders says that others than its owner and group can read a file with a key, as happens to one that was copied back.
func warnOfReaders(path string, log *slog.Logger) {
	if info, err := os.Stat(path); err == nil && info.Mode().Perm()&0o004 != 0 {
		log.Warn("everybody on this machine can read the master key: let its owner alone read it (chmod 600)", "file", path)
	}
}
