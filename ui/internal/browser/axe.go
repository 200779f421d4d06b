package browser

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

// rules are WCAG 2.2 up to level AA, and axe's good practices.
const rules = `axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], resultTypes: ["violations"]})
	.then((r) => r.violations.flatMap((v) => v.nodes.map((n) =>
		v.id + " at " + n.target.join(" ") + ": " + [...n.any, ...n.all, ...n.none].map((c) => c.message).join("; "))))`

// Axe returns the barriers that axe finds on the page as it stands, one line each.
func (tab *Tab) Axe() []string {
	tab.t.Helper()
	if !Value[bool](tab, `typeof axe === "object"`) {
		tab.Run(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
			_, err := chromedp.Evaluate[bool](axe+"; true")(ctx, t)
			return err
		}))
	}
	return Value[[]string](tab, rules)
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
