package consult

import "time"

// Past is what routing may know of a request that was submitted: nothing that a person typed freely, and no identity.
type Past struct {
	ID string
	// At is when it was submitted.
	At    time.Time
	Facts Facts
}
