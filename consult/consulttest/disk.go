package consulttest

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Disk tells what the machine's disk does: how often in a second 4 KiB in the place of others are durable, one after the other. It
// is the measure of benchmarks of what must be durable; bbolt's smallest commit takes some 2.6 times as long. Use it in turns with
// what is measured, so that both meet the same machine.
type Disk struct {
	file *os.File
	page []byte
	n    int
	took time.Duration
}

// NewDisk returns a disk by a file that goes with the benchmark.
func NewDisk(b testing.TB) *Disk {
	b.Helper()
	f, err := os.Create(filepath.Join(b.TempDir(), "disk"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = f.Close() })
	d := &Disk{file: f, page: make([]byte, 4096)}
	d.Sync(b, 1) // A file that grows costs more.
	d.n, d.took = 0, 0
	return d
}

// Sync makes a page durable n times.
func (d *Disk) Sync(b testing.TB, n int) {
	b.Helper()
	began := time.Now()
	for range n {
		if _, err := d.file.WriteAt(d.page, 0); err != nil {
			b.Fatal(err)
		}
		if err := d.file.Sync(); err != nil {
			b.Fatal(err)
		}
	}
	d.n += n
	d.took += time.Since(began)
}

// Rate is how many a second that were.
func (d *Disk) Rate() float64 { return float64(d.n) / d.took.Seconds() }
