package places

import (
	"strings"
	"sync"

	"lamro/analyzer/places/national"
	"lamro/internal/vietnamese"
)

// role is what the words right before a name say of it.
type role uint8

const (
	bare    role = iota // nothing
	admin               // a unit: "huyện", or a body that sits in one: "công an"
	people              // those who live there, or a land: "bà con", "vùng"
	person              // somebody called so
	company             // a firm or brand called so
	thing               // a station, school, mountain … named after a place, here or elsewhere
	street              // a thing that towns name after persons and places alike
)

// lead is what stands right before a name.
type lead struct {
	role  role
	kind  string // of an admin word, the kind of unit; "" for any
	text  string // as it stands in the text
	first int    // index of its first token
}

// before lists the words by role; a word in capitals only ("THPT") that is not listed is a thing.
var before = []struct {
	role  role
	kind  string
	words string
}{
	{admin, national.Province, "tỉnh, tỉnh ủy, tỉnh đoàn"},
	{admin, national.District, "huyện, huyện ủy, huyện đoàn, quận, h"},
	{admin, national.City, "thành phố, tp, t p, thành ủy"},
	{admin, national.Town, "thị xã, tx"},
	{admin, national.Township, "thị trấn, tt"},
	{admin, national.Ward, "phường, p"},
	{admin, national.Commune, "xã, x"},
	{admin, national.Special, "đặc khu"},
	{admin, "", `ubnd, hđnd, ủy ban nhân dân, hội đồng nhân dân, công an, hạt kiểm lâm, mttq, ban chỉ huy quân sự,
		trung tâm y tế, bệnh viện đa khoa, phòng giáo dục và đào tạo, đảng bộ, đảng ủy, tòa án nhân dân, viện kiểm sát nhân dân,
		chi cục thuế, bảo hiểm xã hội`},
	{people, "", `anh em, chị em, bà con, trẻ em, đàn em, các em, người, người dân, nhân dân, đồng bào, đoàn, quê, vùng cao, miền, vùng,
		khu vực, địa bàn, điện lực, bưu điện, ban quản lý`},
	{person, "", `ông, bà, anh, chị, em, cháu, cô, chú, bác, cụ, thầy, nhà văn, nhà thơ, nhạc sĩ, ca sĩ, nghệ sĩ, họa sĩ, diễn viên,
		cầu thủ, thủ môn, tiền đạo, tiền vệ, hậu vệ, bác sĩ, tiến sĩ, giáo sư, luật sư, hoa hậu, á hậu, người mẫu, vận động viên, võ sĩ, huấn luyện viên,
		hlv, nsnd, nsưt, mc, rapper, đạo diễn, đại tướng, thượng tướng, trung tướng, thiếu tướng, đại tá, thượng tá, trung tá, thiếu tá,
		liệt sĩ, anh hùng, nghi phạm, bị cáo, bị can, đối tượng, bé, tác giả, nhà báo, phóng viên, doanh nhân, con trai, con gái`},
	{company, "", `công ty, công ty cổ phần, công ty tnhh, tập đoàn, doanh nghiệp, cổ phần, tnhh, cp, hãng, thương hiệu, nhãn hiệu,
		thuốc lá, bia, nước khoáng, xi măng, ngân hàng, khách sạn, nhà hàng, nhà nghỉ, quán, cà phê, nhà xe, xe khách, resort, homestay,
		siêu thị, phòng khám, chuỗi, tàu, phim, truyện, bài hát, ban nhạc, giống, mác, hợp tác xã, htx, dự án, chung cư, thương mại, dịch vụ,
		xây dựng, đầu tư, thực phẩm, dược phẩm, chứng khoán, bất động sản, tiểu thuyết, ca khúc, vở, nhóm, đội, câu lạc bộ, clb`},
	{street, "", `đường, phố, ngõ, ngách, hẻm, kiệt, đại lộ, quảng trường, cầu, hầm, khu phố, ngã ba, ngã tư, nút giao`},
	{thing, "", `ga, nhà ga, chợ, khu đô thị, kđt, trường, tiểu học, trung học cơ sở, trung học phổ thông,
		mầm non, bến xe, bến, bến phà, phà, chùa, đền, đình, miếu, nhà thờ, giáo xứ, thôn, ấp, bản, làng, xóm, tổ, tổ dân phố, buôn, núi, đồi,
		sông, hồ, động, suối, rạch, kênh, thác, đảo, cù lao, sân vận động, sân bay, cảng, nhà máy, thủy điện, mỏ, nghĩa trang,
		khu công nghiệp, cụm công nghiệp, kcn, ccn, tượng đài, bãi biển, vịnh, mũi, thpt, thcs`},
}

