package captures

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/nlnwa/gowarc"
)

// maxBuffered keeps records in memory while they are built or read: beyond it gowarc would put
// page bytes into the system's temporary directory, where no erasure looks.
const maxBuffered = 1 << 30

// encode writes the records of a capture, each its own gzip member: about the file, the
// response, the request, and what WARC has no field for.
func (s *Store) encode(file *bytes.Buffer, ref Ref, e Exchange) error {
	target, err := url.Parse(e.URL)
	if err != nil || target.Host == "" {
		return errors.Join(fmt.Errorf("address %q is not absolute", e.URL), err)
	}
	target.RawQuery = escaped(target.RawQuery)
	switch e.Truncated {
	case "", "length", "time", "disconnect", "unspecified":
	default:
		return fmt.Errorf("unknown reason of truncation %q", e.Truncated)
	}
	response := recordID(ref.ID, "response")
	common := [][2]string{{gowarc.WarcDate, e.FetchedAt.UTC().Format(time.RFC3339)}}
	about := append(common, [2]string{gowarc.WarcTargetURI, target.String()},
		[2]string{gowarc.WarcWarcinfoID, recordID(ref.ID, "warcinfo")})
	if e.RemoteIP != "" {
		about = append(about, [2]string{gowarc.WarcIPAddress, e.RemoteIP})
	}
	beside := append(about[:len(about):len(about)], [2]string{gowarc.WarcConcurrentTo, response})
	answer := about[:len(about):len(about)]
	if e.Truncated != "" {
		answer = append(answer, [2]string{gowarc.WarcTruncated, e.Truncated})
	}
	for _, r := range []struct {
		kind    gowarc.RecordType
		content string
		headers [][2]string
		block   []byte
	}{
		{gowarc.Warcinfo, gowarc.ApplicationWarcFields, common, fields("software", s.software, "format", "WARC File Format 1.1")},
		{gowarc.Response, gowarc.ApplicationHttp + ";msgtype=response", answer, e.responseBytes()},
		{gowarc.Request, gowarc.ApplicationHttp + ";msgtype=request", beside, e.requestBytes(target)},
		{gowarc.Metadata, gowarc.ApplicationWarcFields, beside, fields("capture", ref.ID, "robots", e.Robots)},
	} {
		headers := append(r.headers[:len(r.headers):len(r.headers)],
			[2]string{gowarc.WarcRecordID, recordID(ref.ID, r.kind.String())}, [2]string{gowarc.ContentType, r.content})
		if err := s.record(file, r.kind, headers, r.block); err != nil {
			return fmt.Errorf("write %s record: %w", r.kind, err)
		}
	}
	return nil
}

func (s *Store) record(file *bytes.Buffer, kind gowarc.RecordType, headers [][2]string, block []byte) (err error) {
	b := newBuilder(kind)
	defer func() { err = errors.Join(err, b.Close()) }()
	for _, h := range headers {
		b.AddWarcHeader(h[0], h[1])
	}
	if _, err := b.Write(block); err != nil {
		return err
	}
	rec, _, err := b.Build()
	if err != nil {
		return err
	}
	z := s.gzip(file)
	if _, _, err := gowarc.NewMarshaler().Marshal(z, rec, 0); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	s.writers.Put(z)
	return nil
}

// gowarcMu is held where gowarc makes its options: it then sets a variable of another package
// without a lock, for the whole process.
var gowarcMu sync.Mutex

func newBuilder(kind gowarc.RecordType) gowarc.WarcRecordBuilder {
	gowarcMu.Lock()
	defer gowarcMu.Unlock()
	return gowarc.NewRecordBuilder(kind, options()...)
}

func newUnmarshaler() gowarc.Unmarshaler {
	gowarcMu.Lock()
	defer gowarcMu.Unlock()
	return gowarc.NewUnmarshaler(options()...)
}

func options() []gowarc.WarcRecordOption {
	return []gowarc.WarcRecordOption{
		gowarc.WithStrictValidation(),
		gowarc.WithDefaultDigestAlgorithm("sha256"),
		gowarc.WithDefaultDigestEncoding(gowarc.Base16),
		gowarc.WithBufferMaxMemBytes(maxBuffered),
	}
}

// responseBytes is the answer as HTTP/1 writes it. The order of the headers and the chunks of
// the transfer are not known any more; names, values and bytes are as received.
func (e Exchange) responseBytes() []byte {
	var b bytes.Buffer
	proto := e.Proto
	if proto == "" {
		proto = "HTTP/1.1"
	}
	fmt.Fprintf(&b, "%s %03d %s\r\n", proto, e.Status, http.StatusText(e.Status))
	writeHeader(&b, e.ResponseHeader)
	b.WriteString("\r\n")
	b.Write(e.Body)
	return b.Bytes()
}

