package main

import (
	"fmt"
	"io"
	"os"
)

// dataFlag are the flags of commands that work on a data directory and need nothing else of the configuration.
type dataFlag struct {
	Config string `short:"c" xor:"data" required:"" placeholder:"FILE" help:"The server's configuration, which names its data directory."`
	Data   string `xor:"data" required:"" type:"path" placeholder:"DIR" help:"The data directory itself."`
}

// dir returns the data directory.
func (f dataFlag) dir(w world) (string, error) {
	if f.Data != "" {
		return f.Data, nil
	}
	settings, err := configFlag{f.Config}.load(w)
	if err != nil {
		return "", err
	}
	return settings.Data, nil
}

// passphrase reads the first line of a file.
func passphrase(name string) (string, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", plain(err)
	}
	defer f.Close()
	line, err := firstLine(f)
	if err != nil {
		return "", fmt.Errorf("--passphrase-file: %w", err)
	}
	return line, nil
}

// smallFile reads a small file: of keys, or of recipients.
func smallFile(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, plain(err)
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, 1<<20))
}
