package vietnamese_test

import (
	"bufio"
	"encoding/json"
	"os"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"lamro/internal/vietnamese"
)

// vectors reads a file of testdata, one JSON object a line, into values of T.
func vectors[T any](t *testing.T, name string) (all []T) {
	t.Helper()
	f, err := os.Open("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var v T
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		all = append(all, v)
	}
	return all
}

func iso(d vietnamese.Date) string {
	switch d.Precision {
	case vietnamese.ToYear:
		return d.Time.Format("2006")
	case vietnamese.ToMonth:
		return d.Time.Format("2006-01")
	case vietnamese.ToDay:
		return d.Time.Format(time.DateOnly)
	}
	return d.Time.Format(time.RFC3339Nano)
}

func TestDateVectors(t *testing.T) {
	t.Parallel()
	all := vectors[struct {
		Text string
		ISO  *string
	}](t, "date_vectors.jsonl")
	if len(all) != 17 {
		t.Errorf("%d vectors, want 17", len(all))
	}
	for _, v := range all {
		want := ""
		if v.ISO != nil {
			want = *v.ISO
		}
		for _, s := range []string{v.Text, norm.NFD.String(v.Text)} {
			got := ""
			if d, ok := vietnamese.ParseDate(s, time.Time{}); ok {
				got = iso(d)
			}
			if got != want {
				t.Errorf("ParseDate(%q) = %q, want %q", s, got, want)
			}
			got = ""
			if found := vietnamese.FindDates(s, time.Time{}); len(found) > 0 {
				got = iso(found[0])
			}
			if got != want {
				t.Errorf("FindDates(%q) = %q first, want %q", s, got, want)
			}
		}
	}
}

func TestFindDatesInRunningText(t *testing.T) {
	t.Parallel()
	type found struct{ span, iso string }
	at := time.Date(2026, 1, 3, 2, 0, 0, 0, time.UTC) // 9:00 in Viet Nam
	for _, c := range []struct {
		in   string
		want []found
	}{
		{"Khoảng 7h30 ngày 12/6/2025, mưa lớn; đến 9 giờ 15 phút ngày 13/6/2025 thì tạnh.", []found{{"7h30 ngày 12/6/2025", "2025-06-12T07:30:00+07:00"}, {"9 giờ 15 phút ngày 13/6/2025", "2025-06-13T09:15:00+07:00"}}},
		{"Ngày 12/6/2025 lúc 7h30, ngày 13/6/2025 lúc 9h", []found{{"12/6/2025 lúc 7h30", "2025-06-12T07:30:00+07:00"}, {"13/6/2025 lúc 9h", "2025-06-13T09:00:00+07:00"}}},
		{"Nghị quyết số 12/2023/NQ-HĐND ngày 5 tháng 7 năm 2023", []found{{"5 tháng 7 năm 2023", "2023-07-05"}}},
		{"trong tháng 6/2025 và tháng 7 năm 2025, so với năm 2020", []found{{"tháng 6/2025", "2025-06"}, {"tháng 7 năm 2025", "2025-07"}, {"năm 2020", "2020"}}},
		{"7h tối 12/6/2025 (GMT+7)", []found{{"7h tối 12/6/2025 (GMT+7)", "2025-06-12T19:00:00+07:00"}}},
		{"Sáng 30/12, tại xã", []found{{"30/12", "2025-12-30"}}},
		{"chiều 2.1, ngày 31-12", []found{{"2.1", "2026-01-02"}, {"31-12", "2025-12-31"}}},
		{"tối qua mưa to, 2 giờ trước đã tạnh", []found{{"tối qua", "2026-01-02"}, {"2 giờ trước", "2026-01-03T07:00:00+07:00"}}},
		{"Hôm qua lúc 21:15", []found{{"Hôm qua lúc 21:15", "2026-01-02T21:15:00+07:00"}}},
		{"ngày 29/2", []found{{"29/2", "2024-02-29"}}},
		{"1/3 diện tích, tỷ số 2-1, 12-15 tuổi, 5.3 tấn, phiên bản 1.2.2023.4, 7ha, 24/7", nil},
		{"2 giờ trước đó, 6 tháng 10 ngày, trong 6 tháng đầu, ngày 31/2/2025, 32/1/2025", nil},
		{"tăng 2025 tấn, năm 2.000, năm 2025 tấn", []found{{"năm 2025", "2025"}}},
		{"ngày 13.9.2023", []found{{"13.9.2023", "2023-09-13"}}},
		{"Tue, 14 Nov 2017 17:42:44 +0700; 2025-07-05T10:05:00-03:00", []found{{"14 Nov 2017 17:42:44 +0700", "2017-11-14T17:42:44+07:00"}, {"2025-07-05T10:05:00-03:00", "2025-07-05T10:05:00-03:00"}}},
		{"May 1 người; 3 can 10", nil},
	} {
		for _, form := range []norm.Form{norm.NFC, norm.NFD} {
			in := form.String(c.in)
			got := vietnamese.FindDates(in, at)
			if len(got) != len(c.want) {
				t.Errorf("FindDates(%q) = %v, want %v", in, got, c.want)
				continue
			}
			for i, d := range got {
				if span := norm.NFC.String(in[d.Start:d.End]); span != c.want[i].span || iso(d) != c.want[i].iso {
					t.Errorf("FindDates(%q)[%d] = %q, %s, want %v", in, i, span, iso(d), c.want[i])
				}
			}
		}
	}
}