func (e Exchange) requestBytes(target *url.URL) []byte {
	var b bytes.Buffer
	method := e.Method
	if method == "" {
		method = http.MethodGet
	}
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\n", method, target.RequestURI(), target.Host)
	writeHeader(&b, e.RequestHeader)
	b.WriteString("\r\n")
	return b.Bytes()
}

func writeHeader(b *bytes.Buffer, h http.Header) {
	// A bytes.Buffer takes everything, so there is no error to return. The body below is not
	// chunked any more, and the request's host has its own line.
	_ = h.WriteSubset(b, map[string]bool{"Transfer-Encoding": true, "Host": true})
}

// fields is a block of name and value lines. Values lose their line breaks.
func fields(pairs ...string) []byte {
	var b bytes.Buffer
	for i := 0; i+1 < len(pairs); i += 2 {
		value := strings.Join(strings.Fields(pairs[i+1]), " ")
		fmt.Fprintf(&b, "%s: %s\r\n", pairs[i], value)
	}
	return b.Bytes()
}

// escaped is a query as a request line can carry it: pages link to addresses with spaces and
// letters that net/url leaves as they are.
func escaped(query string) string {
	var b strings.Builder
	for i := range len(query) {
		if c := query[i]; c <= ' ' || c >= 0x7f || c == '"' || c == '<' || c == '>' {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// recordID is stable for a capture and a kind of record, in the form of a custom UUID.
func recordID(capture, kind string) string {
	u := sha256.Sum256([]byte(capture + "\x00" + kind))
	u[6], u[8] = u[6]&0x0f|0x80, u[8]&0x3f|0x80
	return fmt.Sprintf("<urn:uuid:%x-%x-%x-%x-%x>", u[0:4], u[4:6], u[6:8], u[8:10], u[10:16])
}

// Read reads the capture at path back: what was asked and what came, byte for byte. Where sum is
// given, the file must still hash to it. A file that is no whole capture is ErrDamaged; one that
// is not there is fs.ErrNotExist.
func (s *Store) Read(path, sum string) (Exchange, error) {
	file, err := os.ReadFile(s.full(path))
	if err != nil {
		return Exchange{}, fmt.Errorf("read capture: %w", err)
	}
	if got := sha256.Sum256(file); sum != "" && hex.EncodeToString(got[:]) != sum {
		return Exchange{}, fmt.Errorf("read capture %s: %w: hashes to %x, not to %s", path, ErrDamaged, got, sum)
	}
	e, err := decode(file)
	if err != nil {
		return Exchange{}, fmt.Errorf("read capture %s: %w: %w", path, ErrDamaged, err)
	}
	return e, nil
}

func decode(file []byte) (e Exchange, err error) {
	// gowarc's parser indexes out of range on some damaged records.
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("parser panicked: %v", p)
		}
	}()
	in := bufio.NewReader(bytes.NewReader(file))
	u := newUnmarshaler()
	for {
		rec, _, _, err := u.Unmarshal(in)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return Exchange{}, err
		}
		if err := errors.Join(e.take(rec), rec.Close()); err != nil {
			return Exchange{}, fmt.Errorf("%s record: %w", rec.Type(), err)
		}
	}
	if e.URL == "" {
		return Exchange{}, errors.New("no response record")
	}
	return e, nil
}

// take adds what one record says.
func (e *Exchange) take(rec gowarc.WarcRecord) error {
	switch block := rec.Block().(type) {
	case gowarc.HttpResponseBlock:
		return e.takeResponse(rec, block)
	case gowarc.HttpRequestBlock:
		e.Method, _, _ = strings.Cut(string(block.ProtocolHeaderBytes()), " ")
		if h := block.HttpHeader(); h != nil {
			e.RequestHeader = *h
		}
	case gowarc.WarcFieldsBlock:
		if rec.Type() == gowarc.Metadata {
			e.Robots = block.WarcFields().Get("robots")
		}
	}
	return nil
}

func (e *Exchange) takeResponse(rec gowarc.WarcRecord, block gowarc.HttpResponseBlock) error {
	payload, err := block.PayloadBytes()
	if err != nil {
		return err
	}
	if e.Body, err = io.ReadAll(payload); err != nil {
		return err
	}
	want := rec.WarcHeader().Get(gowarc.WarcPayloadDigest)
	if got := e.PayloadDigest(); want != got {
		return fmt.Errorf("payload is %s, not %s", got, want)
	}
	if e.FetchedAt, err = rec.Date(); err != nil {
		return err
	}
	head := rec.WarcHeader()
	e.URL, e.RemoteIP = head.Get(gowarc.WarcTargetURI), head.Get(gowarc.WarcIPAddress)
	e.Truncated = head.Get(gowarc.WarcTruncated)
	e.Proto, _, _ = strings.Cut(string(block.ProtocolHeaderBytes()), " ")
	e.Status = block.HttpStatusCode()
	if block.HttpHeader() == nil || e.Status == 0 {
		return errors.New("no HTTP header")
	}
	e.ResponseHeader = *block.HttpHeader()
	return nil
}
