package boltpages

import (
	"io"
	"slices"
)

// File is what [Overwrite] needs of a file.
type File interface {
	io.ReaderAt
	io.WriterAt
}

// Overwrite writes zeros over the pages that are free in the state of a committed transaction and in the one before. Nobody may read an
// older state meanwhile, and nothing may be committed.
func Overwrite(file File, txid uint64) error {
	free, size, err := Free(file, txid)
	if err != nil {
		return err
	}
	before, _, err := Free(file, txid-1)
	if err != nil {
		return err
	}
	slices.Sort(before)
	zero := make([]byte, size)
	for _, page := range free {
		if _, ok := slices.BinarySearch(before, page); !ok {
			continue
		}
		if _, err := file.WriteAt(zero, int64(page)*int64(size)); err != nil {
			return err
		}
	}
	return nil
}
