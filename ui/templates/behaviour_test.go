package templates_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/chromedp/chromedp"

	"silta/consult"
	"silta/ui/browsertest"
	"silta/ui/static"
	"silta/ui/templates"
)

// stage serves single pages by path, with the policy, so that a test can act the server's part.
func stage(t *testing.T, routes map[string]http.HandlerFunc) string {
	mux := http.NewServeMux()
	mux.Handle(static.Prefix, static.Handler())
	if routes["POST /drafts/{id}"] == nil {
		mux.HandleFunc("POST /drafts/{id}", func(http.ResponseWriter, *http.Request) {})
	}
	for pattern, handle := range routes {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Security-Policy", policy)
			handle(w, r)
		})
	}
	server := httptest.NewServer(mux)
	t.Cleanup(func() {
		server.CloseClientConnections()
		go server.Close()
	})
	return server.URL
}

func draw(t *testing.T, c templ.Component) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if err := c.Render(r.Context(), w); err != nil {
			t.Error(err)
		}
	}
}

// silent is a stream that never says anything.
func silent(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }

// What the pages do in a browser, each in a tab of its own, which is closed before the server is.
func TestBehaviour(t *testing.T) {
	b := browsertest.Start(t)
	for name, act := range map[string]func(*testing.T, *browsertest.Browser){
		"queue is live": queueIsLive, "preview is live": previewIsLive, "form helpers": formHelpers, "demo sign-in": demoSignIn,
		"without script": withoutScript, "faults come first": faultsFirst, "typed text is not lost": typedStays, "session ends": sessionEnds,
		"handed over": handedOver, "keys": keysWork, "rows stay": rowsStay, "rows are in line": rowsInLine,
		"paper is filled": paperFilled,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			act(t, b)
		})
	}
}

// A new arrival appears in an open queue without a reload, is announced once, and leaves the focus where it was.
func queueIsLive(t *testing.T, b *browsertest.Browser) {
	arrived := make(chan struct{})
	var mu sync.Mutex
	rows := 3
	queue := func(r *http.Request) templates.Queue {
		mu.Lock()
		defer mu.Unlock()
		p := page(localizer(t, consult.Finnish), r.URL.RequestURI())
		p.Person = specialist
		list := cases(rows, consult.Submitted)
		slices.Reverse(list)
		return templates.Queue{Page: p, Groups: []templates.Group{{Kind: "unclaimed", Cases: list}}}
	}
	url := stage(t, map[string]http.HandlerFunc{
		"GET /queue":      func(w http.ResponseWriter, r *http.Request) { draw(t, queue(r).View())(w, r) },
		"GET /queue/rows": func(w http.ResponseWriter, r *http.Request) { draw(t, queue(r).Rows())(w, r) },
		"GET /queue/stream": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/event-stream")
			fmt.Fprint(w, ": open\n\n")
			if err := http.NewResponseController(w).Flush(); err != nil {
				t.Error(err)
			}
			select {
			case <-arrived:
				fmt.Fprint(w, "id: 7\nevent: queue\ndata:\n\nid: 7\nevent: announce\ndata: Uusi pyyntö: S-2026-0040\n\n")
				if err := http.NewResponseController(w).Flush(); err != nil {
					t.Error(err)
				}
				<-r.Context().Done()
			case <-r.Context().Done():
			}
		},
	})
	tab := b.Tab(t)
	tab.Go(url + "/queue")
	tab.Until(`document.querySelectorAll(".case").length === 3`)
	tab.Run(chromedp.Focus(chromedp.CSS("#case-submitted-1 a")))
	browsertest.Value[bool](tab, `window.same = document.querySelector("#case-submitted-1"), true`)
	mu.Lock()
	rows = 4
	mu.Unlock()
	close(arrived)
	tab.Until(`document.querySelectorAll(".case").length === 4`)
	tab.Until(`["#live", ".live"].every((place) => document.querySelector(place).textContent.includes("S-2026-0040"))`)
	if !browsertest.Value[bool](tab, `document.activeElement.closest(".case") === window.same && document.contains(window.same)`) {
		t.Error("the focus did not stay on its row")
	}
	if !browsertest.Value[bool](tab, `document.querySelector(".case").id === "case-submitted-3"`) {
		t.Error("the new row is not where the server put it")
	}
}

