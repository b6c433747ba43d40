package testweb

// A place is what a page is about: how its text names the place, and what that makes of the
// page for whoever looks for the province.
type place struct {
	kind     string // the kind of mention; empty: another province
	noi      string // in a sentence, after "tại" or "ở"
	ten      string // in a title
	cq       string // the authority, able to open a sentence
	dateline string // opens the lead
	closing  string // a paragraph that names the area, at the end
	bare     bool   // the whole page is typed without marks
}

// The kinds of mention.
const (
	KindProvince  = "province"  // tỉnh Bắc Kạn
	KindOlder     = "older"     // the older spelling Bắc Cạn
	KindBare      = "bare"      // Bac Kan between words that carry marks
	KindUnmarked  = "unmarked"  // a whole page without marks
	KindCapitals  = "capitals"  // BẮC KẠN as a dateline
	KindDistrict  = "district"  // a former district, with its word
	KindCommune   = "commune"   // a present commune of tỉnh Thái Nguyên
	KindWard      = "ward"      // phường Bắc Kạn and phường Đức Xuân
	KindLandmark  = "landmark"  // hồ Ba Bể and others
	KindBody      = "body"      // UBND tỉnh Bắc Kạn and others
	KindTonePlace = "toneplace" // Uỷ ban, Hoà Mục: the newer place of the tone mark
)

// mentions lists what names the area, in the order in which pages take turns.
func mentions() []place {
	list := []place{
		{kind: KindProvince, noi: "tỉnh Bắc Kạn cũ", ten: "Bắc Kạn", cq: "UBND xã"},
		{kind: KindProvince, noi: "một xã vùng cao của Bắc Kạn", ten: "vùng cao Bắc Kạn", cq: "UBND xã"},
		{kind: KindProvince, noi: "địa bàn tỉnh Bắc Kạn", ten: "Bắc Kạn", cq: "UBND xã"},
		{kind: KindProvince, noi: "các xã phía bắc Thái Nguyên, thuộc Bắc Kạn trước đây", ten: "Bắc Kạn", cq: "UBND xã"},
		{kind: KindCapitals, noi: "một xã vùng cao", ten: "vùng cao", cq: "UBND xã", dateline: "BẮC KẠN - "},
		{kind: KindCapitals, noi: "xã nghèo giáp ranh ba tỉnh", ten: "xã vùng sâu", cq: "UBND xã", dateline: "BẮC KẠN: "},
		{kind: KindOlder, noi: "tỉnh Bắc Cạn", ten: "Bắc Cạn", cq: "UBND xã"},
		{kind: KindOlder, noi: "một bản vùng sâu của tỉnh Bắc Cạn cũ", ten: "Bắc Cạn", cq: "UBND xã"},
		{kind: KindBare, noi: "Bac Kan", ten: "Bac Kan", cq: "UBND xã"},
		{kind: KindUnmarked, noi: "tỉnh Bắc Kạn", ten: "Bắc Kạn", cq: "UBND xã", bare: true},
		{kind: KindWard, noi: "phường Bắc Kạn, tỉnh Thái Nguyên", ten: "phường Bắc Kạn", cq: "UBND phường Bắc Kạn"},
		{kind: KindWard, noi: "phường Đức Xuân, tỉnh Thái Nguyên", ten: "phường Đức Xuân", cq: "UBND phường Đức Xuân"},
		{
			kind: KindBody, noi: "một xã vùng cao", ten: "vùng cao", cq: "UBND xã",
			closing: "Nội dung này nằm trong kế hoạch do UBND tỉnh Bắc Kạn phê duyệt trước khi hợp nhất, đến nay vẫn được các xã tiếp tục thực hiện.",
		},
		{
			kind: KindBody, noi: "xã giáp ranh ba tỉnh", ten: "xã vùng sâu", cq: "UBND xã",
			closing: "Trước đó, Công an tỉnh Bắc Kạn và Sở Y tế tỉnh Bắc Kạn từng có hướng dẫn chung, hiện còn hiệu lực.",
		},
		{
			kind: KindTonePlace, noi: "xã Hoà Mục, huyện Chợ Mới, tỉnh Bắc Kạn cũ", ten: "Hoà Mục (Bắc Kạn)",
			cq: "Uỷ ban nhân dân xã Hoà Mục",
		},
		{
			kind: KindTonePlace, noi: "phường Xuất Hoá, thành phố Bắc Kạn cũ", ten: "Xuất Hoá (Bắc Kạn)",
			cq: "Uỷ ban nhân dân phường", closing: "Uỷ ban nhân dân tỉnh Bắc Kạn trước đây từng phê duyệt chủ trương này.",
		},
		{kind: KindLandmark, noi: "một thôn ven hồ Ba Bể", ten: "ven hồ Ba Bể", cq: "UBND xã Ba Bể"},
		{kind: KindLandmark, noi: "vùng lõi Vườn quốc gia Ba Bể", ten: "Vườn quốc gia Ba Bể", cq: "UBND xã"},
	}
	districts := []string{"Ba Bể", "Chợ Mới", "Bạch Thông", "Na Rì", "Ngân Sơn", "Pác Nặm", "Chợ Đồn"}
	communes := []string{
		"Nghĩa Tá", "Chợ Rã", "Côn Minh", "Nà Phặc", "Phủ Thông", "Bằng Thành", "Nghiên Loan", "Thượng Minh",
		"Đồng Phúc", "Quảng Bạch", "Bằng Vân", "Cẩm Giàng", "Phong Quang", "Ba Bể", "Chợ Mới", "Chợ Đồn",
		"Bạch Thông", "Na Rì", "Ngân Sơn", "Yên Phong", "Xuân Dương", "Vĩnh Thông",
	}
	for i, name := range districts {
		p := place{kind: KindDistrict, noi: "huyện " + name + " (Bắc Kạn cũ)", ten: name + " (Bắc Kạn)", cq: "UBND xã"}
		if i%2 == 1 {
			p.noi, p.ten, p.cq = "huyện "+name+", tỉnh Bắc Kạn", "huyện "+name, "UBND huyện "+name
		}
		list = append(list, p)
	}
	list = append(list, place{
		kind: KindDistrict, noi: "thành phố Bắc Kạn", ten: "thành phố Bắc Kạn", cq: "UBND thành phố Bắc Kạn",
	})
	for _, name := range communes {
		list = append(list, place{
			kind: KindCommune, noi: "xã " + name + ", tỉnh Thái Nguyên", ten: name + " (Thái Nguyên)", cq: "UBND xã " + name,
		})
	}
	return interleave(list)
}

