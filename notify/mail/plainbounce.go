package mail

import "strings"

// Mail servers of old, and some of today, return mails with a plain text. These are the sentences by which it is known, in small
// letters; those on delays come first, since they also say what could not be done.

var delaySentences = []string{
	"this is a warning message only", "this is a warning only", "this message is for your information", "you do not need to resend",
	"no action is required on your part", "delivery attempts will continue", "will continue to try", "will keep trying", "will be retried",
	"message still undelivered after", "has not yet been delivered", "have not yet been delivered", "could not be delivered for the last",
	"delivery is delayed", "delivery delayed", "delayed mail", "warning: message delayed", "delivery to the following recipients has been delayed",
	"there is a temporary problem delivering", "gmail will retry", "i'm still trying", "transient non-fatal errors",
}

var failureSentences = []string{
	"could not be delivered", "couldn't be delivered", "cannot be delivered", "can't be delivered", "was not delivered", "wasn't delivered",
	"undeliverable", "undelivered mail", "delivery has failed", "delivery failed", "delivery failure", "failed to deliver", "failed permanently",
	"delivery to the following recipient failed", "delivery to the following recipients failed", "permanent error", "permanent fatal errors",
	"i wasn't able to deliver", "unable to deliver", "i've given up", "giving up on", "did not reach the following recipient",
	"did not reach some or all", "user unknown", "unknown user", "no such user", "no mailbox here by that name", "recipient rejected",
	"address rejected", "address not found", "mailbox unavailable", "mailbox is full", "mailbox full", "over quota", "does not exist",
	"returned to sender", "returned mail", "message rejected", "not be found in this domain", "is not a known user",
	"viestiä ei voitu toimittaa", "toimitus epäonnistui", "kunde inte levereras", "gick inte att leverera",
}

// copies begin the mail that is returned below the text; what is in that says nothing.
var copies = []string{
	"--- below this line is a copy of the message", "------ this is a copy of the message", "--- below the next line is a copy of the message",
	"----- original message", "---- unsent message follows", "----- unsent message follows", "--- original message ---", "----- message header follows",
	"message headers follow", "a copy of your message", "original message headers:", "|------------------------- message log follows",
}

// judgeText says what a server's plain text in small letters comes to.
func judgeText(text string) (IncomingKind, string) {
	for _, c := range copies {
		text, _, _ = strings.Cut(text, c)
	}
	// Sentences are folded at any place.
	text = strings.Join(strings.Fields(text), " ")
	status := enhanced(text)
	if status == "" {
		status = replyCode(text)
	}
	switch {
	case containsAny(text, delaySentences):
		return Delay, status
	case containsAny(text, failureSentences) || strings.HasPrefix(status, "5"):
		if status == "" {
			status = "5.0.0"
		}
		return Bounce, status
	}
	return Unclear, ""
}

func containsAny(text string, sentences []string) bool {
	for _, s := range sentences {
		if strings.Contains(text, s) {
			return true
		}
	}
	return false
}
