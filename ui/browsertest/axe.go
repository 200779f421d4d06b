package browsertest

import (
	"context"
	_ "embed"
	"fmt"

	"github.com/chromedp/chromedp"
)

// axe is axe-core 4.14.1, as it is.
//
//go:embed testdata/axe.min.js
var axe string

// The rules of WCAG 2.2 up to level AA with axe's good practices, and those of them that a colour scheme can break.
const (
	allRules    = `["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]`
	colourRules = `{type: "rule", values: ["color-contrast", "link-in-text-block"]}`
)

const run = `axe.run(document, {runOnly: %s, resultTypes: ["violations"]})
	.then((r) => r.violations.flatMap((v) => v.nodes.map((n) =>
		v.id + " at " + n.target.join(" ") + ": " + [...n.any, ...n.all, ...n.none].map((c) => c.message).join("; "))))`

// Axe returns the barriers that axe finds on the page as it stands, one line each.
func (tab *Tab) Axe() []string { return tab.axe(allRules) }

// AxeColours is [Tab.Axe] for what another colour scheme can change alone, in a part of the time.
func (tab *Tab) AxeColours() []string { return tab.axe(colourRules) }

func (tab *Tab) axe(rules string) []string {
	tab.t.Helper()
	if !Value[bool](tab, `typeof axe === "object"`) {
		tab.Run(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
			_, err := chromedp.Evaluate[bool](axe+"; true")(ctx, t)
			return err
		}))
	}
	return Value[[]string](tab, fmt.Sprintf(run, rules))
}

// Clipped returns what is wider than the viewport, as a page must never scroll sideways.
func (tab *Tab) Clipped() []string {
	tab.t.Helper()
	width := Value[int](tab, `document.documentElement.clientWidth`)
	if scroll := Value[int](tab, `document.documentElement.scrollWidth`); scroll > width {
		wide := Value[[]string](tab, `[...document.querySelectorAll("main *, header *, footer *")].filter((e) =>
			e.getBoundingClientRect().right > document.documentElement.clientWidth + 1).slice(0, 5).map((e) => e.tagName + "." + e.className)`)
		return append(wide, fmt.Sprintf("the page is %d wide in %d", scroll, width))
	}
	return nil
}
