// Package configs carries the settings that Lamro ships with, so that the binary alone can
// start: lamro.yaml and one directory per province. A copy on disk is read instead where there
// is one; what the files mean is known to internal/settings.
package configs

import "embed"

// FS holds lamro.yaml and provinces/.
//
//go:embed lamro.yaml provinces
var FS embed.FS
