package app

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// keptRuns is how many runs of the retention are remembered: two months of nights.
const keptRuns = 60

// retentionRun is what one run has erased.
type retentionRun struct {
	At time.Time `json:"at"`
	Erased
	Failed bool `json:"failed,omitempty"`
}

// runs returns the last runs of the retention, the latest first. A file that cannot be read is as none: it only tells what was.
func (s *store) runs() (runs []retentionRun, _ error) {
	data, err := os.ReadFile(filepath.Join(s.dir, retentionFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if json.Unmarshal(data, &runs) != nil {
		return nil, nil
	}
	return runs, nil
}

// remember adds a run.
func (s *store) remember(run retentionRun) error {
	s.remembering.Lock()
	defer s.remembering.Unlock()
	runs, err := s.runs()
	if err != nil {
		return err
	}
	runs = append([]retentionRun{run}, runs[:min(len(runs), keptRuns-1)]...)
	data, err := json.MarshalIndent(runs, "", " ")
	if err != nil {
		return err
	}
	path := filepath.Join(s.dir, retentionFile)
	if err := os.WriteFile(path+".new", append(data, '\n'), 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}