func TestADateSaysWhatWasWritten(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 3, 2, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		in              string
		zoned, relative bool
	}{
		{"05/07/2025 10:05", false, false},
		{"05/07/2025 10:05 GMT+7", true, false},
		{"ngày 5/7", false, true},
		{"hôm qua", false, true},
	} {
		d, ok := vietnamese.ParseDate(c.in, at)
		if !ok || d.Zoned != c.zoned || d.Relative != c.relative {
			t.Errorf("ParseDate(%q) = %+v, %v, want zoned %v, relative %v", c.in, d, ok, c.zoned, c.relative)
		}
	}
	for _, in := range []string{"hôm qua", "ngày 5/7", "3 ngày trước", "năm 2020", "05/07/2025 25:61", ""} {
		if d, ok := vietnamese.ParseDate(in, time.Time{}); ok {
			t.Errorf("ParseDate(%q) without a reference = %v, want none", in, d)
		}
	}
}

func FuzzFindDates(f *testing.F) {
	for _, s := range []string{"Thứ tư, 22/10/2025, 19:25 (GMT+7)", "7h30 ngày 12/6, 13/6 8h", "2025-07-05T10:05:00+0700", "29/2 lúc 7h sáng nay", "tháng Mười 22, 2025 năm 2020", "Jan 4 16:29:06 PST 2004", norm.NFD.String("hôm qua 6 tháng 11 năm 1996")} {
		f.Add(s)
	}
	at := time.Date(2026, 1, 3, 2, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, s string) {
		end := 0
		for _, d := range vietnamese.FindDates(s, at) {
			if d.Start < end || d.End <= d.Start || d.End > len(s) {
				t.Fatalf("FindDates(%q): span %d to %d after %d", s, d.Start, d.End, end)
			}
			if y := d.Time.Year(); y < 999 || y > 10000 {
				t.Fatalf("FindDates(%q) = %v, out of range", s, d.Time)
			}
			end = d.End
		}
		if d, ok := vietnamese.ParseDate(s, at); ok && (d.Start < 0 || d.End <= d.Start || d.End > len(s) || d.Precision < vietnamese.ToDay) {
			t.Fatalf("ParseDate(%q) = %+v", s, d)
		}
	})
}

func BenchmarkFindDates(b *testing.B) {
	const s = "Khoảng 7h30 ngày 12/6/2025, mưa lớn gây sạt lở trên tuyến đường lên các xã vùng cao; đến 9 giờ cùng ngày, đội bảo dưỡng đã dọn được một làn cho xe con đi trước. "
	b.ReportAllocs()
	b.SetBytes(int64(len(s)))
	for b.Loop() {
		vietnamese.FindDates(s, time.Time{})
	}
}