// A list that is drawn anew, with more in it and farther on in time, stays where it is under a mouse, a selection and a reader.
func rowsStay(t *testing.T, b *browsertest.Browser) {
	var mu sync.Mutex
	rows, now := 30, page(localizer(t, consult.Finnish), "").Now
	queue := func(r *http.Request) templates.Queue {
		mu.Lock()
		defer mu.Unlock()
		p := page(localizer(t, consult.Finnish), r.URL.RequestURI())
		p.Person, p.Now = specialist, now
		list := cases(rows, consult.Submitted)
		slices.Reverse(list) // What is new comes first.
		return templates.Queue{Page: p, Groups: []templates.Group{{Kind: "unclaimed", Cases: list}}}
	}
	url := stage(t, map[string]http.HandlerFunc{
		"GET /queue":        func(w http.ResponseWriter, r *http.Request) { draw(t, queue(r).View())(w, r) },
		"GET /queue/rows":   func(w http.ResponseWriter, r *http.Request) { draw(t, queue(r).Rows())(w, r) },
		"GET /queue/stream": silent,
	})
	tab := b.Tab(t)
	arrive := func() {
		t.Helper()
		mu.Lock()
		rows++
		now = now.Add(time.Hour)
		want := rows
		mu.Unlock()
		browsertest.Value[bool](tab, `htmx.trigger("#stream", "queue"), true`)
		tab.Until(fmt.Sprintf(`document.querySelectorAll(".case").length === %d`, want))
	}
	top := func(id string) int {
		t.Helper()
		return browsertest.Value[int](tab, fmt.Sprintf(`Math.round(document.getElementById(%q).getBoundingClientRect().top)`, id))
	}
	stays := func(what, id string) {
		t.Helper()
		before, words := top(id), browsertest.Value[string](tab, fmt.Sprintf(`document.querySelector("#%s .due").textContent`, id))
		arrive()
		if after := top(id); after < before-2 || after > before+2 {
			t.Errorf("%s: the row at %d is at %d", what, before, after)
		}
		if browsertest.Value[string](tab, fmt.Sprintf(`document.querySelector("#%s .due").textContent`, id)) == words {
			t.Errorf("%s: the time that is left stands still at %q", what, words)
		}
	}
	tab.Go(url + "/queue")
	browsertest.Value[bool](tab, `(() => {
		const { left, top } = document.getElementById("case-submitted-25").getBoundingClientRect();
		document.dispatchEvent(new PointerEvent("pointermove", { clientX: left + 200, clientY: top + 20, pointerType: "mouse" }));
		return true;
	})()`)
	stays("pointed at", "case-submitted-25")
	browsertest.Value[bool](tab, `document.dispatchEvent(new PointerEvent("pointermove", { pointerType: "touch" }))`)
	tab.Run(chromedp.Focus(chromedp.CSS("#case-submitted-5 a")))
	stays("selected", "case-submitted-5")
	browsertest.Value[bool](tab, `document.activeElement.blur(), scrollTo(0, 600), true`)
	stays("read", browsertest.Value[string](tab, `[...document.querySelectorAll(".case")].find((c) => c.getBoundingClientRect().top >= 0).id`))
	browsertest.Value[bool](tab, `scrollTo(0, 0), true`)
	arrive() // Who is at the top sees it come.
	if browsertest.Value[float64](tab, "scrollY") != 0 || top("case-submitted-33") < 0 {
		t.Error("what has come is out of sight")
	}
}

