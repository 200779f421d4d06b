package notify

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"silta/consult"
	"silta/notify/mail/mailtest"
)

// full keeps no new delivery while it is set, as a disk without room.
type full struct {
	*post
	set atomic.Bool
}

func (f *full) Append(ctx context.Context, e consult.Entry, expected uint64) (consult.Receipt, error) {
	if f.set.Load() {
		return consult.Receipt{}, errors.New("no room")
	}
	return f.post.Append(ctx, e, expected)
}

// TestPlannerThatCannotPlan: events that are told and of which no mail can be planned do not pass for well.
func TestPlannerThatCannotPlan(t *testing.T) {
	p, b := newPost(t, mailtest.Start(t, mailtest.Options{})), openBus(t, t.TempDir())
	disk := &full{post: p}
	p.planner.bus, p.planner.deliveries = b, disk
	p.planner.pause = func(ctx context.Context, _ time.Duration) { Sleep(ctx, time.Millisecond) }
	relay, _ := startRelay(t, b, p.Journal)
	eventually(t, "the relay follows", relay.Ready)
	background(t, p.planner.Run)
	eventually(t, "the planner listens", p.planner.Ready)

	disk.set.Store(true)
	position := p.tell(t, []string{"childpsych"}, nil)
	eventually(t, "it is said that no mail can be planned", func() bool { return relay.Position() >= position && !p.planner.Ready() })
	disk.set.Store(false)
	eventually(t, "mails are planned again", p.planner.Ready)
	if _, err := p.View.Delivery(deliveryID(position, "person", "childpsych")); err != nil {
		t.Error(err)
	}
}
