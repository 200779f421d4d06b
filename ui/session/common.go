package session

import (
	"bytes"
	"compress/gzip"
	_ "embed" // for the list
	"io"
	"slices"
	"strings"
	"sync"
)

//go:generate go run ./internal/gencommon

// commonPacked is a list of passwords that many people have, in order, a line each: those of zxcvbn-ts.
//
//go:embed vendor/zxcvbn-ts/passwords.txt.gz
var commonPacked []byte

// commonPasswords is the list. It is made of embedded data alone, so it can only fail in a broken build, which the tests notice.
var commonPasswords = sync.OnceValue(func() []string {
	z, err := gzip.NewReader(bytes.NewReader(commonPacked))
	if err != nil {
		panic(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		panic(err)
	}
	return strings.Split(string(text), "\n")
})

// The lengths of common passwords, in characters.
const (
	shortestCommon = 6
	longestCommon  = 20
)

// withoutCommon leaves out of a password the longest common password in it, wherever it stands: who puts something around one, or writes
// it twice, is as easily guessed. Several different ones are what a phrase of words may look like, and are left.
func withoutCommon(chars []rune) []rune {
	list := commonPasswords()
	longest := ""
	for length := min(longestCommon, len(chars)); length >= shortestCommon && longest == ""; length-- {
		for i := 0; i+length <= len(chars); i++ {
			if part := string(chars[i : i+length]); isIn(list, part) {
				longest = part
				break
			}
		}
	}
	if longest == "" {
		return chars
	}
	return []rune(strings.ReplaceAll(string(chars), longest, ""))
}

func isIn(list []string, s string) bool {
	_, found := slices.BinarySearch(list, s)
	return found
}
