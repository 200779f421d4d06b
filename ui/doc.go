// Package ui is the web server: the pages of the browser, the paths at which machines look after it, and the place where
// the API is mounted.
//
// There is one file per action and one list of all routes (see routes.go). A handler reads the request, asks the service on
// behalf of whoever is signed in, and fills a page of package templates. Who may do what is decided by the service; here
// stands only what each page looks for. Pages work without script; with it, lists and previews refresh themselves.
//
// What a person typed goes into the service and into the page that shows it, and nowhere else: not into a log, a metric, an
// address or a redirect. A GET changes nothing but, at most, the browser's own choice of language.
package ui
