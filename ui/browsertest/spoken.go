package browsertest

import (
	"context"
	"encoding/json"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/chromedp"
)

// Spoken returns what a screen reader gets of the page as it stands, in its order: "role name" of all that has a name.
func (tab *Tab) Spoken() []string {
	tab.t.Helper()
	var lines []string
	tab.Run(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		tree, err := cdp.Call(ctx, t, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
		if err != nil {
			return err
		}
		for _, n := range tree.Nodes {
			if n.Ignored || n.Name == nil {
				continue
			}
			var role, name string
			if err := json.Unmarshal(n.Role.Value, &role); err != nil {
				return err
			}
			if err := json.Unmarshal(n.Name.Value, &name); err != nil {
				return err
			}
			if name != "" {
				lines = append(lines, role+" "+name)
			}
		}
		return nil
	}))
	return lines
}
