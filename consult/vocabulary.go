package consult

import "slices"

// The codes below are the words that requests, rules, events and figures share. They are stored and
// sent as they stand here; what people read is a translation of them.
type (
	// Concern is one of the worries a request is about.
	Concern string
	// RedFlag is a sign of acute danger; it is what interlocks look at.
	RedFlag string
	// Party is a service that is involved with the client already.
	Party string
	// Profession is the sender's occupation.
	Profession string
	// Mode is the way in which the sender would like to be answered.
	Mode string
	// Language is a language of the client or of a person using the program.
	Language string
	// Urgency is how soon an answer is needed. It is ordered: see [Urgency.Rank].
	Urgency string
	// Disposition is what an answer leads to (jatkotoimi).
	Disposition string
	// Basis is the legal ground on which a request carries the client's identity.
	Basis string
)

// Urgencies, from the least to the most urgent.
const (
	Routine Urgency = "routine"
	Soon    Urgency = "soon"
	Urgent  Urgency = "urgent"
)

// Modes in which a consultation can be answered.
const (
	Written Mode = "written"
	Phone   Mode = "phone"
	Video   Mode = "video"
	Meeting Mode = "meeting"
	Visit   Mode = "visit"
)

// Languages. The program speaks the first three; a client may speak another one.
const (
	Finnish       Language = "fi"
	Swedish       Language = "sv"
	English       Language = "en"
	OtherLanguage Language = "other"
)

// Dispositions of an answer. Handing over is a command of its own.
const (
	Advice              Disposition = "advice"
	JointMeeting        Disposition = "meeting"
	OutreachVisit       Disposition = "visit"
	ReferralRecommended Disposition = "referral"
	Consent             Basis       = "consent"
)

// The values in the order in which forms show them.
var (
	Concerns = []Concern{
		"mood", "anxiety", "self-harm", "suicidality", "psychosis-suspected", "eating", "sleep",
		"attention-hyperactivity", "autism-suspected", "learning", "behaviour", "school-absence", "bullying",
		"trauma", "violence-at-home", "abuse-suspected", "substance-use", "parental-substance-use",
		"parental-mental-health", "parent-infant-interaction", "family-conflict", "divorce-conflict",
		"gambling-or-gaming", "gender-identity", "somatic-symptoms", "grief", "migration-stress", "disability", "other",
	}
	RedFlags = []RedFlag{
		"acute-suicidality", "psychosis", "severe-violence", "severe-eating-disorder", "intoxication", "other-acute",
	}
	Parties = []Party{
		"child-protection", "child-psychiatry", "youth-psychiatry", "disability-services", "somatic-care",
		"substance-services", "adult-social-work", "police", "school-support", "ngo",
	}
	Professions = []Profession{
		"school-nurse", "clinic-nurse", "midwife", "school-doctor", "doctor", "psychologist", "school-social-worker",
		"social-worker", "youth-team", "psychiatric-nurse", "family-worker", "early-education", "teacher", "other",
	}
	Modes           = []Mode{Written, Phone, Video, Meeting, Visit}
	Urgencies       = []Urgency{Routine, Soon, Urgent}
	ClientLanguages = []Language{Finnish, Swedish, English, OtherLanguage}
	// Languages are those that every screen, mail and error is written in.
	Languages    = []Language{Finnish, Swedish, English}
	Dispositions = []Disposition{Advice, JointMeeting, OutreachVisit, ReferralRecommended}
	// Instruments are the questionnaires whose name, score and date a request can carry. Their items are
	// licensed and never stored.
	Instruments = []string{
		"SDQ", "LAPS", "PikkuLAPS", "R-BDI-13", "BDI-21", "GAD-7", "PHQ-9", "PHQ-A", "SCOFF", "AUDIT", "ADSUME", "CRAFFT", "EPDS",
	}
)

// Rank orders urgencies: 0 for routine, 1 for soon, 2 for urgent, -1 for a code that is none.
func (u Urgency) Rank() int { return slices.Index(Urgencies, u) }

// AtLeast returns the more urgent of the two.
func (u Urgency) AtLeast(floor Urgency) Urgency {
	if floor.Rank() > u.Rank() {
		return floor
	}
	return u
}

// Text is something that an administrator wrote in the languages of the program.
type Text map[Language]string

// In returns the text in the language, else in the first of [Languages] that it is written in.
func (t Text) In(l Language) string {
	_, s := t.Best(l)
	return s
}

// Best returns the same text, with the language that it is in.
func (t Text) Best(l Language) (Language, string) {
	for _, l := range slices.Concat([]Language{l}, Languages) {
		if s := t[l]; s != "" {
			return l, s
		}
	}
	return l, ""
}
