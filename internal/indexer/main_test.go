package indexer_test

import (
	"os"
	"testing"

	"lamro/internal/records/recordstest"
)

func TestMain(m *testing.M) { os.Exit(recordstest.Main(m)) }
