package consult

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the documents that are made of the code")

// relations in the order of the document, with their names.
var relationNames = []struct {
	relation relation
	name     string
}{
	{sender, "sender"}, {holder, "holder"}, {member, "member"}, {lead, "lead"}, {joined, "member of a joined pool"}, {program, "the program"},
}

// TestAccessDocument holds ACCESS.md against the table that the program goes by. To write it anew:
//
//	go test ./consult -run AccessDocument -update
func TestAccessDocument(t *testing.T) {
	var b strings.Builder
	b.WriteString(`# Who may do what to a request

Made from the table in access.go by the test that holds the two together. Roles enter by the relations: a *sender* has the role
` + "`requester`" + ` and sent the request; *holder*, *member* and *lead* have the role ` + "`specialist`" + ` and belong to the pool that
answers it: the rules in force name them, or, but for *lead*, the claims of a provider of identities made them members when they last signed
in there. A pool that *joined* belongs to it from then on, and sees the whole of it. Who was any of these and is not any more has lost
it. Administrators and auditors stand in no relation to any request. Whoever may not view a request is answered as if it did not exist;
a specialist who states a reason may view it for a while, and nothing else.

| action |`)
	for _, r := range relationNames {
		fmt.Fprintf(&b, " %s |", r.name)
	}
	b.WriteString(" in the states |\n|---|" + strings.Repeat("---|", len(relationNames)+1) + "\n")
	for _, a := range Actions {
		rule := access[a]
		fmt.Fprintf(&b, "| %s |", a)
		for _, r := range relationNames {
			mark := ""
			if rule.by&r.relation != 0 {
				mark = "yes"
			}
			fmt.Fprintf(&b, " %s |", mark)
		}
		var states []string
		for _, s := range rule.in {
			states = append(states, string(s))
		}
		if len(states) == len(States) {
			states = []string{"all"}
		}
		fmt.Fprintf(&b, " %s |\n", strings.Join(states, ", "))
	}
	b.WriteString("\nA request that somebody has, only they and the lead hand over or share with another pool. One that was\nanswered before is not withdrawn any more, and one that never was is not closed.\n")
	if *update {
		if err := os.WriteFile("ACCESS.md", []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	written, err := os.ReadFile("ACCESS.md")
	if err != nil {
		t.Fatal(err)
	}
	if string(written) != b.String() {
		t.Errorf("ACCESS.md is not what the table says; it should be:\n%s", b.String())
	}
}
