package dates_test

import (
	"testing"
	"time"

	"lamro/crawler/dates"
)

func TestParseReadsTheFormsOfFeedsAndPages(t *testing.T) {
	t.Parallel()
	tests := []struct{ text, want string }{
		// Vietnamese pages
		{"Thứ Hai, 12/06/2023 | 07:30 (GMT+7)", "2023-06-12T07:30:00+07:00"},
		{"Thứ hai, 17/09/2018 - 06:36", "2018-09-17T06:36:00+07:00"},
		{"20:57, 18/10/2019", "2019-10-18T20:57:00+07:00"},
		{"Thứ 6, 21/03/2025 | 15:45", "2025-03-21T15:45:00+07:00"},
		{"22/10/2013 20:30", "2013-10-22T20:30:00+07:00"},
		{"Thứ 6, ngày 16 tháng 8, 2019, 8:36:21 Chiều", "2019-08-16T20:36:21+07:00"},
		{"Chủ nhật, 01-10-2017 08:05 SA", "2017-10-01T08:05:00+07:00"},
		{"09:05 CH, 01/10/2017", "2017-10-01T21:05:00+07:00"},
		{"12:05 SA, 01/10/2017", "2017-10-01T00:05:00+07:00"},
		{"Ngày 13.9.2023", "2023-09-13"},
		{"ngày 6 tháng 11 năm 1996", "1996-11-06"},
		{"Ngày 11-3-2015", "2015-03-11"},
		{"Thứ tư, 22/10/2025, 19:25 (GMT+7)", "2025-10-22T19:25:00+07:00"},
		{"7h30 ngày 12/6/2023", "2023-06-12T07:30:00+07:00"},
		{"7 giờ 30 phút, ngày 12 tháng 6 năm 2023", "2023-06-12T07:30:00+07:00"},
		{"22 Tháng Mười Một, 2025", "2025-11-22"},
		{"Tháng Mười 22, 2025", "2025-10-22"},
		{"Cập nhật: 05/07/2025 17:30 - 2 bình luận", "2025-07-05T17:30:00+07:00"},
		{"Th\u01b0\u0301 hai, 17/09/2018", "2018-09-17"},
		// machine forms
		{"2025-07-05", "2025-07-05"},
		{"2025-07-05T09:05:41.537000", "2025-07-05T09:05:41.537+07:00"},
		{"2025-07-05T10:05:00", "2025-07-05T10:05:00+07:00"},
		{"2025-07-05T10:05:00Z", "2025-07-05T10:05:00Z"},
		{"2025-07-05T10:05:00+0700", "2025-07-05T10:05:00+07:00"},
		{"2025-07-05T10:05:00-03", "2025-07-05T10:05:00-03:00"},
		{"2025/07/05 10:05:00 +07:00", "2025-07-05T10:05:00+07:00"},
		{"1751684700", "2025-07-05T10:05:00+07:00"},
		// feeds
		{"Tue, 14 Nov 2017 17:42:44 +0700", "2017-11-14T17:42:44+07:00"},
		{"Thu, 01 Jan 2004 19:48:21 GMT", "2004-01-01T19:48:21Z"},
		{"Thu, 01 Jan 04 19:48 EST", "2004-01-01T19:48:00-05:00"},
		{"Sun Jan 4 16:29:06 PST 2004", "2004-01-04T16:29:06-08:00"},
		{"January 5, 2004 3:04 PM", "2004-01-05T15:04:00+07:00"},
		{"Mon Oct 01 2017 08:05:00 GMT+0700 (ICT)", "2017-10-01T08:05:00+07:00"},
		{"Wed, 02 Jul 2025 08:05:00 GMT+7", "2025-07-02T08:05:00+07:00"},
	}
	for _, tt := range tests {
		d, ok := dates.Parse(tt.text)
		got := d.Time.Format(time.RFC3339Nano)
		if d.Day {
			got = d.Time.Format(time.DateOnly)
		}
		if !ok || got != tt.want {
			t.Errorf("Parse(%q) = %s, %v, want %s", tt.text, got, ok, tt.want)
		}
	}
}

func TestParseGivesNothingForWhatIsNoDate(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "31/02/2024", "12/13/2023", "32/01/2024", "00/10/2024", "30/02/2024 10:00", "05/07/2025 25:61", "2025-13-01",
		"1970-01-01T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 GMT", "01/01/2199", "0", "0000-00-00 00:00:00",
		"2 giờ trước", "Hôm qua lúc 21:15", "7h30 ngày 12/6", "Liên hệ 0209 3870 123", "1.234.567", "Số 12/2023/NQ-HĐND",
	} {
		if d, ok := dates.Parse(text); ok {
			t.Errorf("Parse(%q) = %v, want none", text, d.Time)
		}
	}
}

func TestADayCountsAsItsEnd(t *testing.T) {
	t.Parallel()
	d, ok := dates.Parse("05/07/2025")
	if got := d.Time.Format(time.RFC3339); !ok || !d.Day || got != "2025-07-05T23:59:59+07:00" {
		t.Errorf("Parse = %s, day %v, %v, want the last second of the day", got, d.Day, ok)
	}
}

func TestNearReadsWhatIsRelative(t *testing.T) {
	t.Parallel()
	ref := time.Date(2026, 1, 3, 2, 0, 0, 0, time.UTC) // 9:00 in Viet Nam
	tests := []struct{ text, want string }{
		{"2 giờ trước", "2026-01-03T07:00:00+07:00"},
		{"15 phút trước", "2026-01-03T08:45:00+07:00"},
		{"3 ngày trước", "2025-12-31T23:59:59+07:00"},
		{"Hôm qua lúc 21:15", "2026-01-02T21:15:00+07:00"},
		{"Hôm nay, 7h30", "2026-01-03T07:30:00+07:00"},
		{"7h30 ngày 12/6", "2025-06-12T07:30:00+07:00"},
		{"05/01", "2026-01-05T23:59:59+07:00"},
		{"ngày 31 tháng 12", "2025-12-31T23:59:59+07:00"},
		{"29/2", "2024-02-29T23:59:59+07:00"},
		{"22/10/2025, 19:25", "2025-10-22T19:25:00+07:00"},
	}
	for _, tt := range tests {
		d, ok := dates.Near(tt.text, ref)
		if got := d.Time.Format(time.RFC3339); !ok || got != tt.want {
			t.Errorf("Near(%q) = %s, %v, want %s", tt.text, got, ok, tt.want)
		}
	}
	for _, text := range []string{"31/02/2024", "32/1", "không có ngày"} {
		if d, ok := dates.Near(text, ref); ok {
			t.Errorf("Near(%q) = %v, want none", text, d.Time)
		}
	}
}

func FuzzNear(f *testing.F) {
	for _, s := range []string{"Thứ tư, 22/10/2025, 19:25 (GMT+7)", "2025-07-05T10:05:00+0700", "2 giờ trước", "29/2 lúc 7h"} {
		f.Add(s)
	}
	ref := time.Date(2026, 1, 3, 2, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, s string) {
		if d, ok := dates.Near(s, ref); ok {
			if y := d.Time.Year(); y < 1990 || y > 2100 {
				t.Fatalf("Near(%q) = %v, out of range", s, d.Time)
			}
			if _, err := time.Parse(time.RFC3339, d.Time.Format(time.RFC3339)); err != nil {
				t.Fatalf("Near(%q) = %v, which RFC 3339 cannot write: %v", s, d.Time, err)
			}
		}
	})
}
