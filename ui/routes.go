package ui

import (
	"net/http"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"silta/consult"
	"silta/ui/static"
)

// handler answers a request of a visitor.
type handler func(s *Server, c echo.Context, v *visit) error

// route is one method and path.
type route struct {
	method, path string
	handle       handler
	// open: nobody needs to be signed in. Otherwise the visitor is sent to the sign-in page.
	open bool
	// may tells why the visitor is not served; nil: whoever is signed in is.
	may func(*Server, *visit) error
	// enrol: it also serves who has still to set up a second factor.
	enrol bool
	// background: pages ask for it by themselves, so it is no use of the session.
	background bool
	// stream: it lasts, and is neither compressed nor timed.
	stream bool
	// large: its form holds a document of rules.
	large bool
	// watch: machines that look after the server call it, by whatever name.
	watch bool
}

// routes are all of them, but for the files of package static and the API.
var routes = []route{
	{method: get, path: "/", handle: (*Server).showHome},

	{method: get, path: "/sign-in", handle: (*Server).showSignIn, open: true},
	{method: post, path: "/sign-in", handle: (*Server).signIn, open: true},
	{method: post, path: "/sign-in/code", handle: (*Server).signInCode, open: true},
	{method: post, path: "/sign-in/passkey/ask", handle: (*Server).askPasskey, open: true},
	{method: post, path: "/sign-in/passkey", handle: (*Server).signInPasskey, open: true},
	{method: get, path: "/sign-in/forgot", handle: (*Server).showForgot, open: true},
	{method: post, path: "/sign-in/forgot", handle: (*Server).forgot, open: true},
	{method: get, path: "/sign-in/with/:provider", handle: (*Server).signInWith, open: true},
	{method: get, path: "/sign-in/with/:provider/back", handle: (*Server).signedInWith, open: true},
	{method: get, path: "/invitation/:token", handle: (*Server).showInvitation, open: true},
	{method: post, path: "/invitation/:token", handle: (*Server).acceptInvitation, open: true},
	{method: post, path: "/sign-out", handle: (*Server).signOut, open: true, enrol: true},

	{method: get, path: "/requests", handle: (*Server).showRequests},
	{method: get, path: "/requests/rows", handle: (*Server).showRequestRows, background: true},
	{method: get, path: "/requests/stream", handle: (*Server).streamRequests, background: true, stream: true},
	{method: get, path: "/requests/new", handle: (*Server).showNewRequest},
	{method: post, path: "/requests/preview", handle: (*Server).previewRequest},
	{method: post, path: "/requests", handle: (*Server).sendRequest},

	{method: get, path: "/requests/:id", handle: (*Server).showRequest},
	{method: get, path: "/requests/:id/live", handle: (*Server).showRequestLive, background: true},
	{method: get, path: "/requests/:id/stream", handle: (*Server).streamRequest, background: true, stream: true},
	{method: post, path: "/requests/:id/claim", handle: (*Server).claim},
	{method: post, path: "/requests/:id/assign", handle: (*Server).assign},
	{method: post, path: "/requests/:id/release", handle: (*Server).release},
	{method: post, path: "/requests/:id/ask", handle: (*Server).ask},
	{method: post, path: "/requests/:id/reply", handle: (*Server).reply},
	{method: post, path: "/requests/:id/add", handle: (*Server).add},
	{method: post, path: "/requests/:id/answer", handle: (*Server).answer},
	{method: post, path: "/requests/:id/follow-up", handle: (*Server).followUp},
	{method: post, path: "/requests/:id/hand-over", handle: (*Server).handOver},
	{method: post, path: "/requests/:id/join", handle: (*Server).join},
	{method: post, path: "/requests/:id/withdraw", handle: (*Server).withdraw},
	{method: post, path: "/requests/:id/close", handle: (*Server).closeOut},
	{method: post, path: "/requests/:id/step", handle: (*Server).markStep},
	{method: post, path: "/requests/:id/worker", handle: (*Server).nameWorker},
	{method: get, path: "/requests/:id/record", handle: (*Server).showRecord},
	{method: get, path: "/requests/:id/print", handle: (*Server).printRecord},
	{method: get, path: "/requests/:id/export", handle: (*Server).exportRecord},

	{method: post, path: "/drafts/:id", handle: (*Server).saveDraft},
	{method: post, path: "/drafts/:id/discard", handle: (*Server).discardDraft},

	{method: get, path: "/queue", handle: (*Server).showQueue},
	{method: get, path: "/queue/rows", handle: (*Server).showQueueRows, background: true},
	{method: get, path: "/queue/stream", handle: (*Server).streamQueue, background: true, stream: true},

	{method: get, path: "/operations", handle: (*Server).showOperations},
	{method: get, path: "/operations/live", handle: (*Server).showOperationsLive, background: true},

	{method: get, path: "/retention", handle: (*Server).showRetention},

	{method: get, path: "/settings", handle: (*Server).showSettings},
	{method: post, path: "/settings", handle: (*Server).saveSettings},
	{method: get, path: "/rules", handle: (*Server).showRules, may: (*Server).mayEditRules},
	{method: post, path: "/rules/check", handle: (*Server).checkRules, may: (*Server).mayEditRules, large: true},
	{method: post, path: "/rules/tests", handle: (*Server).runRulesTests, may: (*Server).mayEditRules, large: true},
	{method: post, path: "/rules/diff", handle: (*Server).diffRules, may: (*Server).mayEditRules, large: true},
	{method: post, path: "/rules", handle: (*Server).publishRules, may: (*Server).mayEditRules, large: true},
	{method: get, path: "/rules/sentences", handle: (*Server).showRulesSentences, may: (*Server).mayEditRules},
	{method: get, path: "/rules/try", handle: (*Server).showRulesTry, may: (*Server).mayEditRules},
	{method: post, path: "/rules/try", handle: (*Server).tryRules, may: (*Server).mayEditRules},
	{method: get, path: "/rules/versions", handle: (*Server).showRulesVersions, may: (*Server).mayEditRules},
	{method: get, path: "/rules/versions/:number", handle: (*Server).showRulesVersion, may: (*Server).mayEditRules},
	{method: post, path: "/rules/versions/:number/restore", handle: (*Server).restoreRules, may: (*Server).mayEditRules},
	{method: get, path: "/rules/compare", handle: (*Server).compareRules, may: (*Server).mayEditRules},

	{method: get, path: "/services", handle: (*Server).showServices},
	{method: get, path: "/pools/:id", handle: (*Server).showPool},
	{method: post, path: "/pools/:id/overrides", handle: (*Server).setOverride},
	{method: post, path: "/pools/:id/overrides/:item/remove", handle: (*Server).removeOverride},
	{method: post, path: "/pools/:id/swaps", handle: (*Server).askSwap},
	{method: post, path: "/pools/:id/swaps/:item/answer", handle: (*Server).answerSwap},
	{method: post, path: "/pools/:id/swaps/:item/withdraw", handle: (*Server).withdrawSwap},
	{method: get, path: "/figures", handle: (*Server).showFigures},
	{method: get, path: "/figures.csv", handle: (*Server).downloadFigures},

	{method: get, path: "/help", handle: (*Server).showHelp, open: true},
	{method: get, path: "/accessibility", handle: (*Server).showAccessibility, open: true},

	{method: post, path: "/pools/:id/feeds", handle: (*Server).createFeed},
	{method: post, path: "/pools/:id/feeds/:item/revoke", handle: (*Server).revokeFeed},
	{method: get, path: "/calendar/:secret", handle: (*Server).showCalendar, open: true, background: true},
	{method: get, path: "/find", handle: (*Server).showFind},
	{method: post, path: "/find", handle: (*Server).find},
	{method: post, path: "/find/open", handle: (*Server).openFound},
	{method: get, path: "/openings", handle: (*Server).showOpenings},

	{method: get, path: "/access", handle: (*Server).showAccess},
	{method: post, path: "/access", handle: (*Server).searchAccess},
	{method: get, path: "/access/export", handle: (*Server).exportAccess},
	{method: get, path: "/access/extract", handle: (*Server).showExtract},
	{method: post, path: "/access/proof", handle: (*Server).startProof},
	{method: get, path: "/account", handle: (*Server).showAccount, enrol: true},
	{method: post, path: "/account/password", handle: (*Server).changePassword},
	{method: post, path: "/account/codes/new", handle: (*Server).newCodes, enrol: true},
	{method: post, path: "/account/codes", handle: (*Server).confirmCodes, enrol: true},
	{method: post, path: "/account/codes/end", handle: (*Server).endCodes},
	{method: post, path: "/account/passkeys/new", handle: (*Server).newPasskey, enrol: true},
	{method: post, path: "/account/passkeys", handle: (*Server).addPasskey, enrol: true},
	{method: post, path: "/account/passkeys/:id/end", handle: (*Server).endPasskey},
	{method: post, path: "/account/sessions/end", handle: (*Server).endSessions},
	{method: post, path: "/account/sessions/:id/end", handle: (*Server).endSession},
	{method: post, path: "/account/tokens", handle: (*Server).createToken},
	{method: post, path: "/account/tokens/:id/end", handle: (*Server).endToken},

	{method: get, path: "/people", handle: (*Server).showPeople, may: (*Server).mayKeepPeople},
	{method: post, path: "/people", handle: (*Server).addPerson, may: (*Server).mayKeepPeople},
	// No id is "-": what stands there is nobody's.
	{method: post, path: "/people/-/search", handle: (*Server).searchPeople, may: (*Server).mayKeepPeople},
	{method: get, path: "/people/-/new", handle: (*Server).showNewPerson, may: (*Server).mayKeepPeople},
	{method: get, path: "/people/:id", handle: (*Server).showPerson, may: (*Server).mayKeepPeople},
	{method: post, path: "/people/:id", handle: (*Server).savePerson, may: (*Server).mayKeepPeople},
	{method: post, path: "/people/:id/invite", handle: (*Server).invitePerson, may: (*Server).mayKeepPeople},
	{method: post, path: "/people/:id/mail-works", handle: (*Server).clearAddress, may: (*Server).mayKeepPeople},
	{method: post, path: "/people/:id/disable", handle: (*Server).disablePerson, may: (*Server).mayKeepPeople},
	{method: post, path: "/people/:id/enable", handle: (*Server).enablePerson, may: (*Server).mayKeepPeople},
	{method: post, path: "/people/:id/tokens/:token/end", handle: (*Server).endPersonToken, may: (*Server).mayKeepPeople},

	{method: get, path: "/healthz", handle: (*Server).showHealth, open: true, background: true, watch: true},
	{method: get, path: "/readyz", handle: (*Server).showReadiness, open: true, background: true, watch: true},
}

