package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"silta/ui/browsertest"
)

// TestDemoInBrowsers is the first thing that somebody tries: the demo in two browsers. The nurse sees where the request would go, and
// sends it; the specialist, whose queue was open all the time, sees it arrive. It takes the README's two screenshots on the way; to
// renew those:
//
//	GALLERY=testdata/screenshots go test ./cmd/silta -run DemoInBrowsers
func TestDemoInBrowsers(t *testing.T) {
	b := browsertest.Start(t)
	gallery := os.Getenv("GALLERY")
	if gallery == "" {
		gallery = t.TempDir()
	}
	p := startDemo(t, "--clock", "2026-11-24T10:05:00+02:00")
	t.Cleanup(p.stop)
	signIn := func(who string) *browsertest.Tab {
		tab := b.Tab(t)
		tab.View(browsertest.Desktop, browsertest.Light)
		tab.Go(p.url + "/sign-in")
		tab.Until(`document.querySelector("#sign-in-name:focus")`)
		tab.Run(chromedp.KeyEvent(who+"\tdemo"), chromedp.KeyEvent(kb.Enter))
		tab.Until(`document.readyState === "complete" && document.querySelector(".who")`)
		return tab
	}
	psych, nurse := signIn("childpsych"), signIn("nurse")
	psych.Until(`document.querySelectorAll(".case").length > 1 && document.getElementById("stream")._htmx?.sse?.status === 200`)

	nurse.Go(p.url + "/requests/new")
	nurse.Run(
		chromedp.SendKeys(chromedp.CSS("#r-client-age"), "8"),
		chromedp.Evaluate[chromedp.Void](`for (const c of ["anxiety", "school-absence", "sleep"]) document.querySelector("[name=concerns][value=" + c + "]").click()`),
		chromedp.SendKeys(chromedp.CSS("#r-background"), "Poissaoloja syyslomasta alkaen, aamuisin vatsakipua. Kotona rauhallista."),
		chromedp.SendKeys(chromedp.CSS("#r-tried"), "Lyhennetyt päivät kaksi viikkoa, kuraattorin tapaamiset."),
		chromedp.SendKeys(chromedp.CSS("#r-question"), "Miten jatkamme altistusta kouluun?"),
	)
	nurse.Until(`document.querySelector("#preview .where-pool")`)
	nurse.Run(chromedp.Evaluate[chromedp.Void](`scrollTo(0, 0)`))
	nurse.Screenshot(filepath.Join(gallery, "form.png"))
	nurse.Run(chromedp.Click(chromedp.CSS("#send button.btn-primary")))
	nurse.Until(`document.querySelector(".state-submitted")`)
	ref := browsertest.Value[string](nurse, `document.body.innerText.match(/S-2026-\d{4}/)[0]`)

	psych.Until(`document.querySelector("#group-unclaimed")?.textContent.includes("` + ref + `")`)
	psych.Screenshot(filepath.Join(gallery, "queue.png"))
}