// A change of the form fetches the preview, the interlocks and the guard's warnings, and leaves what was typed alone.
func previewIsLive(t *testing.T, b *browsertest.Browser) {
	form := func(r *http.Request) templates.NewRequest {
		n := emptyRequest(page(localizer(t, consult.Finnish), "/requests/new"))
		if age := r.PostFormValue("client.age"); age != "" {
			full := fullRequest(n.Page)
			n.Preview, n.Form.Age = full.Preview, age
			n.Preview.Why = r.PostFormValue("tried")
			n.Form.Background = r.PostFormValue("background")
			n.Form.InterlockConfirmed = r.PostForm["interlock_confirmed"]
			if strings.Contains(n.Form.Background, "131052-308T") {
				n.Errors = templates.Errors{
					{Pointer: "/background", Code: "identity", Args: map[string]any{"kind": "hetu", "start": 0, "end": 11}},
					{Pointer: "/background", Code: "identity", Args: map[string]any{"kind": "phone", "start": 15, "end": 24}},
				}
			}
		}
		return n
	}
	url := stage(t, map[string]http.HandlerFunc{
		"GET /requests/new": func(w http.ResponseWriter, r *http.Request) { draw(t, form(r).View())(w, r) },
		"POST /requests/preview": func(w http.ResponseWriter, r *http.Request) {
			n := form(r)
			if got := r.PostFormValue("command"); got != "c1" {
				t.Errorf("the preview was asked with the command %q", got)
			}
			if r.Header.Get("HX-Request") == "true" {
				draw(t, n.Live())(w, r)
				return
			}
			draw(t, n.View())(w, r)
		},
	})
	tab := b.Tab(t)
	tab.Go(url + "/requests/new")
	tab.Run(
		chromedp.SendKeys(chromedp.CSS("#r-client-age"), "12"),
		chromedp.SendKeys(chromedp.CSS("#r-background"), "131052-308T on 040123456 poissa koulusta"),
	)
	tab.Until(`document.querySelector(".where-pool")`)
	// A false alarm is said of the whole text, so all that was found is shown.
	tab.Until(`[...document.querySelectorAll("#r-background-guard q")].map((q) => q.textContent).join() === "131052-308T,040123456"`)
	tab.Until(`document.querySelector("#stop a[href^='tel:']")`)
	tab.Run(chromedp.Click(chromedp.CSS(`[name=interlock_confirmed]`)), chromedp.SendKeys(chromedp.CSS("#r-tried"), "Keskusteltu"))
	tab.Until(`document.querySelector("#preview .where-line")?.textContent.includes("Keskusteltu")`)
	for _, want := range []string{
		`document.querySelector("[name=interlock_confirmed]").checked`, `document.activeElement.id === "r-tried"`,
		`document.getElementById("r-tried").value === "Keskusteltu"`, `document.getElementById("r-client-age").value === "12"`,
	} {
		tab.Until(want)
	}
	for _, fault := range tab.Axe() {
		t.Error(fault)
	}
}