// wordsBefore is a trie of those words from the last syllable to the first, and what each node
// says. Texts without marks have them without marks.
var wordsBefore = sync.OnceValue(func() *beforeTable {
	t := &beforeTable{trie: newTrie(), says: map[int32]lead{}}
	for _, row := range before {
		for word := range strings.SplitSeq(row.words, ",") {
			tokens := vietnamese.Read(word).Tokens
			marked, folded := make([]vietnamese.Key, len(tokens)), make([]vietnamese.Key, len(tokens))
			for i, token := range tokens {
				marked[len(tokens)-1-i], folded[len(tokens)-1-i] = token.Exact, token.Folded
			}
			t.says[t.trie.add(marked, false)] = lead{role: row.role, kind: row.kind}
			if node := t.trie.add(folded, false); row.role == admin && t.says[node].role == bare {
				t.says[node] = lead{role: row.role, kind: row.kind}
			}
		}
	}
	return t
})

type beforeTable struct {
	trie *trie
	says map[int32]lead
}

// surnames are the family names after which a capital word is somebody's name.
var surnames = sync.OnceValue(func() map[vietnamese.Key]bool {
	set := map[vietnamese.Key]bool{}
	const list = `nguyễn trần lê phạm hoàng huỳnh phan vũ võ đặng bùi đỗ hồ ngô dương lý nông triệu hà lường ma bế hứa lục đàm
		chu mạc đinh trịnh trương mai đào tô tạ cao lưu phùng vi sầm bàn đoàn lâm thái tăng quách văn thị hữu đức minh xuân ngọc thanh quang`
	for _, t := range vietnamese.Read(list).Tokens {
		set[t.Exact] = true
	}
	return set
})

// leadOf finds the longest listed words that end right before token i.
func leadOf(t *vietnamese.Text, i int) (best lead) {
	table := wordsBefore()
	if i == 0 || !table.trie.begins(t.Tokens[i-1].Exact, false) && t.Tokens[i-1].Flags&vietnamese.Upper == 0 {
		return lead{}
	}
	node, end := int32(0), t.Tokens[i].Start
	for k := i - 1; k >= 0 && k >= i-8; k-- {
		token := t.Tokens[k]
		if !onlySpace(t.Original[token.End:end]) {
			break
		}
		if node = table.trie.step(node, token.Exact); node == 0 {
			break
		}
		end = token.Start
		says := table.says[node]
		if says.role == bare || k == i-1 && letters(t.Written(k)) == 1 && token.Flags&vietnamese.Capital == 0 {
			continue // "h." and "x." are words of their own
		}
		says.first, says.text = k, t.Original[token.Start:t.Tokens[i-1].End]
		best = says
	}
	if best.role == bare && i > 0 && onlySpace(t.Original[t.Tokens[i-1].End:t.Tokens[i].Start]) &&
		t.Tokens[i-1].Flags&vietnamese.Upper != 0 && t.Tokens[i].Flags&vietnamese.Upper == 0 && letters(t.Written(i-1)) > 1 {
		best = lead{role: thing, text: t.Written(i - 1), first: i - 1}
	}
	return best
}

// onlySpace says whether a gap between a word and what it is said of is no more than space and a
// point: "TP. Bắc Kạn".
func onlySpace(gap string) bool {
	return gap == " " || strings.Trim(gap, " .\u00a0") == "" && strings.Count(gap, ".") <= 1
}

func letters(s string) int { return len([]rune(s)) }

// keyOfWord is the key of one word.
func keyOfWord(s string) vietnamese.Key {
	if t := vietnamese.Read(s).Tokens; len(t) == 1 {
		return t[0].Exact
	}
	return 0
}