// interleave spreads kinds that stand together in the list.
func interleave(list []place) []place {
	const stride = 11 // no factor in common with the length, which a test checks
	out := make([]place, 0, len(list))
	for i, at := 0, 0; i < len(list); i++ {
		out = append(out, list[at])
		at = (at + stride) % len(list)
	}
	return out
}

// elsewhere lists places of other provinces. None shares a name with the area's units.
func elsewhere() []place {
	var list []place
	for _, p := range [][2]string{
		{"Bắc Hà", "Lào Cai"}, {"Mộc Châu", "Sơn La"}, {"Tủa Chùa", "Điện Biên"}, {"Sìn Hồ", "Lai Châu"},
		{"Trùng Khánh", "Cao Bằng"}, {"Lộc Bình", "Lạng Sơn"}, {"Na Hang", "Tuyên Quang"}, {"Đà Bắc", "Phú Thọ"},
		{"Con Cuông", "Nghệ An"}, {"Bá Thước", "Thanh Hóa"}, {"Mù Cang Chải", "Lào Cai"}, {"Thuận Châu", "Sơn La"},
		{"Bảo Lạc", "Cao Bằng"}, {"Bình Gia", "Lạng Sơn"}, {"Chiêm Hóa", "Tuyên Quang"}, {"Mường Lát", "Thanh Hóa"},
		{"Quế Phong", "Nghệ An"}, {"Tuần Giáo", "Điện Biên"}, {"Phong Thổ", "Lai Châu"}, {"Quảng Uyên", "Cao Bằng"},
		{"Đồng Văn", "Tuyên Quang"}, {"Hữu Lũng", "Lạng Sơn"}, {"Bảo Thắng", "Lào Cai"},
	} {
		list = append(list, place{
			noi: "xã " + p[0] + ", tỉnh " + p[1], ten: p[0] + " (" + p[1] + ")", cq: "UBND xã " + p[0],
		})
	}
	return list
}

// hamlets are invented names of the smallest units.
func hamlets() []string {
	return []string{
		"thôn Nà Sao", "thôn Khuổi Mạ", "thôn Pác Lường", "thôn Bản Lanh", "thôn Nà Điếng", "thôn Khuổi Vàng",
		"thôn Lũng Chang", "thôn Cốc Tào", "thôn Phiêng Mơ", "thôn Nà Tặc", "thôn Bản Sloong", "thôn Khau Vải",
	}
}

// provinces are the choices of the weather box that stands on every page, whatever it is about.
func provinces() []string {
	return []string{
		"An Giang", "Bắc Giang", "Bắc Kạn", "Cao Bằng", "Cà Mau", "Đà Nẵng", "Đắk Lắk", "Điện Biên", "Gia Lai",
		"Hà Nội", "Hà Tĩnh", "Hải Phòng", "Huế", "Lai Châu", "Lạng Sơn", "Lào Cai", "Nghệ An", "Phú Thọ",
		"Quảng Ninh", "Sơn La", "Thái Nguyên", "Thanh Hóa", "TP. Hồ Chí Minh", "Tuyên Quang",
	}
}