// Whoever leaves a page with typed text that was not sent is asked first, and nobody else is.
func typedStays(t *testing.T, b *browsertest.Browser) {
	p := page(localizer(t, consult.Finnish), "/requests/new")
	refused := answeredRequest(p)
	refused.Input = templates.ActionForm{Action: consult.FollowUp, Text: "Kuinka pian?"}
	form := emptyRequest(p)
	form.Draft.ID = "new-1"
	var mu sync.Mutex
	kept, broken, elsewhere := "", true, false
	url := stage(t, map[string]http.HandlerFunc{
		"GET /requests/new":      draw(t, form.View()),
		"POST /requests/preview": draw(t, form.Live()),
		"GET /refused":           draw(t, refused.View()),
		"GET /nothing":           func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) },
		"GET /requests":          draw(t, templates.MyRequests{Page: p}.View()),
		"POST /drafts/{id}": func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			if broken {
				w.WriteHeader(http.StatusInternalServerError)
				return
			}
			kept = r.PathValue("id") + ": " + r.FormValue("background") + r.FormValue("text")
			d := templates.Draft{Page: p, ID: r.PathValue("id"), SavedAt: p.Now}
			if elsewhere {
				d.Gone = "Jatkettu muualla."
			}
			draw(t, d.Saved())(w, r)
		},
	})
	tab := b.Tab(t)
	keeps := func(want string, enough func(string) bool) {
		t.Helper()
		var got string
		for range 500 {
			mu.Lock()
			got = kept
			mu.Unlock()
			if enough(got) {
				return
			}
			tab.Run(chromedp.Sleep(10 * time.Millisecond))
		}
		t.Errorf("kept is %q instead of %s", got, want)
	}
	isKept := func(want string) {
		t.Helper()
		keeps(want, func(got string) bool { return got == want })
	}
	asks := func() bool {
		return browsertest.Value[bool](tab, `!dispatchEvent(new Event("beforeunload", {cancelable: true}))`)
	}
	tab.Go(url + "/requests/new")
	tab.Run(chromedp.SendKeys(chromedp.CSS("#concern-filter"), "uni"))
	if asks() {
		t.Error("the page asks before anything was written")
	}
	tab.Run(chromedp.SendKeys(chromedp.CSS("#r-background"), "Nukkuu"))
	tab.Until(`document.querySelector("#cut").textContent.includes("ei saatu")`)
	if !asks() {
		t.Error("what could not be kept is lost without a question")
	}
	mu.Lock()
	broken = false
	mu.Unlock()
	tab.Run(chromedp.SendKeys(chromedp.CSS("#r-background"), " huonosti."))
	tab.Until(`document.querySelector(".draft").textContent.includes("Luonnos tallessa") && document.querySelector("form.two").dataset.unsaved === ""`)
	isKept("new-1: Nukkuu huonosti.")
	if asks() {
		t.Error("the page asks about what is kept")
	}
	tab.Until(`location.search === "?draft=new-1"`) // It is there when the page is loaded anew.
	// What goes on elsewhere is said where it is seen, wherever on the page somebody writes.
	mu.Lock()
	elsewhere = true
	mu.Unlock()
	tab.Run(chromedp.SendKeys(chromedp.CSS("#r-tried"), "Uni"))
	tab.Until(`document.querySelector("#cut").textContent.trim() === "Jatkettu muualla."`)
	mu.Lock()
	elsewhere = false
	mu.Unlock()
	if !asks() {
		t.Error("what is kept nowhere is left without a question")
	}
	tab.Run(chromedp.Evaluate[chromedp.Void](`document.querySelector("form.two").dataset.unsaved = "", undefined`))
	tab.Go(url + "/requests/new")
	tab.Run(chromedp.SendKeys(chromedp.CSS("#r-background"), "Nukkuu huonosti."))
	isKept("new-1: Nukkuu huonosti.")
	// Whoever leaves at once takes the last words along, by closing or by a link.
	tab.Run(chromedp.SendKeys(chromedp.CSS("#r-background"), " Aina"))
	if asks() {
		t.Error("the page asks about what it can keep")
	}
	isKept("new-1: Nukkuu huonosti. Aina")
	tab.Run(chromedp.SendKeys(chromedp.CSS("#r-background"), "kin."), chromedp.Click(chromedp.CSS("a[href='/requests']")))
	tab.Until(`location.pathname === "/requests"`)
	isKept("new-1: Nukkuu huonosti. Ainakin.")

	// A text that is too long to be taken along is not lost without a question.
	tab.Go(url + "/requests/new")
	tab.Run(chromedp.SendKeys(chromedp.CSS("#r-background"), "Nukkuu"))
	if !browsertest.Value[bool](tab, `(() => {
		const field = document.getElementById("r-background");
		field.value = "ä".repeat(15000);
		field.dispatchEvent(new Event("input", { bubbles: true }));
		return !dispatchEvent(new Event("beforeunload", { cancelable: true }));
	})()`) {
		t.Error("a long text is taken for kept")
	}
	keeps("all of the long text", func(got string) bool { return strings.HasSuffix(got, strings.Repeat("ä", 15000)) })
	tab.Until(`document.querySelector("form.two").dataset.unsaved === ""`)

	// What a link could not have kept is asked about. Nobody has touched this page, so the question shows by its mark alone.
	tab.Go(url + "/requests/new")
	mu.Lock()
	broken = true
	mu.Unlock()
	tab.Run(chromedp.Evaluate[chromedp.Void](`{
		const field = document.getElementById("r-background"), link = document.querySelector("a[href='/requests']");
		field.value = "Nukkuu";
		field.form.dataset.unsaved = "typed"; // and not yet on its way
		link.href = "/nothing";
		addEventListener("beforeunload", () => window.left = field.form.dataset.unsaved);
		link.click();
	} undefined`))
	tab.Until(`window.left !== undefined`)
	if left := browsertest.Value[string](tab, `window.left`); left != "failed" {
		t.Errorf("the page is left as %q", left)
	}
	mu.Lock()
	broken = false
	mu.Unlock()
	tab.Run(chromedp.Evaluate[chromedp.Void](`document.querySelector("form.two").dataset.unsaved = "", undefined`))

	// Who types on without a pause has not everything to lose, either.
	tab.Go(url + "/requests/new")
	browsertest.Value[bool](tab, `(() => {
		const field = document.getElementById("r-background");
		window.typing = setInterval(() => { field.value += "a"; field.dispatchEvent(new Event("input", { bubbles: true })); }, 50);
		return true;
	})()`)
	keeps("much of it", func(got string) bool { return strings.Count(got, "a") > 10 && !strings.Contains(got, "Ainakin") })
	browsertest.Value[bool](tab, `clearInterval(typing), document.querySelector("form.two").dataset.unsaved = "", true`)

	tab.Go(url + "/refused")
	tab.Run(chromedp.Click(chromedp.CSS("h1")))
	asks()
	isKept("follow-up-r1: Kuinka pian?")
	tab.Faults() // The one answer that the browser was right to complain of.
}

