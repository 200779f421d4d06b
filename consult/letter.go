package consult

import "time"

// Letter is what a mail says that is not about one entry of the journal: the names of its words, and what they are filled with.
// Like a [Notice] it holds ids, codes, times and numbers, and nothing that a person typed.
type Letter struct {
	// Kind names the words, as the mails' catalogues have them: letter.KIND.subject, letter.KIND.what, letter.KIND.open.
	Kind string `json:"kind"`
	// At is when it was written.
	At time.Time `json:"at"`
	// Args fill the subject and the first sentence.
	Args  map[string]LetterValue `json:"args,omitempty"`
	Facts []LetterFact           `json:"facts,omitempty"`
	// Sections are lists with a heading each.
	Sections []LetterSection `json:"sections,omitempty"`
	// Path is where the link leads, such as "/queue".
	Path string `json:"path"`
	// Thread, valid by [ValidID], joins letters into one conversation; "": it stands alone.
	Thread string `json:"thread,omitempty"`
	// Before sends it to the address that the person had before this revision of their record, whatever has become of them since; 0: to
	// the one that they have.
	Before uint64 `json:"before,omitempty"`
	// Answer: it answers a mail. Nothing is ever to come back from it.
	Answer bool `json:"answer,omitempty"`
}

// LetterFact is a line of a name and a value. Name stands for the word letter.fact.NAME.
type LetterFact struct {
	Name  string      `json:"name"`
	Value LetterValue `json:"value"`
}

// LetterSection is a list under the heading letter.section.TITLE.
type LetterSection struct {
	Title string                 `json:"title"`
	Args  map[string]LetterValue `json:"args,omitempty"`
	Rows  []LetterRow            `json:"rows"`
}

// LetterRow is the sentence letter.row.WORDS. Path is where it links to, or "".
type LetterRow struct {
	Words string                 `json:"words"`
	Args  map[string]LetterValue `json:"args,omitempty"`
	Path  string                 `json:"path,omitempty"`
}

// LetterValue is what a word is filled with: exactly one field is set, or none for the number 0.
type LetterValue struct {
	// Text is shown as it is: a reference, an id.
	Text string `json:"text,omitempty"`
	// Person, an id, is shown by name; Colleague, one of whoever reads it, by name and phone number.
	Person    string `json:"person,omitempty"`
	Colleague string `json:"colleague,omitempty"`
	// Pool is shown by its name, Word by the message of this key.
	Pool string `json:"pool,omitempty"`
	Word string `json:"word,omitempty"`
	// Moment is told as a time of day on a day, Day as the day alone.
	Moment time.Time `json:"moment,omitzero"`
	Day    time.Time `json:"day,omitzero"`
	Number int       `json:"number,omitempty"`
}
