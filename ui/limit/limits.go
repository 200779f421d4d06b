package limit

import (
	"net/netip"
	"sync"
	"time"
)

// Options say how much is allowed; 0 is no limit.
type Options struct {
	// Person and Address are how many requests a second a person, and all who come from one address, may make in the long run. A burst
	// may be ten times that. Whole hospitals come from one address.
	Person, Address float64
	// Streams is how many open streams a person may have.
	Streams int
}

// Limits bounds what visitors ask for. It is safe for concurrent use, and a nil one allows everything.
type Limits struct {
	people, addresses *rate
	maxStreams        int

	mu      sync.Mutex
	streams map[string]int
}

// New returns limits.
func New(o Options) *Limits {
	return &Limits{people: newRate(o.Person), addresses: newRate(o.Address), maxStreams: o.Streams, streams: map[string]int{}}
}

// Person counts a person's request at a moment, and returns how long they have to wait until it is allowed; 0: it is.
func (l *Limits) Person(id string, now time.Time) time.Duration {
	if l == nil {
		return 0
	}
	return l.people.take(id, now)
}

// Address does the same for where requests come from.
func (l *Limits) Address(address string, now time.Time) time.Duration {
	if l == nil {
		return 0
	}
	return l.addresses.take(network(address), now)
}

// Stream opens a stream of a person. It returns false where they have as many as they may; else close must be called at its end.
func (l *Limits) Stream(id string) (closed func(), ok bool) {
	if l == nil || l.maxStreams == 0 {
		return func() {}, true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.streams[id] >= l.maxStreams {
		return nil, false
	}
	l.streams[id]++
	return sync.OnceFunc(func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.streams[id]--; l.streams[id] == 0 {
			delete(l.streams, id)
		}
	}), true
}

// network is what addresses are told apart by: of IPv6 the network of 64 bits, all of which one machine can have.
func network(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	if ip = ip.Unmap(); ip.Is4() {
		return ip.String()
	}
	p, _ := ip.WithZone("").Prefix(64)
	return p.String()
}

// burst is how many seconds' worth of requests may come at once.
const burst = 10

// rate is the generic cell rate algorithm: for each name the moment until which its requests are paid for.
type rate struct {
	// each is what one request costs; 0: there is no limit.
	each time.Duration
	paid *table[time.Time]
}

func newRate(perSecond float64) *rate {
	if perSecond <= 0 {
		return &rate{}
	}
	return &rate{each: time.Duration(float64(time.Second) / perSecond), paid: newTable[time.Time]()}
}

func (r *rate) take(name string, now time.Time) (wait time.Duration) {
	if r.each == 0 {
		return 0
	}
	r.paid.edit(name, func(paid *time.Time) {
		if paid.Before(now) {
			*paid = now
		}
		if wait = paid.Add(r.each).Sub(now.Add(burst * time.Second)); wait > 0 {
			return // What is refused costs nothing.
		}
		wait = 0
		*paid = paid.Add(r.each)
	})
	return wait
}