// A page that is open when the session ends says so, and keeps what was typed.
func sessionEnds(t *testing.T, b *browsertest.Browser) {
	n := emptyRequest(page(localizer(t, consult.Finnish), "/requests/new"))
	url := stage(t, map[string]http.HandlerFunc{
		"GET /requests/new":      draw(t, n.View()),
		"POST /requests/preview": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) },
		"POST /drafts/{id}":      func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) },
	})
	tab := b.Tab(t)
	tab.Excuse("status of 401")
	tab.Go(url + "/requests/new")
	tab.Run(chromedp.SendKeys(chromedp.CSS("#r-background"), "Nukkuu huonosti."))
	tab.Until(`document.querySelector("#cut .note")?.textContent.includes("Istuntosi on päättynyt")`)
	tab.Until(`document.getElementById("r-background").value === "Nukkuu huonosti." && document.querySelector("#send button")`)
}

// Whoever hands a request over loses sight of it while the form is still on its way. The stream's news of that must not keep
// them from getting where the form leads.
func handedOver(t *testing.T, b *browsertest.Browser) {
	held := heldRequest(page(localizer(t, consult.Finnish), "/requests/x"))
	held.Request.ID = "x"
	sent, asked := make(chan struct{}), make(chan struct{})
	isAsked := sync.OnceFunc(func() { close(asked) })
	url := stage(t, map[string]http.HandlerFunc{
		"GET /requests/x": draw(t, held.View()),
		"GET /queue":      draw(t, templates.Queue{Page: held.Page}.View()),
		"GET /requests/x/stream": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/event-stream")
			fmt.Fprint(w, ": open\n\n")
			if err := http.NewResponseController(w).Flush(); err != nil {
				t.Error(err)
			}
			select {
			case <-sent:
				fmt.Fprint(w, "id: 7\nevent: queue\ndata:\n\n")
				if err := http.NewResponseController(w).Flush(); err != nil {
					t.Error(err)
				}
				<-r.Context().Done()
			case <-r.Context().Done():
			}
		},
		"GET /requests/x/live": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("HX-Refresh", "true")
			w.WriteHeader(http.StatusNotFound)
			isAsked()
		},
		"POST /requests/x/hand-over": func(w http.ResponseWriter, r *http.Request) {
			close(sent)
			<-asked
			http.Redirect(w, r, "/queue", http.StatusSeeOther)
		},
	})
	tab := b.Tab(t)
	tab.Excuse("status of 404") // It is no longer theirs to see.
	tab.Go(url + "/requests/x")
	browsertest.Value[bool](tab, `document.querySelector("#panel-hand-over form").requestSubmit(), true`)
	tab.Until(`location.pathname === "/queue"`)
}

