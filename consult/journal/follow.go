package journal

import (
	"context"

	"silta/consult"
)

// Head implements [consult.Follower].
func (j *Journal) Head() uint64 {
	j.head.Lock()
	defer j.head.Unlock()
	return j.head.position
}

// Wait implements [consult.Follower]. It returns [ErrClosed] when the journal is closed meanwhile.
func (j *Journal) Wait(ctx context.Context, after uint64) error {
	for {
		j.head.Lock()
		position, moved := j.head.position, j.head.moved
		j.head.Unlock()
		if position > after {
			return nil
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return ctx.Err()
		case <-j.done:
			if j.Head() > after {
				return nil
			}
			return ErrClosed
		}
	}
}

// setHead moves the head behind what was committed. Those who wait for it sleep until [Journal.wakeFollowers].
func (j *Journal) setHead(position uint64, committed []consult.Envelope) {
	j.head.Lock()
	defer j.head.Unlock()
	j.head.position = position
	j.head.recent.add(committed)
}

// wakeFollowers wakes those who wait for the head to move, after it has.
func (j *Journal) wakeFollowers() {
	j.head.Lock()
	defer j.head.Unlock()
	close(j.head.moved)
	j.head.moved = make(chan struct{})
}
