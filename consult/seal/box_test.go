package seal_test

import (
	"bytes"
	"errors"
	"path/filepath"
	"testing"

	"silta/consult/seal"
)

func TestBox(t *testing.T) {
	keys, err := seal.CreateMaster(filepath.Join(t.TempDir(), "master.key"))
	if err != nil {
		t.Fatal(err)
	}
	box, text := keys.Box("draft"), []byte("Hän ei nuku.")
	record, err := box.Seal("nurse/1", text)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(record, text) {
		t.Error("the record can be read")
	}
	if again, err := box.Seal("nurse/1", text); err != nil || bytes.Equal(again, record) {
		t.Errorf("the same record twice: %v", err)
	}
	if got, err := box.Open("nurse/1", record); err != nil || !bytes.Equal(got, text) {
		t.Errorf("opened %q, %v", got, err)
	}
	// Nothing opens in another place, under another key, or damaged.
	if _, err := box.Open("nurse/2", record); err == nil {
		t.Error("it opens under another id")
	}
	if _, err := keys.Box("note").Open("nurse/1", record); err == nil {
		t.Error("it opens as another kind")
	}
	other, err := seal.CreateMaster(filepath.Join(t.TempDir(), "master.key"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Box("draft").Open("nurse/1", record); !errors.Is(err, seal.ErrMaster) {
		t.Errorf("with another master key: %v", err)
	}
	for i := range record {
		damaged := bytes.Clone(record)
		damaged[i] ^= 0x10
		if _, err := box.Open("nurse/1", damaged); err == nil {
			t.Fatalf("it opens with byte %d changed", i)
		}
		if _, err := box.Open("nurse/1", record[:i]); err == nil {
			t.Fatalf("it opens cut to %d bytes", i)
		}
	}
}