// The filter hides chips but none that is chosen, Enter chooses, and rows can be added.
func formHelpers(t *testing.T, b *browsertest.Browser) {
	n := emptyRequest(page(localizer(t, consult.Finnish), "/requests/new"))
	url := stage(t, map[string]http.HandlerFunc{
		"GET /requests/new":      draw(t, n.View()),
		"POST /requests/preview": draw(t, n.Live()),
	})
	tab := b.Tab(t)
	tab.Go(url + "/requests/new")
	visible := func() string {
		return browsertest.Value[string](tab, `[...document.querySelectorAll("#r-concerns .chip")].filter((c) => c.checkVisibility())
			.map((c) => c.textContent.trim()).join("|")`)
	}
	tab.Run(chromedp.SendKeys(chromedp.CSS("#concern-filter"), "vanhem mielen"))
	if got := visible(); got != "Vanhemman mielenterveys" {
		t.Errorf("the filter leaves %q", got)
	}
	tab.Run(chromedp.SendKeys(chromedp.CSS("#concern-filter"), "\r"))
	if got := visible(); strings.Count(got, "|") != len(consult.Concerns)-1 {
		t.Errorf("after Enter there are %q", got)
	}
	tab.Until(`document.getElementById("live").textContent === "Valittu: Vanhemman mielenterveys"`)
	tab.Run(chromedp.SendKeys(chromedp.CSS("#concern-filter"), "qqq\r"))
	if got := browsertest.Value[string](tab, `document.getElementById("concern-filter").value`); got != "qqq" {
		t.Errorf("what finds nothing becomes %q", got)
	}
	if got := visible(); got != "Vanhemman mielenterveys" {
		t.Errorf("what is chosen is hidden: %q", got)
	}
	tab.Run(chromedp.Click(chromedp.CSS("details:has(#r-instruments) > summary")), chromedp.Click(chromedp.CSS("[data-add-row]")))
	if !browsertest.Value[bool](tab, `document.activeElement.name === "instruments.2.name" && document.querySelectorAll("#r-instruments [data-row]").length === 3`) {
		t.Error("no third row, or not in focus")
	}
}

// One click on one of the demo's people signs in as them.
func demoSignIn(t *testing.T, b *browsertest.Browser) {
	var mu sync.Mutex
	var got string
	p := page(localizer(t, consult.Finnish), "/sign-in")
	p.Person = nil
	s := templates.SignIn{Page: p, Next: "/queue", Password: "demo", People: []templates.DemoPerson{{ID: "childpsych", Name: "Leena", About: unit}}}
	url := stage(t, map[string]http.HandlerFunc{
		"GET /sign-in": draw(t, s.View()),
		"POST /sign-in": func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			got = r.PostFormValue("name") + ":" + r.PostFormValue("password") + ":" + r.PostFormValue("next")
			mu.Unlock()
			draw(t, templates.PoolPage{Page: p, Name: "Valmis"}.View())(w, r)
		},
	})
	tab := b.Tab(t)
	tab.Go(url + "/sign-in")
	tab.Run(chromedp.Click(chromedp.CSS("[data-sign-in]")))
	tab.Until(`document.title.startsWith("Valmis")`)
	mu.Lock()
	defer mu.Unlock()
	if got != "childpsych:demo:/queue" {
		t.Errorf("posted %q", got)
	}
}

// Without JavaScript the form still shows where a request would go, and nothing is offered that would not work.
func withoutScript(t *testing.T, b *browsertest.Browser) {
	url := stage(t, map[string]http.HandlerFunc{
		"GET /requests/new":      draw(t, emptyRequest(page(localizer(t, consult.Finnish), "/requests/new")).View()),
		"POST /requests/preview": draw(t, fullRequest(page(localizer(t, consult.Finnish), "/requests/new")).View()),
	})
	tab := b.Tab(t)
	tab.Scripts(false)
	tab.Go(url + "/requests/new")
	tab.Run(chromedp.WaitNotVisible(chromedp.CSS("#concern-filter")))
	tab.Run(chromedp.Click(chromedp.CSS("[name=check]")))
	tab.Run(chromedp.WaitVisible(chromedp.CSS(".where-pool")))
}

