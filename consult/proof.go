package consult

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"time"
)

// Head names an entry of the journal, and by its hash all that came before it: whoever has kept a head can tell later whether
// the past has been written anew.
type Head struct {
	Position uint64 `json:"position"`
	// Hash is the entry's hash, 64 digits in hex; "" at position 0.
	Hash string `json:"hash"`
}

// String is the head on a line of its own, as [ReadHeads] reads it.
func (h Head) String() string { return fmt.Sprintf("silta-head %d %s", h.Position, h.Hash) }

var headLine = regexp.MustCompile(`\bsilta-head ([0-9]{1,19}) ([0-9a-f]{64})\b`)

// maxHeadLine is far more than a line with a head takes, in bytes.
const maxHeadLine = 64 << 10

// ReadHeads returns all heads in a text: a file that they were written to, or a mail. None is an error.
func ReadHeads(r io.Reader) ([]Head, error) {
	var heads []Head
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxHeadLine)
	for lines.Scan() {
		for _, m := range headLine.FindAllStringSubmatch(lines.Text(), -1) {
			position, err := strconv.ParseUint(m[1], 10, 64)
			if err == nil && position > 0 {
				heads = append(heads, Head{position, m[2]})
			}
		}
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	if len(heads) == 0 {
		return nil, errors.New(`no head stands in it: a line with "silta-head", a position and a hash`)
	}
	return heads, nil
}

// Proof is what was proved of a journal and of what is kept beside it.
type Proof struct {
	Head
	// Erased is how many of the entries have lost their contents together with their key.
	Erased uint64 `json:"erased"`
	// Subjects is how many the entries are about.
	Subjects int `json:"subjects"`
}

// ProofResult is how a proof ended.
type ProofResult struct {
	Proof
	// At is when it ended.
	At time.Time
	// Fault is what kind of thing is wrong, "": nothing, the log is whole.
	Fault ProofFault
	// Damaged is the position of the first entry that is not what was written, 0: none in particular; Reason says what is wrong,
	// in English and without contents. Both are of a log that is damaged.
	Damaged uint64
	Reason  string
}

// ProofFault is what kind of thing keeps a log from being proved whole.
type ProofFault string

// The faults.
const (
	// FaultEntry: an entry is not what was written.
	FaultEntry ProofFault = "entry"
	// FaultOrder: an entry is missing, or does not follow from the one before.
	FaultOrder ProofFault = "order"
	// FaultFile: the file is damaged elsewhere than in an entry.
	FaultFile ProofFault = "file"
	// FaultView: the entries are whole, and what pages show is not what they make.
	FaultView ProofFault = "view"
	// FaultUnproved: the proof could not be made; nothing is known of the log.
	FaultUnproved ProofFault = "unproved"
)