// mailRoutes are those that only a demo has that keeps its mails.
var mailRoutes = []route{
	{method: get, path: "/demo/mail", handle: (*Server).showMails, open: true},
	{method: get, path: "/demo/mail/:id", handle: (*Server).showMail, open: true},
	{method: get, path: "/demo/mail/:id/body", handle: (*Server).showMailBody, open: true, background: true},
}

const (
	get  = http.MethodGet
	post = http.MethodPost
)

func (s *Server) register() {
	list := routes
	if s.Demo != nil && s.Demo.Mails != nil {
		list = append(list[:len(list):len(list)], mailRoutes...)
	}
	for _, r := range list {
		s.serve(r)
	}
	metrics := promhttp.HandlerFor(s.Metrics, promhttp.HandlerOpts{DisableCompression: true}) // the server compresses
	s.serve(route{method: get, path: "/metrics", open: true, background: true, watch: true, handle: func(_ *Server, c echo.Context, _ *visit) error {
		if !s.looksAfter(c.RealIP()) {
			return consult.Fail(consult.NotFound, "not-found")
		}
		metrics.ServeHTTP(c.Response(), c.Request())
		return nil
	}})
	files := echo.WrapHandler(static.Handler())
	s.echo.GET(static.Prefix+"*", files)
	s.echo.HEAD(static.Prefix+"*", files)
	if s.Options.API != nil {
		s.api = s.Options.API(s, s.problems)
		s.api.Register(s.echo)
	}
}

func (s *Server) serve(r route) {
	handle := func(c echo.Context) error {
		v := s.visit(c)
		if !r.open && !v.signedIn {
			return s.askToSignIn(c, r)
		}
		if r.may != nil {
			if err := r.may(s, v); err != nil {
				return err
			}
		}
		return r.handle(s, c, v)
	}
	s.echo.Add(r.method, r.path, handle)
	if r.method == get && !r.stream {
		s.echo.HEAD(r.path, handle)
	}
	s.table[r.method+" "+r.path] = r
}

// routeOf returns the route that a request has taken; the zero route where it is not of this package.
func (s *Server) routeOf(c echo.Context) route {
	method := c.Request().Method
	if method == http.MethodHead {
		method = get
	}
	return s.table[method+" "+c.Path()]
}
