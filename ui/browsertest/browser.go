// Package browsertest drives Debian's Chromium in tests: pages are opened as a person would see them, what the console
// complains of is collected, axe looks for barriers, and screenshots are taken.
package browsertest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// limit ends a step that hangs; no test waits for it otherwise.
const limit = 60 * time.Second

// Browser is a running Chromium with an empty profile.
type Browser struct{ ctx context.Context }

// Start runs Chromium for the length of the test. Where it is not installed the test is skipped and says so, except
// under CI=true, where it fails. With -short it is skipped as well: a browser takes long.
func Start(t testing.TB) *Browser {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: tests in a browser are left out")
	}
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		const text = "no chromium on this machine: install Debian's package chromium to run the tests of the pages"
		if os.Getenv("CI") == "true" {
			t.Fatal(text)
		}
		t.Skip(text)
	}
	options := slices.Concat(chromedp.DefaultExecAllocatorOptions[:], []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true), chromedp.Flag("force-color-profile", "srgb"),
		chromedp.Flag("hide-scrollbars", true), chromedp.Flag("lang", "fi-FI"), chromedp.Flag("disable-dev-shm-usage", true),
	})
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("chromium does not start: %v", err)
	}
	return &Browser{ctx}
}

// Tab is one tab with cookies of its own, as one person has it.
type Tab struct {
	t   testing.TB
	ctx context.Context

	mu      sync.Mutex
	faults  []string
	excused []string
}

// violations keeps what the content security policy refused where the tab can ask for it.
const violations = `window.__refused = []; document.addEventListener("securitypolicyviolation", (e) =>
	window.__refused.push(e.violatedDirective + " refused " + (e.blockedURI || "inline") + " " + (e.sample || "")));`

// Tab opens a tab for a person of its own. The test fails at its end with all that the pages complained of and nobody asked for.
func (b *Browser) Tab(t testing.TB) *Tab {
	t.Helper()
	tab := &Tab{t: t}
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext(), chromedp.WithListener(tab.hear))
	t.Cleanup(cancel)
	tab.ctx = ctx
	t.Cleanup(func() {
		for _, fault := range tab.heard() {
			t.Error("nobody asked for: " + fault)
		}
	})
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("no new tab: %v", err)
	}
	tab.Before(violations)
	tab.View(Desktop, Light)
	return tab
}

// Before runs a script in each page opened from now on, before those of the page.
func (tab *Tab) Before(script string) {
	tab.t.Helper()
	tab.Run(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script})
		return err
	}))
}

// hear collects what the page complains of. It runs inside the reading of the tab's messages and must not block.
func (tab *Tab) hear(event any) {
	var fault string
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		fault = "exception: " + e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			fault += " " + e.ExceptionDetails.Exception.Description
		}
	case *runtime.EventConsoleAPICalled:
		if e.Type != runtime.ConsoleAPICalledTypeError && e.Type != runtime.ConsoleAPICalledTypeWarning {
			return
		}
		words := []string{"console:"}
		for _, a := range e.Args {
			words = append(words, string(a.Value))
		}
		fault = strings.Join(words, " ")
	case *log.EventEntryAdded:
		if e.Entry.Level != log.EntryLevelError && e.Entry.Level != log.EntryLevelWarning {
			return
		}
		fault = fmt.Sprintf("%s: %s", e.Entry.Source, e.Entry.Text)
	default:
		return
	}
	tab.mu.Lock()
	defer tab.mu.Unlock()
	if !slices.ContainsFunc(tab.excused, func(text string) bool { return strings.Contains(fault, text) }) {
		tab.faults = append(tab.faults, fault)
	}
}

// Refused is what the browser notes of a form that the server gave back.
const Refused = "the server responded with a status of 422"

// Excuse takes complaints that hold a text for none, from now on: those that the test brings about.
func (tab *Tab) Excuse(text string) {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	tab.excused = append(tab.excused, text)
}

func (tab *Tab) heard() []string {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	faults := tab.faults
	tab.faults = nil
	return faults
}

// Run carries steps out and fails the test at the first that does not work.
func (tab *Tab) Run(steps ...chromedp.Action[chromedp.Void]) {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, limit)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		tab.t.Fatal(err)
	}
}

