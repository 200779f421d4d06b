package demo

import (
	"github.com/goccy/go-yaml"

	"silta/cmd/internal/config"
	"silta/consult"
)

// Emergency returns whom the example region phones instead of writing.
func Emergency() ([]config.Phone, error) {
	var region struct {
		Organisation struct {
			Emergency []struct {
				Number string
				Name   consult.Text
			}
		}
	}
	if err := yaml.Unmarshal(Region, &region); err != nil {
		return nil, err
	}
	var phones []config.Phone
	for _, p := range region.Organisation.Emergency {
		phones = append(phones, config.Phone(p))
	}
	return phones, nil
}
