// Package npm installs the packages that the generators of vendored files read.
package npm

import (
	"fmt"
	"os"
	"os/exec"
)

// Install copies a directory with a package-lock.json to a temporary one, installs there exactly the packages that it names, and runs
// none of their scripts. It returns the directory, which the caller removes. It needs npm.
func Install(from string) (dir string, err error) {
	if dir, err = os.MkdirTemp("", "npm"); err != nil {
		return "", err
	}
	defer func() {
		if err != nil {
			_ = os.RemoveAll(dir) // What is left of it is temporary.
		}
	}()
	if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
		return "", err
	}
	install := exec.Command("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	install.Dir, install.Stderr = dir, os.Stderr
	if err := install.Run(); err != nil {
		return "", fmt.Errorf("npm ci: %w", err)
	}
	return dir, nil
}
