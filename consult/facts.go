package consult

import "time"

// Facts is what routing knows of a request: nothing that a person typed freely, and no identity. The JSON
// names are the names that rules use.
type Facts struct {
	// Age is the client's age in completed years, 0 to 120.
	Age          int        `json:"age"`
	Pregnant     bool       `json:"pregnant,omitempty"`
	Concerns     []Concern  `json:"concern"`
	RedFlags     []RedFlag  `json:"red-flag,omitempty"`
	Urgency      Urgency    `json:"urgency,omitempty"`
	Mode         Mode       `json:"mode,omitempty"`
	Involved     []Party    `json:"involved,omitempty"`
	Profession   Profession `json:"profession"`
	Municipality string     `json:"municipality"`
	Language     Language   `json:"language,omitempty"`
	Identified   bool       `json:"identified,omitempty"`
}

// MaxAge is the highest age, in completed years, that a client can have.
const MaxAge = 120

// Past is what routing may know of a request that was submitted: nothing that a person typed freely, and no identity.
type Past struct {
	ID string
	// At is when it was submitted.
	At    time.Time
	Facts Facts
}
