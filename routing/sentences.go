package routing

import "maps"

// Sentences returns the findings, and with "fact-" before their keys the faults of requests, in English by their key: what the
// message catalogues have to translate. Names in braces are placeholders.
func Sentences() map[string]string {
	all := maps.Clone(sentences)
	for key, text := range factSentences {
		all["fact-"+key] = text
	}
	return all
}

// sentences are the findings in English, by their key.
var sentences = map[string]string{
	"too-large":       "the document is larger than {limit}",
	"not-utf8":        "this is not UTF-8 text",
	"not-yaml":        "not YAML: {reason}",
	"second-document": "a second YAML document begins here: only one is read",
	"empty":           "the document is empty",
	"alias":           "anchors, aliases and merge keys are not read: write the value out",
	"not-used":        "{sign} is not read here: write a plain value",
	"too-deep":        "nested deeper than {limit} levels",
	"too-many-keys":   "more than {limit} keys in one mapping",
	"too-blank":       "more than {limit} blank lines one after the other",
	"too-long":        "a text longer than {limit}",
	"duplicate-key":   "the key {key} stands twice in this mapping",
	"too-many":        "there are more than 1000 findings: the rest is not listed",

	"unknown-key":             "unknown key {key}: the nearest known name is {nearest}",
	"unknown-value":           "unknown value {value} of {key}: the nearest known name is {nearest}",
	"unknown-pool":            "there is no pool {value}: the nearest known name is {nearest}",
	"no-pools":                "there is no pool {value}",
	"unknown-hours":           "there are no hours {value}: the nearest known name is {nearest}",
	"no-hours":                "there are no hours {value}",
	"unknown-person":          "there is no person {value}: the nearest known name is {nearest}",
	"no-persons":              "there is no person {value}",
	"unknown-target":          "unknown target {value}: the nearest known name is {nearest}; person:ID, pool:ID and mail addresses are targets too",
	"missing":                 "{key} is missing",
	"wants":                   "{key}: {wanted} is wanted here",
	"nothing-matches":         "a condition without anything to match never holds: leave {key} out to match everything",
	"empty-choice":            "{key}: an empty list of values",
	"empty-range":             "{key}: no value lies in {value}",
	"out-of-range":            "{key}: {value} is outside {low} to {high}",
	"unknown-timezone":        "unknown time zone {value}: a name such as Europe/Helsinki is wanted",
	"bad-span":                "{value}: {reason}",
	"bad-duration":            "{value}: {reason}",
	"bad-moment":              "{value} is not a date and time such as 2026-01-05T08:00",
	"bad-date":                "{value} is not a day such as 2026-06-19",
	"bad-days":                "{value} is neither a day (mon) nor a range of days (mon-thu)",
	"day-twice":               "{day} has its hours already",
	"bad-hours":               "the spans of a day overlap: {reason}",
	"bad-id":                  "{key}: an id is 1 to 64 letters, digits, hyphens, underscores and dots",
	"bad-pool-id":             "{key}: the id of a pool is 1 to 64 letters a to z, digits, hyphens and underscores",
	"reserved-id":             "{value} stands for the requests that no rule takes: choose another id",
	"bad-share":               "{value} is neither a share of the answer time (50%) nor a time after it (+4h)",
	"bad-address":             "{value} is not a mail address",
	"shift-order":             "the shift ends before it begins",
	"one-plan":                "on-call has exactly one of rotation, shifts and calendar",
	"twice":                   "{value} stands twice",
	"joins-itself":            "{value} is where the rule sends already",
	"too-many-values":         "{key}: more than {limit} values",
	"duplicate-rule":          "there is another {value} already, in line {line}",
	"duplicate-test":          "there is a test {value} already, in line {line}",
	"nothing-expected":        "the test expects nothing",
	"test-failed":             "{name}: {got}",
	"unreachable":             "no request can reach the rule {rule}: these rules before it take all of its requests: {rules}",
	"unreachable-by":          "no request can reach the rule {rule}: these rules before it take all of its requests, and fewer of them might: {rules}",
	"unreachable-ever":        "no request can reach the rule {rule}: its conditions contradict each other",
	"redundant":               "without the rule {rule} every request would come to the same",
	"gap":                     "no rule takes some requests, and only otherwise catches them, such as {example}",
	"mode-not-offered":        "{rule} sends requests to {pool} in a mode that it does not offer, such as {example}",
	"profession-not-accepted": "{rule} sends requests to {pool} from a profession that it does not accept, such as {example}",
	"no-answerer":             "requests can reach the pool {pool}, but it has neither members nor anybody on call",
	"uncovered":               "nobody is on call for {pool} from {from} to {to}, while it is open",
	"uncovered-example":       "nobody is on call for {pool} from {from} to {to}, while it is open: a request then, such as {example}, would find nobody",
	"never-open":              "{pool} is never open within ten years: no deadline can be met",
	"never-claimed":           "{pool} has not enough open time for claim-within {within} within ten years",
	"never-answered":          "{pool} has not enough open time for answer-within {within} within ten years",
	"never-fires":             "this step of {pool} can't fire: the request is handed over to {to} before it",
	"loop":                    "hand-overs lead in a circle: {pools}",
	"pool-in-use":             "the pool {pool} is missing here, and has requests that are not ended ({count}): keep it until they are",
	"not-analysed":            "the exact analysis was not completed within its bounds, so it is not known {what}",
}
