package routing_test

import (
	"fmt"
	"strings"
	"time"

	"silta/consult"
	"silta/routing"
	"silta/routing/oncall"
)

const twoTeams = `
timezone: Europe/Helsinki
municipalities: [Tampere, Kangasala]
hours:
  office: {days: {mon-fri: "08:00-16:00"}, holidays: FI}
rules:
  - {id: children, when: {age: "<13"}, to: child, why: {en: "This team advises on children under 13."}}
  - {id: young, when: {age: 13-22, concern: [mood, anxiety]}, to: youth}
otherwise: child
pools:
  child:
    {members: [anna], hours: office, claim-within: {routine: 4h, soon: 2h, urgent: 1h}, answer-within: {routine: 2d, soon: 1d, urgent: 4h}}
  youth:
    {members: [bror], hours: office, claim-within: {routine: 4h, soon: 2h, urgent: 1h}, answer-within: {routine: 2d, soon: 1d, urgent: 4h}}
`

// A document is read, made ready once, and then says where each request goes, and by when it is to be answered.
func Example() {
	doc, findings := routing.Parse("rules.yaml", []byte(twoTeams))
	if routing.HasErrors(findings) {
		fmt.Println(findings)
		return
	}
	rules := routing.Compile(doc)
	friday := time.Date(2026, time.November, 27, 15, 0, 0, 0, doc.Timezone)
	e := rules.Explain(consult.Facts{Age: 15, Concerns: []consult.Concern{"mood"}, Urgency: consult.Soon}, friday, oncall.Known{})
	fmt.Println("goes to", e.Pool, "by the rule", e.Rule)
	fmt.Println("to be answered by", e.AnswerBy.Format("Mon 2 Jan 15:04"))
	for _, t := range e.Trace {
		fmt.Println(t.Rule, t.Matched)
	}
	// Output:
	// goes to youth by the rule young
	// to be answered by Mon 30 Nov 15:00
	// children false
	// young true
}

// Examine says what is wrong with what a document means, and where: here a rule that no request reaches.
func ExampleExamine() {
	document := strings.Replace(twoTeams, "otherwise:", "  - {id: toddlers, when: {age: \"<3\"}, to: youth}\notherwise:", 1)
	_, findings := routing.Examine("rules.yaml", []byte(document), routing.World{Now: time.Date(2026, time.November, 27, 15, 0, 0, 0, time.UTC)})
	for _, f := range findings {
		if f.Code == routing.Unreachable {
			fmt.Println(f)
		}
	}
	// Output: rules.yaml:9:5: error: no request can reach the rule toddlers: these rules before it take all of its requests: children; move it before them, or remove it [unreachable]
}
