// Package try runs one stage of Lamro on lines that somebody has at hand, for `lamro try`: to
// tune sources and watches, to report bugs, to measure quality and speed. It needs no data
// directory and no network; the stages do the work, this package reads and writes the lines.
package try

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// maxLine is the longest line, in bytes, that is read.
const maxLine = 64 << 20

// A Failure is an error with the machine code that the error line carries. Errors of other types
// have the code "failed".
type Failure struct {
	Code    string
	Message string
	Wrong   *Wrong // where in the input it is, where that can be said
}

// Wrong is the place of a mistake and what to do about it.
type Wrong struct {
	Position   int    `json:"position"` // byte of the field as given
	Expected   string `json:"expected"`
	Suggestion string `json:"suggestion"`
}

func (f *Failure) Error() string { return f.Message }

func failure(code, format string, args ...any) *Failure {
	return &Failure{Code: code, Message: fmt.Sprintf(format, args...)}
}

// Sized is what a result implements whose document did not stand in the line, so that the
// closing line counts what was read.
type Sized interface{ Size() int }

// Run gives each JSON line of in to fn, on up to threads goroutines, and writes one line for each
// to out, in the same order: fn's result, which encodes as an object, with the line's id put
// first; or {"id":…,"error":{"code":…,"message":…}}. Blank lines are passed over, and so is a byte
// order mark before the first. A line that is no JSON object has the id null; a panic in fn is that line's failure. At the end one line on
// errw says how fast it went.
//
// Run returns how many lines failed. It ends with ctx's error when ctx ends before in does, after
// the lines already read; it cannot interrupt a read of in.
func Run(ctx context.Context, in io.Reader, out, errw io.Writer, threads int, fn func(ctx context.Context, raw []byte) (any, error)) (failed int, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	r := &runner{fn: fn, queue: make(chan *job, 2*max(threads, 1)), work: make(chan *job)}
	start := time.Now()

	var workers sync.WaitGroup
	for range max(threads, 1) {
		workers.Go(func() {
			for j := range r.work {
				j.answer <- r.answer(ctx, j)
			}
		})
	}
	written := make(chan error, 1)
	go func() {
		werr := r.write(out)
		if werr != nil {
			cancel() // nobody reads: stop reading too
		}
		written <- werr
	}()

	readErr := r.read(ctx, in)
	close(r.work)
	workers.Wait()
	close(r.queue)
	writeErr := <-written
	if writeErr != nil {
		return int(r.failed.Load()), fmt.Errorf("write results: %w", writeErr)
	}
	if readErr != nil {
		return int(r.failed.Load()), readErr
	}
	s := time.Since(start).Seconds()
	_, err = fmt.Fprintf(errw, "%d documents in %.2f s, %.1f docs/s, %.2f MB/s\n",
		r.documents.Load(), s, float64(r.documents.Load())/s, float64(r.bytes.Load())/s/1e6)
	return int(r.failed.Load()), err
}

// A job is one line on its way; its answer is the line to write.
type job struct {
	line    []byte
	tooLong bool
	answer  chan []byte
}

type runner struct {
	fn    func(ctx context.Context, raw []byte) (any, error)
	work  chan *job // to the workers
	queue chan *job // to the writer, in the order of the lines

	documents, bytes, failed atomic.Int64
}

func (r *runner) read(ctx context.Context, in io.Reader) error {
	lines := bufio.NewReaderSize(in, 1<<20)
	for first := true; ; first = false {
		line, tooLong, err := readLine(lines)
		if first {
			line = bytes.TrimPrefix(line, []byte(byteOrderMark))
		}
		if len(bytes.TrimSpace(line)) > 0 {
			j := &job{line: line, tooLong: tooLong, answer: make(chan []byte, 1)}
			select {
			case <-ctx.Done():
				return context.Cause(ctx)
			case r.queue <- j:
			}
			r.work <- j
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("read lines: %w", err)
		case ctx.Err() != nil:
			return context.Cause(ctx)
		}
	}
}

// readLine reads up to the next line break. Of a line that is too long it keeps the beginning.
func readLine(r *bufio.Reader) (line []byte, tooLong bool, err error) {
	for {
		part, err := r.ReadSlice('\n')
		if len(line)+len(part) <= maxLine {
			line = append(line, part...)
		} else {
			tooLong = true
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, tooLong, err
		}
	}
}

