package bench

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
)

// A stage is a part of the road, told by the functions that only it calls. The first stage with
// a function anywhere on a stack has the sample: what is inside comes before what is around it.
type stage struct {
	name  string
	marks []string
}

var stages = []stage{
	{"capture", []string{"lamro/internal/captures."}},
	{"extract", []string{"lamro/crawler/extract."}},
	{"archive", []string{"lamro/internal/archive.(*Archive)"}},
	{"analyze", []string{"lamro/analyzer."}},
	{"index", []string{"lamro/internal/indexer.", "lamro/internal/index/", "github.com/blevesearch/"}},
	{"publish", []string{"lamro/internal/archive.(*Relay)", "lamro/internal/stream.", "github.com/nats-io/"}},
	{"fetch", []string{"lamro/crawler/fetch.", "net/http.(*persistConn)", "net/http.(*Transport)"}},
	{"queue", []string{"lamro/crawler.", "lamro/internal/records/"}},
	{"gc", []string{"runtime.gcBgMarkWorker", "runtime.bgsweep", "runtime.bgscavenge"}},
}

const other = "other"

func stageOf(stack []string) string {
	for _, s := range stages {
		for _, f := range stack {
			if slices.ContainsFunc(s.marks, func(m string) bool { return strings.HasPrefix(f, m) }) {
				return s.name
			}
		}
	}
	return other
}

// shares reads a processor profile and tells how much of it, in hundredths, each stage has.
func shares(profile []byte) (map[string]float64, error) {
	p, err := readProfile(profile)
	if err != nil {
		return nil, err
	}
	of := map[string]float64{other: 0}
	for _, s := range stages {
		of[s.name] = 0
	}
	total := 0.0
	for _, s := range p.samples {
		of[stageOf(p.stack(s))] += float64(s.count)
		total += float64(s.count)
	}
	for name := range of {
		of[name] *= 100 / max(total, 1)
	}
	return of, nil
}

// A profile is what is needed of the format of pprof (profile.proto).
type profile struct {
	samples   []sample
	lines     map[uint64][]uint64 // location → functions, the inlined ones first
	functions map[uint64]uint64   // function → its name
	names     []string
}

type sample struct {
	locations []uint64
	count     uint64
}

func (p *profile) stack(s sample) []string {
	var names []string
	for _, l := range s.locations {
		for _, f := range p.lines[l] {
			if n := p.functions[f]; n < uint64(len(p.names)) {
				names = append(names, p.names[n])
			}
		}
	}
	return names
}

func readProfile(zipped []byte) (*profile, error) {
	z, err := gzip.NewReader(bytes.NewReader(zipped))
	if err != nil {
		return nil, err
	}
	raw, err := io.ReadAll(z)
	if err != nil {
		return nil, err
	}
	p := &profile{lines: map[uint64][]uint64{}, functions: map[uint64]uint64{}}
	return p, fields(raw, func(number int, _ uint64, body []byte) error {
		switch number {
		case 2:
			return p.sample(body)
		case 4:
			return p.location(body)
		case 5:
			return p.function(body)
		case 6:
			p.names = append(p.names, string(body))
		}
		return nil
	})
}

func (p *profile) sample(body []byte) error {
	var s sample
	var values []uint64
	err := fields(body, func(number int, value uint64, packed []byte) error {
		switch number {
		case 1:
			return numbers(value, packed, &s.locations)
		case 2:
			return numbers(value, packed, &values)
		}
		return nil
	})
	if len(values) > 0 {
		s.count = values[0]
	}
	p.samples = append(p.samples, s)
	return err
}

func (p *profile) location(body []byte) error {
	var id uint64
	var functions []uint64
	err := fields(body, func(number int, value uint64, line []byte) error {
		switch number {
		case 1:
			id = value
		case 4:
			return fields(line, func(number int, value uint64, _ []byte) error {
				if number == 1 {
					functions = append(functions, value)
				}
				return nil
			})
		}
		return nil
	})
	p.lines[id] = functions
	return err
}

func (p *profile) function(body []byte) error {
	var id, name uint64
	err := fields(body, func(number int, value uint64, _ []byte) error {
		switch number {
		case 1:
			id = value
		case 2:
			name = value
		}
		return nil
	})
	p.functions[id] = name
	return err
}

var errShort = errors.New("the profile ends within a field")

// fields walks a protocol buffer of numbers and of bodies with a length.
func fields(b []byte, fn func(number int, value uint64, body []byte) error) error {
	for len(b) > 0 {
		key, n := binary.Uvarint(b)
		if n <= 0 {
			return errShort
		}
		b = b[n:]
		value, n := binary.Uvarint(b)
		if n <= 0 {
			return errShort
		}
		b = b[n:]
		var body []byte
		switch key & 7 {
		case 0:
		case 2:
			if value > uint64(len(b)) {
				return errShort
			}
			body, b = b[:value], b[value:]
		default:
			return errors.New("the profile has a field of an unknown kind")
		}
		if err := fn(int(key>>3), value, body); err != nil {
			return err
		}
	}
	return nil
}

// numbers reads a repeated number, packed or not.
func numbers(value uint64, packed []byte, into *[]uint64) error {
	if packed == nil {
		*into = append(*into, value)
		return nil
	}
	for len(packed) > 0 {
		v, n := binary.Uvarint(packed)
		if n <= 0 {
			return errShort
		}
		*into, packed = append(*into, v), packed[n:]
	}
	return nil
}

func TestStageOf(t *testing.T) {
	t.Parallel()
	for want, stack := range map[string][]string{
		"capture": {"compress/gzip.(*Writer).Write", "lamro/internal/captures.(*Store).Write", "lamro/internal/archive.(*Archive).Keep", "lamro/crawler.(*Crawler).visit"},
		"archive": {"modernc.org/sqlite.(*conn).exec", "lamro/internal/archive.(*Archive).Keep", "lamro/crawler.(*Crawler).visit"},
		"queue":   {"modernc.org/sqlite.(*conn).exec", "lamro/internal/records/frontier.StartPage", "lamro/crawler.(*Crawler).visit"},
		"analyze": {"lamro/internal/records.(*DB).Tx", "lamro/analyzer.(*Analyzer).Handle", "lamro/internal/stream.(*lane).single"},
		"fetch":   {"syscall.Read", "net/http.(*persistConn).readLoop"},
		other:     {"runtime.mcall"},
	} {
		if got := stageOf(stack); got != want {
			t.Errorf("stageOf(%q) = %s, want %s", stack, got, want)
		}
	}
}
