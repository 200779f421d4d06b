// Command geneditor bundles the editor of the rules' page: it installs the exact packages of editor/package-lock.json, bundles
// them with editor.js, and writes the bundle with the packages' licences to vendor/codemirror. It needs npm.
package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"slices"

	"silta/ui/internal/npm"
)

const (
	from = "editor"
	to   = "vendor/codemirror"
)

func main() {
	log.SetFlags(0)
	if err := generate(); err != nil {
		log.Fatal("geneditor: ", err)
	}
}

func generate() error {
	dir, err := npm.Install(from)
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	out, err := filepath.Abs(filepath.Join(to, "editor.min.js"))
	if err != nil {
		return err
	}
	bundle := exec.Command("go", "tool", "esbuild", filepath.Join(dir, "editor.js"), "--bundle", "--minify", "--format=iife",
		"--target=es2022", "--legal-comments=none", "--charset=utf8", "--log-level=warning", "--outfile="+out)
	bundle.Stderr = os.Stderr
	if err := bundle.Run(); err != nil {
		return fmt.Errorf("esbuild: %w", err)
	}
	return licences(filepath.Join(dir, "node_modules"))
}

// licences writes the texts of all packages into one file.
func licences(packages string) error {
	var files []string
	err := filepath.WalkDir(packages, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Name() == "LICENSE" {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		return err
	}
	slices.Sort(files)
	var b bytes.Buffer
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(packages, filepath.Dir(file))
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "%s\n\n%s\n", filepath.ToSlash(name), bytes.TrimSpace(text))
		b.WriteString("\n")
	}
	return os.WriteFile(filepath.Join(to, "LICENSE"), b.Bytes(), 0o644)
}
