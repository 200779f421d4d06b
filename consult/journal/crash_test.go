package journal_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"

	"silta/consult"
	"silta/consult/consulttest"
	"silta/consult/journal"
	"silta/consult/seal"
	"silta/consult/view"
)

// crashDir tells a process of the test binary to append to the journal of that directory until it is killed.
const crashDir = "SILTA_TEST_CRASH_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(crashDir); dir != "" {
		fmt.Fprintln(os.Stderr, appendForever(dir))
		os.Exit(1)
	}
	goleak.VerifyTestMain(m)
}

// appendForever has many clients submit and claim requests, and prints what was acknowledged: position, id, revision.
func appendForever(dir string) error {
	s, err := openStore(dir)
	if err != nil {
		return err
	}
	last, err := s.view.LastRef(consulttest.Start.Year())
	if err != nil {
		return err
	}
	var number atomic.Int64
	number.Store(int64(last))
	errs := make(chan error)
	var out sync.Mutex
	for range 16 {
		go func() {
			for {
				e := consulttest.Submission{Number: int(number.Add(1))}.Entry()
				for revision := range uint64(2) {
					if revision == 1 {
						e = consulttest.Next(e.State.(*consult.Consultation), e.At, "childpsych", &consult.ClaimedEvent{})
					}
					r, err := s.journal.Append(context.Background(), e, revision)
					if err != nil {
						errs <- err
						return
					}
					out.Lock()
					fmt.Println(r.Position, r.ID, r.Revision)
					out.Unlock()
				}
			}
		}()
	}
	return <-errs
}

type store struct {
	journal *journal.Journal
	view    *view.View
}

func openStore(dir string) (store, error) {
	keys, err := seal.LoadMaster(filepath.Join(dir, "master.json"))
	if errors.Is(err, os.ErrNotExist) {
		keys, err = seal.CreateMaster(filepath.Join(dir, "master.json"))
	}
	if err != nil {
		return store{}, err
	}
	v := view.New(keys, view.Options{})
	j, err := journal.Open(filepath.Join(dir, "silta.db"), keys, v, journal.Options{})
	return store{j, v}, err
}

// A process that is killed under load, again and again, loses nothing that it had acknowledged.
func TestKilledUnderLoad(t *testing.T) {
	rounds := 20
	if testing.Short() {
		rounds = 3
	}
	dir := t.TempDir()
	acknowledged := map[uint64]consult.Receipt{}
	for round := range rounds {
		runUntilKilled(t, dir, 1+rand.IntN(400), acknowledged)
		s, err := openStore(dir)
		if err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		checkAcknowledged(t, s, acknowledged)
		if err := s.journal.Verify(t.Context()); err != nil {
			t.Errorf("round %d: %v", round, err)
		}
		if err := s.journal.Close(); err != nil {
			t.Fatal(err)
		}
		if t.Failed() {
			return
		}
	}
	t.Logf("%d rounds, %d acknowledged entries", rounds, len(acknowledged))
}

// runUntilKilled starts a process that appends, and kills it once it has acknowledged some entries. What it acknowledged
// before it died is added to the map.
func runUntilKilled(t *testing.T, dir string, after int, acknowledged map[uint64]consult.Receipt) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), crashDir+"="+dir)
	var complaint strings.Builder
	cmd.Stderr = &complaint
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	n := 0
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		r := consult.Receipt{Kind: consult.KindConsultation}
		// The last line may be cut off by the kill.
		if c, err := fmt.Sscanf(lines.Text(), "%d %s %d", &r.Position, &r.ID, &r.Revision); c != 3 || err != nil || len(r.ID) != 36 {
			continue
		}
		acknowledged[r.Position] = r
		if n++; n == after {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := cmd.Wait(); err == nil || complaint.Len() > 0 || n < after {
		t.Fatalf("the process was not killed: %v after %d entries: %s", err, n, complaint.String())
	}
}

func checkAcknowledged(t *testing.T, s store, acknowledged map[uint64]consult.Receipt) {
	t.Helper()
	for position, want := range acknowledged {
		env, err := s.journal.Envelope(position)
		if err != nil || env.ID != want.ID || env.Revision != want.Revision {
			t.Errorf("acknowledged entry %d: %+v, %v", position, env, err)
			continue
		}
		r, err := s.view.Consultation(want.ID)
		if err != nil || r.Revision < want.Revision || want.Revision == 2 && r.State != consult.Claimed {
			t.Errorf("document of acknowledged entry %d: %v", position, err)
		}
	}
}
