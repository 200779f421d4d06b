// Command gencommon writes the list of passwords that many people have: it installs the exact package of its package-lock.json, keeps
// what is long enough to make up much of a password here, in order, and writes it packed, with the package's licence, to
// vendor/zxcvbn-ts. It needs npm.
package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"silta/ui/internal/npm"
)

const (
	from = "internal/gencommon"
	to   = "vendor/zxcvbn-ts"
	// least is the length of the shortest that is kept, in characters.
	least = 6
)

func main() {
	log.SetFlags(0)
	if err := generate(); err != nil {
		log.Fatal("gencommon: ", err)
	}
}

func generate() error {
	dir, err := npm.Install(from)
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	source := filepath.Join(dir, "node_modules/@zxcvbn-ts/language-common")
	data, err := os.ReadFile(filepath.Join(source, "src/passwords.json"))
	if err != nil {
		return err
	}
	var list []string
	if err := json.Unmarshal(data, &list); err != nil {
		return err
	}
	for i := range list {
		list[i] = strings.ToLower(list[i])
	}
	list = slices.DeleteFunc(list, func(p string) bool { return utf8.RuneCountInString(p) < least || strings.Contains(p, "\n") })
	slices.Sort(list)
	list = slices.Compact(list)

	var packed bytes.Buffer
	z, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := z.Write([]byte(strings.Join(list, "\n"))); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	licences, err := filepath.Glob(filepath.Join(source, "LICENSE*"))
	if err != nil || len(licences) != 1 {
		return fmt.Errorf("licences: %v, %w", licences, err)
	}
	licence, err := os.ReadFile(licences[0])
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(to, "LICENSE"), licence, 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(to, "passwords.txt.gz"), packed.Bytes(), 0o644)
}