func (r *runner) write(out io.Writer) error {
	w := bufio.NewWriterSize(out, 1<<16)
	var failure error
	for j := range r.queue {
		line := <-j.answer
		if failure != nil {
			continue // the queue is emptied so that the reader can end
		}
		if _, err := w.Write(line); err != nil {
			failure = err
			continue
		}
		if len(r.queue) == 0 { // somebody may be waiting for this line before the next
			failure = w.Flush()
		}
	}
	return errors.Join(failure, w.Flush())
}

// answer is the line for one job.
func (r *runner) answer(ctx context.Context, j *job) []byte {
	var head struct {
		ID json.RawMessage `json:"id"`
	}
	id := json.RawMessage("null")
	r.documents.Add(1)
	size := len(j.line)
	var object []byte
	err := func() error {
		if j.tooLong {
			return failure("too-large", "line longer than %d bytes", maxLine)
		}
		if err := json.Unmarshal(j.line, &head); err != nil {
			return failure("bad-json", "%v", err)
		}
		if head.ID != nil && utf8.Valid(head.ID) {
			id = head.ID
		}
		if err := wellFormed(j.line); err != nil {
			return err
		}
		result, err := r.call(ctx, j.line)
		if err != nil {
			return err
		}
		if s, ok := result.(Sized); ok {
			size = s.Size()
		}
		object, err = encode(result)
		return err
	}()
	r.bytes.Add(int64(size))
	if err != nil {
		r.failed.Add(1)
		object = failureObject(err)
	}
	line := append([]byte(`{"id":`), id...)
	if len(object) > len("{}") {
		line = append(line, ',')
	}
	return append(append(line, object[1:]...), '\n')
}

func (r *runner) call(ctx context.Context, line []byte) (result any, err error) {
	defer func() {
		if v := recover(); v != nil {
			result, err = nil, failure("panic", "%v", v)
		}
	}()
	return r.fn(ctx, line)
}

func failureObject(err error) []byte {
	var body struct {
		Error struct {
			Code    string `json:"code"`
			Message string `json:"message"`
			*Wrong
		} `json:"error"`
	}
	body.Error.Code, body.Error.Message = "failed", err.Error()
	if f := (*Failure)(nil); errors.As(err, &f) {
		body.Error.Code, body.Error.Wrong = f.Code, f.Wrong
	}
	object, err := encode(body)
	if err != nil {
		return []byte(`{"error":{"code":"failed","message":""}}`) // two strings always encode
	}
	return object
}

// encode is v as a JSON object on one line, with letters such as < as they are.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("encode result: %w", err)
	}
	object := bytes.TrimSpace(b.Bytes())
	if len(object) < 2 || object[0] != '{' {
		return nil, fmt.Errorf("encode result: %T is no object", v)
	}
	return object, nil
}

const byteOrderMark = "\uFEFF"

// wellFormed refuses what encoding/json would replace in silence, so that the bytes of a field are
// those that spans count: broken UTF-8, and escapes of half a character.
func wellFormed(line []byte) error {
	if !utf8.Valid(line) {
		return failure("bad-input", "the line is not valid UTF-8")
	}
	for i := 0; i < len(line); i++ {
		if line[i] != '\\' {
			continue
		}
		switch r := escaped(line[i:]); {
		case !utf16.IsSurrogate(r):
			i++
		case utf16.DecodeRune(r, escaped(line[i+unicodeEscape:])) == unicode.ReplacementChar:
			return failure("bad-input", "%s is half a character", line[i:i+unicodeEscape])
		default:
			i += 2*unicodeEscape - 1
		}
	}
	return nil
}

const unicodeEscape = len(`\u0000`)

// escaped is what the escape with four digits that s begins with stands for, 0 where there is none.
func escaped(s []byte) rune {
	if len(s) < unicodeEscape || s[0] != '\\' || s[1] != 'u' {
		return 0
	}
	n, err := strconv.ParseUint(string(s[2:unicodeEscape]), 16, 16)
	if err != nil {
		return 0
	}
	return rune(n)
}

// decode reads the fields of a line. Fields that a command does not know are passed over.
func decode(raw []byte, into any) error {
	if err := json.Unmarshal(raw, into); err != nil {
		return failure("bad-input", "%v", err)
	}
	return nil
}