// A refused form begins with what is wrong, and each fault leads to its field.
func faultsFirst(t *testing.T, b *browsertest.Browser) {
	url := stage(t, map[string]http.HandlerFunc{
		"GET /requests/new":      draw(t, faultyRequest(page(localizer(t, consult.Finnish), "/requests/new")).View()),
		"POST /requests/preview": draw(t, faultyRequest(page(localizer(t, consult.Finnish), "/requests/new")).Live()),
	})
	tab := b.Tab(t)
	tab.Go(url + "/requests/new")
	tab.Until(`document.activeElement.id === "r-errors"`)
	for _, id := range []string{"r-client-age", "r-concerns", "r-background", "r-instruments-1-score", "r-client-identity-hetu", "r-interlock-confirmed"} {
		tab.Run(chromedp.Click(chromedp.CSS(fmt.Sprintf(`#r-errors a[href="#%s"]`, id))))
		tab.Until(fmt.Sprintf(`document.activeElement.id === %q && document.activeElement.checkVisibility()`, id))
	}
}

// The specialist's keys go through the queue, take, answer and explain themselves; they leave who types alone, and can be switched off.
func keysWork(t *testing.T, b *browsertest.Browser) {
	p := page(localizer(t, consult.Finnish), "/queue")
	claimed := make(chan string, 1)
	url := stage(t, map[string]http.HandlerFunc{
		"GET /queue":                draw(t, fullQueue(p).View()),
		"GET /queue/stream":         silent,
		"GET /requests/{id}/stream": silent,
		"POST /requests/{id}/claim": func(w http.ResponseWriter, r *http.Request) {
			claimed <- r.PathValue("id")
			http.Redirect(w, r, "/requests/r1", http.StatusSeeOther)
		},
		"GET /requests/{id}": draw(t, heldRequest(p).View()),
	})
	tab := b.Tab(t)
	press := func(keys ...string) {
		t.Helper()
		for _, k := range keys {
			tab.Run(chromedp.KeyEvent(k))
		}
	}
	at := func(href string) {
		t.Helper()
		tab.Until(fmt.Sprintf(`document.activeElement.getAttribute("href") === %q`, href))
	}
	tab.Go(url + "/queue")
	press("j")
	at("/requests/claimed-0-mine")
	press("j", "j", "k")
	at("/requests/claimed-1-mine")
	// An answer is begun from the list, and the way back leads to the row.
	press("a")
	tab.Until(`performance.getEntriesByType("navigation")[0].loadEventEnd > 0 && document.activeElement.id === "answer-text"`)
	tab.Run(chromedp.Evaluate[chromedp.Void](`history.back(), undefined`))
	at("/requests/claimed-1-mine")
	tab.Go(url + "/queue")
	press("?")
	tab.Until(`document.getElementById("keys").open && document.activeElement.matches("#keys form .btn")`)
	for _, fault := range tab.Axe() {
		t.Error(fault)
	}
	tab.Run(chromedp.Click(chromedp.CSS("[data-keys-on]")), chromedp.Click(chromedp.CSS("#keys form .btn")))
	tab.Run(chromedp.Evaluate[chromedp.Void](`document.activeElement.blur(), undefined`))
	press("j")
	tab.Until(`!document.activeElement.matches(".case-link")`)
	tab.Run(chromedp.Click(chromedp.CSS("[data-keys]")), chromedp.Click(chromedp.CSS("[data-keys-on]")), chromedp.Click(chromedp.CSS("#keys form .btn")))
	tab.Run(chromedp.Evaluate[chromedp.Void](`document.querySelector("#group-unclaimed .case-link").focus(), undefined`))
	press("c")
	if id := <-claimed; id != "submitted-0" {
		t.Errorf("claimed %s", id)
	}
	tab.Until(`location.pathname === "/requests/r1" && document.readyState === "complete"`)
	press("a")
	tab.Until(`document.activeElement.id === "answer-text"`)
	press("j", "c")
	// A begun answer stands there already.
	tab.Until(`document.getElementById("answer-text").value.includes("jc")`)
}

