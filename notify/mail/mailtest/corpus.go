package mailtest

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Incoming is a mail of the corpus, and what is expected of it.
type Incoming struct {
	Name, Kind, Status string
	// Match is "token" where it refers to the mail that the corpus is about, else "none".
	Match string
	// Leads is what it leads to: "next", "flag", "warn", "notice", or "nothing", with spaces between them.
	Leads string
	Raw   []byte
}

// Corpus reads incoming.txt and the mails beside it, with the token of a mail in place of TOKEN. A mail without a line and a line
// without a mail fail the test.
func Corpus(tb testing.TB, dir, token string) []Incoming {
	tb.Helper()
	table, err := os.ReadFile(filepath.Join(dir, "incoming.txt"))
	if err != nil {
		tb.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "incoming", "*.eml"))
	if err != nil {
		tb.Fatal(err)
	}
	var all []Incoming
	for line := range strings.Lines(string(table)) {
		f := strings.Fields(line)
		if len(f) == 0 || f[0] == "#" {
			continue
		}
		if len(f) < 5 {
			tb.Fatalf("a line of too few columns: %s", line)
		}
		in := Incoming{Name: f[0], Kind: f[1], Status: strings.Trim(f[2], "-"), Match: f[3], Leads: strings.Join(f[4:], " ")}
		name := filepath.Join(dir, "incoming", in.Name+".eml")
		if in.Raw, err = os.ReadFile(name); err != nil {
			tb.Fatal(err)
		}
		in.Raw = bytes.ReplaceAll(in.Raw, []byte("TOKEN"), []byte(token))
		files = slices.DeleteFunc(files, func(f string) bool { return f == name })
		all = append(all, in)
	}
	if len(files) > 0 {
		tb.Errorf("nothing says what these lead to: %v", files)
	}
	return all
}
