package templates

import "strconv"

// Help tells how the program is used.
type Help struct {
	Page
	// Parts are those for the reader: "sender", "specialist", "lead", "admin", "auditor", "sign-in".
	Parts []string
}

// texts are the paragraphs of a part, as many as the catalogue has.
func (p Help) texts(part string) (list []string) {
	for n := 1; p.L.Has(helpKey(part, n)); n++ {
		list = append(list, p.L.T(helpKey(part, n)))
	}
	return list
}

func helpKey(part string, n int) string { return "help." + part + "." + strconv.Itoa(n) }

// Accessibility is the statement that the law asks for.
type Accessibility struct{ Page }

// statement are the sections of the accessibility statement.
var statement = []string{"level", "tested", "gaps", "feedback", "authority"}
