package boltpages

import (
	"errors"
	"os"
	"slices"
)

// Overwrite writes zeros over the pages of a file that are free in the state of a committed transaction and in the one before, and returns
// when that is on disk. Nobody may read an older state meanwhile, and nothing may be committed.
func Overwrite(path string, txid uint64) error {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(overwrite(file, txid), file.Sync(), file.Close())
}

func overwrite(file *os.File, txid uint64) error {
	pages, size, err := free(file, txid)
	if err != nil {
		return err
	}
	before, _, err := free(file, txid-1)
	if err != nil {
		return err
	}
	slices.Sort(before)
	zero := make([]byte, size)
	for _, page := range pages {
		if _, ok := slices.BinarySearch(before, page); !ok {
			continue
		}
		if _, err := file.WriteAt(zero, int64(page)*int64(size)); err != nil {
			return err
		}
	}
	return nil
}

// free returns the pages that the state of a committed transaction lists as free, those included that an older reader may still need. It
// reads the list alone.
func free(file *os.File, txid uint64) (pages []uint64, pageSize int, err error) {
	m, err := findMeta(file, txid)
	if err != nil {
		return nil, 0, err
	}
	if m.freelist == noFreelist {
		return nil, 0, errors.New("the file keeps no list of free pages")
	}
	w := newWalk(file, m)
	pages, err = w.free(m.freelist)
	return pages, m.pageSize, err
}
