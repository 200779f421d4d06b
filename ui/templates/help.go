package templates

// Help tells how the program is used.
type Help struct {
	Page
	// Parts are those for the reader: "sender", "specialist", "lead", "admin", "auditor", "sign-in".
	Parts []string
}

// helpTexts is how many paragraphs each part has.
const helpTexts = 5

// Accessibility is the statement that the law asks for.
type Accessibility struct{ Page }

// statement are the sections of the accessibility statement.
var statement = []string{"level", "tested", "gaps", "feedback", "authority"}
