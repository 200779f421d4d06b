package feeds

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// kept is the last good copy of a calendar, as it is on disk.
type kept struct {
	Calendar string `json:"calendar"`
	// Read is when it was last found to be so, Changed when it became so, Version how many texts it has had.
	Read     time.Time `json:"read"`
	Changed  time.Time `json:"changed"`
	Version  uint64    `json:"version"`
	ETag     string    `json:"etag,omitempty"`
	Modified string    `json:"modified,omitempty"`
	Text     []byte    `json:"text"`
}

// path names the copy of a calendar so that its address is not to be read from it.
func path(dir, calendar string) string {
	sum := sha256.Sum256([]byte(calendar))
	return filepath.Join(dir, hex.EncodeToString(sum[:16])+".json")
}

// save writes the copy whole or not at all.
func (c *kept) save(dir string) error {
	failed := errors.New("the copy cannot be written")
	data, err := json.Marshal(c)
	if err != nil {
		return failed
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return failed
	}
	name := path(dir, c.Calendar)
	f, err := os.OpenFile(name+".new", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return failed
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil || os.Rename(name+".new", name) != nil {
		return failed
	}
	return nil
}

// loadCopies reads all copies of a directory. One that is damaged is left out: the calendar is read anew.
func loadCopies(dir string) ([]*kept, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var copies []*kept
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil || filepath.Ext(e.Name()) != ".json" {
			continue
		}
		c := new(kept)
		if json.Unmarshal(data, c) == nil && path(dir, c.Calendar) == filepath.Join(dir, e.Name()) {
			copies = append(copies, c)
		}
	}
	return copies, nil
}
