package ui_test

import (
	"testing"

	"github.com/chromedp/chromedp/kb"

	"silta/consult"
	"silta/ui"
	"silta/ui/browsertest"
)

// A specialist of another pool opens a request for a reason, and the auditor finds out, both without a mouse.
func TestOpeningAndItsTraceByKeyboard(t *testing.T) {
	b := browsertest.Start(t)
	s := newSite(t, func(o *ui.Options) { o.Prover = new(prover) })
	c := s.submitted("nurse")
	other := s.screen(t, b, "youthpsych", consult.Finnish)
	other.reach("a[href='/find']", kb.Enter)
	other.ready("#find-ref:focus")
	other.keys("s-2026-0001", kb.Enter)
	other.shows(".note", "ei ole sinun tiimiesi pyyntö")
	other.shoot("find")
	other.reach("#find [type=radio]", kb.ArrowDown)
	other.reach("#find-text", "Huoltaja soitti.")
	other.reach("#find .btn-primary", kb.Enter)
	other.shows(".note", "Näet tämän toisen tiimin pyynnön")
	other.shows("#main", c.Ref)
	other.sound()

	auditor := s.screen(t, b, "auditor", consult.Finnish)
	auditor.open("/access")
	auditor.shows("tbody", "Avasi toisen tiimin pyynnön")
	auditor.reach("#access-ref", c.Ref)
	auditor.reach("#access-search .btn-primary", kb.Enter)
	auditor.shows("#main", "Ote asiakkaalle")
	auditor.reach("#proof button", kb.Enter)
	auditor.shows("#proof .note", "Todistus on käynnissä")
	auditor.shoot("access")
	auditor.sound()
}
