package session

import "strings"

// Browser is a browser as its owner recognises it, by two codes: "firefox/windows". What is not known is "other".
type Browser string

// browsers and systems are looked for in this order: most of them also call themselves by the names of those that follow.
var (
	browsers = [][2]string{
		{"Edg", "edge"}, {"OPR/", "opera"}, {"SamsungBrowser", "samsung"}, {"Firefox", "firefox"}, {"FxiOS", "firefox"}, {"CriOS", "chrome"},
		{"Chrome", "chrome"}, {"Safari", "safari"},
	}
	systems = [][2]string{
		{"Android", "android"}, {"iPhone", "ios"}, {"iPad", "ios"}, {"Windows", "windows"}, {"Mac OS X", "macos"}, {"CrOS", "chromeos"},
		{"Linux", "linux"},
	}
)

// BrowserOf reads the User-Agent that a browser sends. Nothing of it is kept but the two codes.
func BrowserOf(agent string) Browser {
	known := func(list [][2]string) string {
		for _, l := range list {
			if strings.Contains(agent, l[0]) {
				return l[1]
			}
		}
		return "other"
	}
	return Browser(known(browsers) + "/" + known(systems))
}