// Go opens an address and waits until the page and its script are ready. The page that is left is waited for first: one whose loading is cut
// short says so while the next one is listened for.
func (tab *Tab) Go(url string) {
	tab.t.Helper()
	tab.Until(`document.readyState === "complete"`)
	tab.Run(chromedp.Navigate(url))
}

// Value runs an expression in the page, waits for it if it is a promise, and returns what comes of it.
func Value[T any](tab *Tab, expression string) T {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, limit)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		tab.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// Until waits until an expression is true in the page. One that cannot be reckoned is not true yet: the page may be under way.
func (tab *Tab) Until(condition string) {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, limit)
	defer cancel()
	var why error
	for {
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("!!("+condition+")"))
		if _, thrown := errors.AsType[*chromedp.ExceptionError](err); thrown {
			why = err
		} else if err != nil && !errors.Is(err, chromedp.ErrJSUndefined) && !strings.Contains(err.Error(), "Inspected target navigated") {
			tab.t.Fatalf("waiting for %s: %v", condition, err)
		}
		if ok {
			return
		}
		select {
		case <-ctx.Done():
			tab.t.Fatalf("waited in vain for %s (last error: %v)", condition, why)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Faults returns what the console, the scripts and the content security policy complained of since it was asked last.
func (tab *Tab) Faults() []string {
	tab.t.Helper()
	refused := Value[[]string](tab, `(() => { const r = window.__refused || []; window.__refused = []; return r; })()`)
	return append(tab.heard(), refused...)
}

// Size is a viewport in CSS pixels.
type Size struct{ Width, Height int64 }

// The sizes that pages are looked at in.
var (
	Desktop = Size{1280, 800}
	Phone   = Size{390, 844}
	Narrow  = Size{320, 640}
	// Zoomed is what a window of the size of Desktop has at a zoom of 200 %.
	Zoomed = Size{640, 400}
	// Sheet is a page of A4 without its margins.
	Sheet = Size{718, 1000}
)

// Scheme is a colour scheme that the person prefers.
type Scheme string

// Colour schemes.
const (
	Light Scheme = "light"
	Dark  Scheme = "dark"
)

// View sets the viewport and the preferences. Motion is always reduced, so that nothing is caught half-way.
func (tab *Tab) View(size Size, scheme Scheme) {
	tab.t.Helper()
	tab.emulate(size, scheme, "")
}

// Forced shows the page as on a desktop where the person has set the colours of all pages, with the contrast and the calm that go with it.
func (tab *Tab) Forced() {
	tab.t.Helper()
	tab.emulate(Desktop, Dark, "", &emulation.MediaFeature{Name: "forced-colors", Value: "active"}, &emulation.MediaFeature{Name: "prefers-contrast", Value: "more"})
}

// Paper shows the page as it is printed.
func (tab *Tab) Paper() {
	tab.t.Helper()
	tab.emulate(Sheet, Light, "print")
}

// Pages prints the page on A4, and returns how many pages that makes.
func (tab *Tab) Pages() (n int) {
	tab.t.Helper()
	tab.Run(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		const width, height = 8.27, 11.69 // inches
		byStyle := true                   // its margins
		printed, err := cdp.Call(ctx, t, page.PrintToPDF, page.PrintToPDFParams{PaperWidth: width, PaperHeight: height, PreferCSSPageSize: &byStyle})
		n = len(onePage.FindAll(printed.Data, -1))
		return err
	}))
	return n
}

// onePage is what each page of a PDF has once.
var onePage = regexp.MustCompile(`/Type\s*/Page\b`)

func (tab *Tab) emulate(size Size, scheme Scheme, media string, more ...*emulation.MediaFeature) {
	tab.t.Helper()
	tab.Run(chromedp.EmulateViewport(size.Width, size.Height), chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: media, Features: append([]*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: string(scheme)}, {Name: "prefers-reduced-motion", Value: "reduce"},
		}, more...)})
		return err
	}))
}

// Scripts switches JavaScript on or off for the pages opened from now on.
func (tab *Tab) Scripts(on bool) {
	tab.t.Helper()
	tab.Run(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on})
		return err
	}))
}

// Screenshot writes the whole page as a PNG.
func (tab *Tab) Screenshot(path string) {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, limit)
	defer cancel()
	png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.WriteFile(path, png, 0o644)
	}
	if err != nil {
		tab.t.Fatalf("screenshot %s: %v", path, err)
	}
}
