package journal

import "silta/consult"

// recent holds the envelopes of the last entries: those who follow the journal all ask for the same ones at the same time, right
// after the commit. They are shared, and not to be changed. It is guarded by the head's lock.
type recent struct {
	envelopes []consult.Envelope // each at its position modulo the size
	first     uint64             // the first position that is held, 0: none
}

// maxRecent is how many are held: more than a transaction commits, and than who follows falls behind by.
const maxRecent = 4 * maxBatch

// add takes over the envelopes of the entries that have become the last ones.
func (r *recent) add(committed []consult.Envelope) {
	if len(committed) == 0 {
		return
	}
	if r.envelopes == nil {
		r.envelopes = make([]consult.Envelope, maxRecent)
		r.first = committed[0].Position
	}
	for _, env := range committed {
		r.envelopes[env.Position%maxRecent] = env
	}
	if last := committed[len(committed)-1].Position; last >= r.first+maxRecent {
		r.first = last - maxRecent + 1
	}
}

// from returns those from a position up to another one, nil where the first is not held any more.
func (r *recent) from(first, last uint64) []consult.Envelope {
	if r.first == 0 || first < r.first || first > last {
		return nil
	}
	held := make([]consult.Envelope, 0, last-first+1)
	for position := first; position <= last; position++ {
		held = append(held, r.envelopes[position%maxRecent])
	}
	return held
}

// recentFrom returns the envelopes from a position up to the head, so many at most; nil where they are to be read from the file.
func (j *Journal) recentFrom(first, most uint64) []consult.Envelope {
	j.head.Lock()
	defer j.head.Unlock()
	return j.head.recent.from(first, min(j.head.position, first+most-1))
}
