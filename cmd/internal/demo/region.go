package demo

import _ "embed"

//go:generate cp ../../../config.example.yaml region.yaml

// RegionFile is the name of the example region's configuration, for messages.
const RegionFile = "config.example.yaml"

// Region is the example configuration, of which the demo uses the routing section. The file beside this one is a copy.
//
//go:embed region.yaml
var Region []byte
