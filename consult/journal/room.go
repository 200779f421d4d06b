package journal

import (
	"errors"
	"os"
)

// A commit that writes where the file has never been written makes the file system allocate and log as well, which costs
// about as much again as the commit itself. So the writer fills the file with zeros ahead of bbolt: little of a small file,
// at most maxRoom of a large one.
const (
	minRoom = 256 << 10
	maxRoom = 8 << 20
)

var zeros [minRoom]byte

// room keeps written space at the end of the file.
type room struct {
	file *os.File
	size int64 // of the file
	most int64 // to which the file may grow; 0: no limit
}

func openRoom(path string, most int) (room, error) {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return room{}, err
	}
	info, err := f.Stat()
	if err != nil {
		return room{}, errors.Join(err, f.Close())
	}
	return room{f, info.Size(), int64(most)}, nil
}

// ensure writes zeros behind the end of the file when little is left of it beyond what is used. It may fail without harm:
// bbolt grows the file itself where it must, and reports it where it can't.
func (r *room) ensure(used int64) {
	want := min(max(used/2, minRoom), maxRoom)
	if r.size-used >= want {
		return
	}
	info, err := r.file.Stat()
	if err != nil {
		return
	}
	r.size = info.Size()
	for r.size < used+2*want && (r.most == 0 || r.size+minRoom <= r.most) {
		n, err := r.file.WriteAt(zeros[:], r.size)
		r.size += int64(n)
		if err != nil {
			return
		}
	}
}
