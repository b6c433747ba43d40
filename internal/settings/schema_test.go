package settings_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"lamro/internal/settings"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// A change of the settings shows as a change of the schemas, to be reviewed as what users see.
func TestSchemas(t *testing.T) {
	t.Parallel()
	for _, name := range settings.SchemaNames() {
		got, err := settings.Schema(name)
		if err != nil {
			t.Fatal(err)
		}
		if !json.Valid(got) {
			t.Errorf("schema of %s is not JSON", name)
		}
		golden := filepath.Join("testdata", name+".schema.json")
		if *update {
			if err := os.WriteFile(golden, got, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("schema of %s differs from %s (go test -update rewrites it)", name, golden)
		}
	}
	if _, err := settings.Schema("places"); err == nil {
		t.Error("Schema(places) = nil error, want a refusal that lists the names")
	}
}