// The labels and the fields of a row stand on one line each, also where some have a fault, a hint or a label of two lines.
func rowsInLine(t *testing.T, b *browsertest.Browser) {
	tab := b.Tab(t)
	for _, lang := range consult.Languages {
		p := page(localizer(t, lang), "/")
		n, held := faultyRequest(p), heldRequest(p)
		n.Form.Instruments = append(n.Form.Instruments, templates.InstrumentForm{Name: "SDQ"})
		n.Errors = append(n.Errors, consult.FieldError{Pointer: "/instruments/0/date", Code: "in-future"})
		held.Input = templates.ActionForm{Action: consult.Answer, Plan: []templates.StepForm{{Who: "koulu"}, {What: "Soitto"}}}
		held.Errors = templates.Errors{{Pointer: "/plan/0/what", Code: "required"}, {Pointer: "/plan/1/due", Code: "bad-date"}}
		url := stage(t, map[string]http.HandlerFunc{
			"GET /new": draw(t, n.View()), "GET /held": draw(t, held.View()), "POST /requests/preview": silent, "GET /requests/{id}/stream": silent,
		})
		for _, path := range []string{"/new", "/held"} {
			for _, size := range []browsertest.Size{browsertest.Phone, browsertest.Desktop} {
				tab.View(size, browsertest.Light)
				tab.Go(url + path)
				for _, text := range []string{"100%", "200%"} {
					got := browsertest.Value[string](tab, fmt.Sprintf(`(() => {
						document.documentElement.style.fontSize = %q;
						const off = [];
						for (const row of document.querySelectorAll("[data-row]")) {
							const lines = {};
							for (const field of row.children) (lines[Math.round(field.getBoundingClientRect().top)] ??= []).push(field);
							for (const line of Object.values(lines)) {
								const at = (selector, edge) => new Set(line.map((f) => Math.round(f.querySelector(selector).getBoundingClientRect()[edge])));
								if (at("label", "bottom").size > 1 || at("input, select", "top").size > 1 || at("input, select", "bottom").size > 1)
									off.push(line.map((f) => f.innerText).join(" | "));
							}
						}
						return off.join("\n") || (document.querySelector("[data-row] .error") ? "" : "no fault is shown");
					})()`, text))
					if got != "" {
						t.Errorf("%s in %s, with text of %s in %v: %s", path, lang, text, size, got)
					}
				}
			}
		}
	}
}

// On paper long texts go on on the next page, so that no page is left half empty.
func paperFilled(t *testing.T, b *browsertest.Browser) {
	p := answeredRequest(page(localizer(t, consult.Finnish), "/"))
	const part = 68 // lines, more than half a page
	long := strings.Repeat("Poissa koulusta.\n", part)
	p.Request.Background, p.Request.Tried = long, long
	for i := range p.Request.Timeline {
		if p.Request.Timeline[i].Text != "" {
			p.Request.Timeline[i].Text = long
		}
	}
	url := stage(t, map[string]http.HandlerFunc{
		"GET /request": draw(t, p.View()), "GET /requests/{id}/stream": silent,
		"GET /record": draw(t, templates.Record{Page: p.Page, Request: p.Request}.View()),
	})
	tab := b.Tab(t)
	// Each text of several may leave some lines free, so that no heading stands alone.
	for path, free := range map[string]int{"/request": 1, "/record": 0} {
		tab.Paper()
		tab.Go(url + path)
		const sheet = 1009 // A4 without its margins, in CSS pixels
		height := browsertest.Value[int](tab, `document.body.scrollHeight`)
		if got, most := tab.Pages(), height/sheet+1+free; got > most {
			t.Errorf("%s takes %d pages, where %d would do", path, got, most)
		}
	}
}
