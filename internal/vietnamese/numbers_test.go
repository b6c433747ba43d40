package vietnamese_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"lamro/internal/vietnamese"
)

func TestNumberVectors(t *testing.T) {
	t.Parallel()
	all := vectors[struct {
		Text  string
		Value *float64
	}](t, "number_vectors.jsonl")
	if len(all) != 19 {
		t.Errorf("%d vectors, want 19", len(all))
	}
	for _, v := range all {
		for _, s := range []string{v.Text, norm.NFD.String(v.Text)} {
			found := vietnamese.FindNumbers(s)
			switch {
			case v.Value == nil && len(found) > 0:
				t.Errorf("FindNumbers(%q) = %v, want none", s, found)
			case v.Value != nil && (len(found) == 0 || !near(found[0].Value, *v.Value)):
				t.Errorf("FindNumbers(%q) = %v, want %v first", s, found, *v.Value)
			}
		}
	}
}

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-9*math.Abs(b) }

func TestFindNumbersInRunningText(t *testing.T) {
	t.Parallel()
	const none = ""
	for _, c := range []struct{ in, want string }{
		{"hơn 10,1 tỉ đồng", "10,1 tỉ đồng=1.01e+10 đồng >"},
		{"gần 200 hộ, khoảng 1.500 người, dưới 5 ha", "200 hộ=200 hộ <|1.500 người=1500 người ~|5 ha=5 ha <"},
		{"ít nhất 3 xã, chưa đến 40 km, xấp xỉ 7,5 %", "3 xã=3 xã >|40 km=40 km <|7,5 %=0.075 % ~"},
		{"4.853,25 km2 và 12 m³; 3 mét khối", "4.853,25 km2=4853.25 km²|12 m³=12 m³|3 mét khối=3 m³"},
		{"1 tỷ 200 triệu đồng", "1 tỷ 200 triệu đồng=1.2e+09 đồng"},
		{"5 nghìn tỷ đồng; 2 triệu rưỡi; 1.5 tỷ", "5 nghìn tỷ đồng=5e+12 đồng|2 triệu rưỡi=2.5e+06 |1.5 tỷ=1.5e+09 "},
		{"500k, 60tr/căn, 5 củ khoai", "500k=500000 |60tr=6e+07 |5=5 "},
		{"1,234,567.5 USD", "1,234,567.5 USD=1.2345675e+06 USD"},
		{"hai mươi mốt người, mười lăm hộ, một trăm linh năm xã", "hai mươi mốt người=21 người|mười lăm hộ=15 hộ|một trăm linh năm xã=105 xã"},
		{"hai nghìn năm trăm hộ; ba triệu hai trăm nghìn đồng", "hai nghìn năm trăm hộ=2500 hộ|ba triệu hai trăm nghìn đồng=3.2e+06 đồng"},
		{"hai nghìn không trăm linh năm hộ", "hai nghìn không trăm linh năm hộ=2005 hộ"},
		{"hai mươi năm, mười năm, hai nghìn năm", "hai mươi năm=20 năm|mười năm=10 năm|hai nghìn năm=2000 năm"},
		{"một nửa số hộ, một triệu rưỡi đồng", "một nửa=0.5 |một triệu rưỡi đồng=1.5e+06 đồng"},
		{"ba người, năm xã, một hộ", "ba người=3 người|năm xã=5 xã|một hộ=1 hộ"},
		{"3 lít nước, 5.000 lít", "3 lít=3 lít|5.000 lít=5000 lít"},
		// neither amounts nor sure
		{"hồ Ba Bể, đường Hai Bà Trưng, thứ hai, năm 2020, một trong số đó", none},
		{"ngày 12/6/2023 lúc 07:30, 7h30, tỷ số 2-1, từ 5-7 triệu, QL3, 3G, A4", none},
		{"số 12/2023/NQ-HĐND, 0209 000 000, phiên bản 1.2.3, Điều 5", none},
		{"3 triệu 5, 20tr5, hai triệu ba, hai ba người, năm bảy hộ", none},
		{"hàng trăm người, vài chục hộ, mấy nghìn cây", none},
		{"ba tôi, chín muồi, năm nay, một cách", none},
		{"chiếm 47,61%[12], năm ngoái (2019), 21 tháng 8, a.vn?id=30110, 2019 hộ", "47,61%=0.4761 %|2019 hộ=2019 hộ"},
		{"tỷ lệ 3 tỷ lệ", "3=3 "},
	} {
		for _, form := range []norm.Form{norm.NFC, norm.NFD} {
			in := form.String(c.in)
			var got []string
			for _, n := range vietnamese.FindNumbers(in) {
				approx := []string{"", " ~", " >", " <"}[n.Approx]
				got = append(got, fmt.Sprintf("%s=%v %s%s", norm.NFC.String(in[n.Start:n.End]), n.Value, n.Unit, approx))
			}
			if g := strings.Join(got, "|"); g != c.want {
				t.Errorf("FindNumbers(%q)\n got %s\nwant %s", in, g, c.want)
			}
		}
	}
}

func FuzzFindNumbers(f *testing.F) {
	for _, s := range []string{"1.234.567 đồng", "2 nghìn 500 hộ", "60tr/căn", "hai nghìn không trăm linh năm", "5-7 triệu rưỡi", norm.NFD.String("mười lăm tỷ 3 lít"), "1 tỷ 2 triệu 3 nghìn 400"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		end := 0
		for _, n := range vietnamese.FindNumbers(s) {
			if n.Start < end || n.End <= n.Start || n.End > len(s) {
				t.Fatalf("FindNumbers(%q): span %d to %d after %d", s, n.Start, n.End, end)
			}
			if math.IsNaN(n.Value) || math.IsInf(n.Value, 0) || n.Value < 0 || !slices.Contains([]vietnamese.Approx{vietnamese.Exactly, vietnamese.About, vietnamese.MoreThan, vietnamese.LessThan}, n.Approx) {
				t.Fatalf("FindNumbers(%q) = %+v", s, n)
			}
			end = n.End
		}
	})
}

func BenchmarkFindNumbers(b *testing.B) {
	const s = "Toàn huyện có hơn 1.500 hộ với khoảng 7,5 nghìn người; mưa lũ làm thiệt hại gần 2 tỷ 300 triệu đồng, hai mươi mốt ngôi nhà bị sập, 0,65ha lúa bị vùi lấp. "
	b.ReportAllocs()
	b.SetBytes(int64(len(s)))
	for b.Loop() {
		vietnamese.FindNumbers(s)
	}
}
