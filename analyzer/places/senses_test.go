package places_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"lamro/analyzer/places"
)

// sense is what the marked name of a sentence means.
type sense string

const (
	in    sense = "in the area"     // surely
	maybe sense = "perhaps"         // in the area, unsure
	not   sense = "something else"  // or not found at all
	nope  sense = "not surely ours" // one of the two: sense alone does not tell
)

type senseGroup struct {
	group string
	at    time.Time
	home  string
	cases []senseCase
}

type senseCase struct {
	want sense
	text string
}

// Invented sentences, each with one name in brackets ⟦⟧ and what it means there. The first line
// of a text with more than one is its title.
var senses = []senseGroup{
	{"the province", before, "", []senseCase{
		{in, "Sáng 3/5, đoàn công tác của tỉnh ⟦Bắc Kạn⟧ đã đến thăm."},
		{in, "Mưa lớn ở Cao Bằng, ⟦Bắc Kạn⟧, Lạng Sơn từ đêm nay."},
		{in, "Cảnh báo lũ quét tại các tỉnh: Hà Giang, Cao Bằng, ⟦Bắc Kạn⟧, Thái Nguyên, Lạng Sơn, Tuyên Quang, Lào Cai và Yên Bái."},
		{in, "(⟦Bắc Kạn⟧) - Ngày 4/5, trời nắng."},
		{in, "Chị quê ở ⟦Bắc Cạn⟧, lấy chồng Nam Định."},
		{in, "MƯA LŨ Ở ⟦BẮC KẠN⟧\nĐường bị chia cắt."},
		{in, "mua lon o ⟦bac kan⟧ chieu nay"},
		{in, "Trời đẹp quá #⟦BacKan⟧ #dulich"},
		{in, "Xem thêm tại ⟦baobackan⟧.vn"},
		{in, "Thầy giáo dạy ở trường ⟦Bắc Kạn⟧ suốt mười năm."},
		{not, "Suối phía ⟦bắc cạn⟧ nước."},
		{not, "Miền ⟦Bắc Cần⟧ thêm điện."},
		{not, "Phía ⟦Bắc⟧ cần mưa."},
	}},
	{"districts with their words", before, "", []senseCase{
		{in, "Mưa đá ở huyện ⟦Pác Nặm⟧ làm hỏng nhiều mái nhà."},
		{in, "UBND huyện ⟦Ba Bể⟧ họp sáng nay."},
		{in, "H. ⟦Ngân Sơn⟧ có sương muối."},
		{in, "Công an huyện ⟦Na Rì⟧ bắt giữ hai đối tượng."},
		{in, "Huyện ủy ⟦Bạch Thông⟧ tổ chức hội nghị."},
		{in, "Tại các huyện Pác Nặm, Na Rì và ⟦Ba Bể⟧ đã có mưa."},
		{in, "Ba huyện Ngân Sơn, ⟦Bạch Thông⟧, Chợ Đồn thi đấu bóng chuyền."},
		{in, "Bà con ⟦Chợ Đồn⟧ (Bắc Kạn) vào vụ hồng."},
		{in, "huyện ⟦Chợ Mới⟧, tỉnh Bắc Kạn"},
		{in, "Đường về ⟦Chợ Mới⟧, Bắc Kạn đã thông."},
		{in, "⟦Chợ Mới⟧ – Bắc Kạn: sạt lở taluy."},
		{in, "Bắc Kạn: huyện ⟦Chợ Mới⟧ có thêm xã nông thôn mới."},
		{in, "Huyện ⟦Chợ Mới⟧ thuộc tỉnh Bắc Kạn có nhiều rừng."},
		{in, "Huyện ⟦Chợ Mới⟧ của Bắc Kạn có nhiều rừng."},
		{in, "Từ thành phố Bắc Kạn đi ⟦Chợ Mới⟧ mất một giờ."},
		{in, "Bắc Kạn có mưa. Ở ⟦Ngân Sơn⟧, trời rét."},
		{in, "Bạn đọc ở ⟦Na Rì⟧ (Bắc Kạn) phản ánh."},
		{in, "xã Cao Kỳ, huyện ⟦Chợ Mới⟧"},
		{in, "Huyện ⟦Chợ Mới⟧ giáp huyện Phú Lương (Thái Nguyên)."},
		{in, "Các điểm du lịch Sa Pa, ⟦Ba Bể⟧, Mộc Châu kín phòng."},
		{in, "⟦Ba Bể⟧, Bạch Thông, Chợ Đồn là ba huyện phía tây."},
		{maybe, "Huyện ⟦Chợ Mới⟧ vừa có cầu."},
		{maybe, "Ở ⟦Bạch Thông⟧ có cam."},
		{maybe, "Chuyến xe về ⟦Ba Bể⟧ đông khách."},
	}},
	{"the same name in another province", before, "", []senseCase{
		{not, "Trúng thưởng: Nguyễn Văn A (Ba Bể, Bắc Kạn); Trần B (⟦Chợ Mới⟧, An Giang); Lê C (Na Rì, Bắc Kạn)."},
		{in, "Trúng thưởng: Nguyễn Văn A (Chợ Mới, An Giang); Trần B (⟦Chợ Mới⟧, Bắc Kạn)."},
		{in, "Xã ⟦Phúc Lộc⟧, huyện Ba Bể và xã Phúc Lộc, huyện Phúc Thọ, Hà Nội cùng mở hội."},
		{not, "Xã Phúc Lộc, huyện Ba Bể và xã ⟦Phúc Lộc⟧, huyện Phúc Thọ, Hà Nội cùng mở hội."},
		{not, "Huyện ⟦Chợ Mới⟧, tỉnh An Giang vừa có cầu."},
		{not, "⟦Chợ Mới⟧ (An Giang) được mùa xoài."},
		{not, "⟦Chợ Mới⟧, An Giang: phà chạy lại."},
		{not, "Ở An Giang, huyện ⟦Chợ Mới⟧ trồng nhiều xoài."},
		{not, "An Giang mưa lớn. Tại ⟦Chợ Mới⟧, nhà tốc mái."},
		{not, "Từ Long Xuyên qua phà sang ⟦Chợ Mới⟧."},
		{not, "Các huyện Phú Tân, ⟦Chợ Mới⟧ và Tri Tôn của An Giang."},
		{not, "Đoàn Bắc Kạn thăm huyện ⟦Chợ Mới⟧ của An Giang."},
		{not, "An Giang đón khách\nĐoàn đi thăm ⟦Chợ Mới⟧ buổi chiều."},
		{not, "Bắc Kạn kết nghĩa với An Giang\nTại An Giang, đoàn đến huyện ⟦Chợ Mới⟧ xem trồng xoài."},
		{in, "Bắc Kạn kết nghĩa với An Giang\nTại Bắc Kạn, khách được mời lên ⟦Chợ Mới⟧ xem rừng."},
		{not, "Xã ⟦Yên Phong⟧, huyện Ý Yên, tỉnh Nam Định thu hoạch lúa."},
		{not, "Bắc Ninh khởi công nhà máy ở ⟦Yên Phong⟧."},
		{not, "Xã ⟦Tân Lập⟧, huyện Đan Phượng, Hà Nội."},
		{not, "Phường ⟦Tân Lập⟧, thành phố Thái Nguyên."},
		{not, "Xã ⟦Trần Phú⟧, huyện Chương Mỹ, Hà Nội."},
		{not, "Tại xã ⟦Văn Lang⟧, huyện Hưng Hà, tỉnh Thái Bình."},
		{not, "Xã ⟦Xuân Dương⟧ (huyện Lộc Bình, tỉnh Lạng Sơn) có rét."},
		{in, "Xã ⟦Xuân Dương⟧ (huyện Na Rì, tỉnh Bắc Kạn) có rét."},
		{in, "Xã ⟦Yên Phong⟧, huyện Chợ Đồn thu hoạch lúa."},
		{in, "Tại xã ⟦Tân Lập⟧, huyện Chợ Đồn, tỉnh Bắc Kạn."},
		{nope, "Xã ⟦Tân Lập⟧ có thêm trạm y tế."},
		{nope, "Đến xã ⟦Trần Phú⟧ hỏi thăm."},
		{nope, "Bắc Kạn họp chợ phiên đầu năm. Trời nắng đẹp suốt cả tuần, bà con xuống chợ từ sáng sớm. Gió nhẹ và khô, đường đi dễ hơn mọi năm, hàng hóa nhiều. Người bán vải, người bán rượu, người bán ngựa đều vui. Đến chiều chợ mới tan, ai về nhà nấy. Năm ấy ông đi từ Nam Kinh đến ⟦Côn Minh⟧."},
		{not, "Ga ⟦Ngân Sơn⟧, huyện Bố Trạch, tỉnh Quảng Bình."},
		{not, "Tàu hàng trật bánh gần ga ⟦Ngân Sơn⟧, Quảng Bình."},
		{not, "Cầu ⟦Ngân Sơn⟧ ở Phú Yên được sửa."},
		{not, "Người dân ⟦Chợ Đồn⟧ Biên Hòa kẹt xe."},
	}},
	{"after the merger", after, "", []senseCase{
		{in, "Xã ⟦Chợ Đồn⟧, tỉnh Thái Nguyên họp dân."},
		{in, "Xã ⟦Chợ Mới⟧, tỉnh Thái Nguyên họp dân."},
		{in, "Xã ⟦Chợ Mới⟧ (Thái Nguyên) họp dân."},
		{not, "Xã ⟦Chợ Mới⟧, tỉnh An Giang họp dân."},
		{not, "Xã ⟦Chợ Mới⟧ (An Giang) họp dân."},
		{in, "Xã ⟦Ba Bể⟧ của tỉnh Thái Nguyên đón khách."},
		{in, "Thái Nguyên: xã ⟦Na Rì⟧ có điện trở lại."},
		{in, "Tại phường ⟦Đức Xuân⟧, tỉnh Thái Nguyên."},
		{in, "Phường ⟦Bắc Kạn⟧ ra quân dọn vệ sinh."},
		{in, "Xã ⟦Nghiên Loan⟧ sạt lở nặng."},
		{in, "Xã ⟦Phong Quang⟧, tỉnh Thái Nguyên trồng rừng."},
		{in, "Thái Nguyên đón khách\nMùa hè này, ⟦Ba Bể⟧ kín phòng."},
		{in, "Huyện ⟦Pác Nặm⟧ cũ nay là ba xã."},
		{in, "Xã ⟦Yên Bình⟧, tỉnh Thái Nguyên có mưa."},
		{not, "Xã ⟦Yên Bình⟧, tỉnh Lào Cai có mưa."},
		{not, "Xã ⟦Trần Phú⟧, thành phố Hà Nội."},
		{not, "Xã ⟦Văn Lang⟧, tỉnh Lạng Sơn."},
		{in, "Xã ⟦Văn Lang⟧, tỉnh Thái Nguyên."},
		{not, "Xã ⟦Tân Kỳ⟧, tỉnh Nghệ An."},
		{in, "Xã ⟦Tân Kỳ⟧ (Thái Nguyên) có lũ."},
		{nope, "Xã ⟦Tân Kỳ⟧ có lũ."},
		{in, "Các xã Chợ Rã, ⟦Thượng Minh⟧ và Phúc Lộc (Thái Nguyên) mất điện."},
		{in, "Thái Nguyên mưa lớn\nNước lên nhanh ở xã ⟦Bằng Thành⟧."},
		{in, "Xã ⟦Bạch Thông⟧ thuộc Bắc Kạn trước đây."},
		{in, "Tỉnh Thái Nguyên (bao gồm ⟦Bắc Kạn⟧ cũ) có 92 xã, phường."},
		{not, "Nghệ An: xã ⟦Tân Kỳ⟧ thành lập."},
		{nope, "Xã ⟦Tân Lập⟧, tỉnh Thái Nguyên có mưa."},
		{nope, "Thái Nguyên có mưa. Xã ⟦Tân Lập⟧ mất điện."},
		{in, "Bắc Kạn cũ có mưa. Xã ⟦Bằng Phúc⟧ mất điện."},
		{in, "Lãnh đạo tỉnh Thái Nguyên kiểm tra hồ chứa ở các xã Bạch Thông, ⟦Phủ Thông⟧, Cẩm Giàng."},
	}},
	{"persons", before, "", []senseCase{
		{not, "Nhà văn ⟦Bạch Thông⟧ ra sách mới."},
		{not, "Ca sĩ ⟦Ngân Sơn⟧ hát tối nay ở Hà Nội."},
		{not, "Anh Nguyễn ⟦Ngân Sơn⟧ trúng giải."},
		{not, "Bà ⟦Bạch Thông⟧ bán hàng rong."},
		{not, "Bắc Kạn tặng quà em Trần ⟦Văn Minh⟧."},
		{not, "Em Hoàng ⟦Cường Lợi⟧ ở Bắc Kạn đỗ thủ khoa."},
		{not, "Tỉnh Bắc Kạn có đường ⟦Trần Phú⟧."},
		{not, "Trường Tiểu học ⟦Trần Phú⟧, phường Phùng Chí Kiên, thành phố Bắc Kạn."},
		{not, "Cầu thủ ⟦Ngân Sơn⟧ Tùng ghi bàn."},
		{not, "Diễn viên ⟦Mỹ Phương⟧ thăm Ba Bể, Bắc Kạn."},
		{not, "Người lái xe tên Nông ⟦Văn Minh⟧, trú tại Bắc Kạn."},
		{not, "Ông ⟦Trần Phú⟧ quê Hà Tĩnh."},
		{not, "Đồng chí ⟦Phùng Chí Kiên⟧ quê Nghệ An."},
		{not, "Cầu thủ ⟦Văn Lang⟧ ghi bàn ở Bắc Kạn."},
	}},
	{"firms, brands and things", before, "", []senseCase{
		{not, "Công ty ⟦Ngân Sơn⟧ bán cổ phiếu."},
		{not, "Công ty Cổ phần ⟦Ngân Sơn⟧ báo lãi."},
		{not, "Thuốc lá ⟦Ngân Sơn⟧ tăng giá."},
		{nope, "Thuốc lá ⟦Ngân Sơn⟧ của huyện Ngân Sơn, Bắc Kạn."},
		{in, "Thuốc lá Ngân Sơn của huyện ⟦Ngân Sơn⟧, Bắc Kạn."},
		{not, "Hỏa hoạn tại ⟦Chợ Đồn⟧ (phường Bửu Hòa, TP Biên Hòa)."},
		{not, "Chợ Đồn ở Đồng Nai cháy lớn. ⟦Chợ Đồn⟧ có 200 sạp."},
		{in, "Công an ⟦Chợ Đồn⟧ phối hợp Đồn Biên phòng Trà Lĩnh (Cao Bằng)."},
		{not, "Khách sạn ⟦Ba Bể⟧ ở Hà Nội khai trương."},
		{not, "Công ty TNHH ⟦Bạch Thông⟧ tuyển người tại Cần Thơ."},
		{not, "Nhãn hiệu ⟦Ngân Sơn⟧ được đăng ký."},
		{not, "⟦Ba Bể⟧ Farmstay mở cửa ở Đà Lạt."},
		{not, "Tập đoàn ⟦Na Rì⟧ Hamico phát hành cổ phiếu."},
		{not, "Tiểu thương ⟦Chợ Mới⟧ (TP Bắc Giang) bức xúc."},
		{not, "Tiểu thương ⟦Chợ Mới⟧, quận Hải Châu, Đà Nẵng lo lắng."},
		{nope, "Ra ⟦Chợ Mới⟧ mua rau."},
		{nope, "Cầu ⟦Ngân Sơn⟧ hỏng."},
		{nope, "Đường ⟦Bạch Thông⟧ kẹt xe."},
		{not, "Đường ⟦Ngân Sơn⟧ ở Vũng Tàu kẹt xe."},
		{in, "Bắc Kạn có rét. Trường THPT ⟦Chợ Đồn⟧ cho học sinh nghỉ."},
		{in, "Trung tâm Y tế huyện ⟦Ba Bể⟧ cấp cứu nạn nhân."},
		{in, "Hạt Kiểm lâm ⟦Na Rì⟧ (Bắc Kạn) bắt gỗ lậu."},
		{in, "Cam ⟦Bạch Thông⟧ của Bắc Kạn được mùa."},
		{in, "Hồng không hạt ⟦Ba Bể⟧, đặc sản Bắc Kạn, vào vụ."},
	}},
	{"common words", before, "", []senseCase{
		{not, "Bắc Kạn có ⟦chợ mới⟧ khai trương."},
		{not, "Tỉnh Bắc Kạn min⟦h bạch thông⟧ tin."},
		{not, "Bắc Kạn vui. ⟦Chợ mới⟧ khai trương."},
		{not, "Nhà tôi có ⟦ba bể⟧ cá ở Bắc Kạn."},
		{not, "Ra ⟦chợ đồn⟧ nhau là có mưa."},
		{not, "BẮC KẠN MIN⟦H BẠCH THÔNG⟧ TIN"},
		{nope, "⟦CHỢ MỚI⟧ KHAI TRƯƠNG Ở BẮC KẠN"},
		{nope, "BẮC KẠN XÂY ⟦BA BỂ⟧ BƠI"},
		{not, "Ra ⟦chợ Đồn⟧g Xuân mua vải."},
		{not, "Nhà ở ⟦chợ Mới⟧ Đà Lạt."},
		{in, "HUYỆN ⟦BA BỂ⟧ CÓ MƯA\nBắc Kạn đón bão."},
	}},
	{"roads, rivers and landmarks", before, "", []senseCase{
		{in, "Cao tốc ⟦Thái Nguyên – Chợ Mới⟧ thông xe."},
		{in, "Tuyến ⟦Thái Nguyên-Chợ Mới⟧ thu phí."},
		{in, "BOT ⟦Thái Nguyên - Chợ Mới⟧"},
		{in, "Du khách đến ⟦hồ Ba Bể⟧."},
		{in, "⟦Vườn quốc gia Ba Bể⟧ có voọc."},
		{in, "Quốc lộ 3 đoạn qua ⟦Chợ Mới⟧ sạt lở."},
		{not, "Tai nạn trên ⟦quốc lộ 3⟧ ở Đông Anh."},
		{in, "Tai nạn trên ⟦quốc lộ 3⟧ qua huyện Bạch Thông."},
		{not, "Nước ⟦sông Cầu⟧ qua Bắc Ninh lên nhanh."},
		{in, "Nước ⟦sông Cầu⟧ qua thành phố Bắc Kạn lên nhanh."},
		{not, "Xe lật trên ⟦QL279⟧ ở Quảng Ninh."},
	}},
	{"texts without marks", before, "", []senseCase{
		{in, "mua da o huyen ⟦Pac Nam⟧ tinh Bac Kan"},
		{in, "Tai xa Yen Thinh, huyen ⟦Cho Don⟧, Bac Kan co mua"},
		{not, "Xin ⟦cho moi⟧ nguoi biet o Bac Kan"},
		{not, "huyen ⟦Cho Moi⟧, tinh An Giang co mua"},
		{not, "⟦ba be⟧ di hoc"},
		{not, "Tôi nghe ⟦Ba Be⟧ hát ở Bắc Kạn."},
	}},
	{"in an outlet of the area", before, "06", []senseCase{
		{in, "Ở ⟦Bạch Thông⟧ có cam."},
		{in, "Huyện ⟦Chợ Mới⟧ có thêm cầu."},
		{in, "Xã ⟦Cao Kỳ⟧ đón bằng công nhận."},
		{in, "Xã ⟦Yên Phong⟧ làm đường bê tông."},
		{not, "Xã ⟦Yên Phong⟧, huyện Ý Yên, tỉnh Nam Định làm đường."},
		{not, "Thuốc lá ⟦Ngân Sơn⟧ tăng giá."},
		{not, "Huyện ⟦Chợ Mới⟧, tỉnh An Giang có thêm cầu."},
		{not, "Bạn Nguyễn ⟦Văn Minh⟧ đạt giải."},
		{nope, "Đường ⟦Trần Phú⟧ đang sửa."},
	}},
	{"in an outlet of a province that has the name too", before, "91", []senseCase{
		{not, "Huyện ⟦Chợ Mới⟧ có thêm cầu."},
		{not, "Ở ⟦Chợ Mới⟧, xoài được mùa."},
		{in, "Huyện ⟦Chợ Mới⟧, tỉnh Bắc Kạn có thêm cầu."},
		{maybe, "Ở ⟦Bạch Thông⟧ có cam."},
	}},
	{"one sense to a text", before, "", []senseCase{
		{in, "Huyện Chợ Mới (Bắc Kạn) họp. Nhiều việc được bàn. Trời nắng. Hôm sau ⟦Chợ Mới⟧ họp tiếp."},
		{not, "Huyện Chợ Mới (An Giang) họp. Nhiều việc được bàn. Trời nắng. Hôm sau ⟦Chợ Mới⟧ họp tiếp."},
		{not, "Thuốc lá Ngân Sơn báo lãi. Cổ đông vui. Sau đó ⟦Ngân Sơn⟧ chia cổ tức."},
		{in, "Xã Yên Thịnh, huyện Chợ Đồn có mưa. Nhà tốc mái. Dân sơ tán. Xã ⟦Yên Thịnh⟧ cần gạo."},
	}},
	{"after the merger, in an outlet of the province", after, "19", []senseCase{
		{in, "Xã ⟦Chợ Mới⟧ họp dân."},
		{in, "Phường ⟦Đức Xuân⟧ trồng cây."},
		{in, "Xã ⟦Trần Phú⟧ làm đường."},
		{not, "Xã ⟦Trần Phú⟧, thành phố Hà Nội làm đường."},
		{nope, "Xã ⟦Tân Lập⟧ cũ làm đường."},
	}},
	{"the units of 2019", time.Date(2019, 6, 1, 3, 0, 0, 0, time.UTC), "", []senseCase{
		{in, "Xã ⟦Cao Trĩ⟧, huyện Ba Bể có lũ."},
		{in, "Xã ⟦Yên Đĩnh⟧, huyện Chợ Mới có lũ."},
		{in, "Thị trấn ⟦Chợ Mới⟧, huyện Chợ Mới, tỉnh Bắc Kạn."},
		{not, "Thị trấn ⟦Chợ Mới⟧, huyện Chợ Mới, tỉnh An Giang."},
	}},
	{"menus", before, "", []senseCase{
		{not, "Mưa ở Huế\nHôm nay mưa to.\nHà Nội Hải Phòng Cao Bằng ⟦Bắc Kạn⟧ Lạng Sơn Quảng Ninh Huế Đà Nẵng"},
		{not, "Mưa ở Huế\nHôm nay mưa to.\nAn Giang\nBạc Liêu\n⟦Bắc Kạn⟧\nBắc Ninh\nBến Tre\nCà Mau\nCần Thơ"},
		{not, "Mưa ở Huế\nHà Nội 25°C, Cao Bằng 21°C, ⟦Bắc Kạn⟧ 22°C, Lạng Sơn 20°C, Huế 28°C, Đà Nẵng 30°C"},
		{in, "Thời tiết\nVùng áp thấp gây mưa ở Hà Giang, Cao Bằng, ⟦Bắc Kạn⟧, Lạng Sơn, Tuyên Quang, Lào Cai."},
		{in, "Kết quả thi đua\n1. Hà Nội: 5 giải nhất\n2. Cao Bằng: 4 giải nhất\n3. ⟦Bắc Kạn⟧: 3 giải nhất\n4. Lạng Sơn: 2 giải nhất\n5. Huế: 1 giải nhất"},
	}},
}

func TestSenses(t *testing.T) {
	t.Parallel()
	g := shipped(t)
	total := 0
	for _, group := range slices.Concat(senses, contested) {
		for _, c := range group.cases {
			total++
			if got, why := senseOf(t, g, c.text, group.at, group.home); got != c.want && (c.want != nope || got == in) {
				t.Errorf("%s: %q is %s, want %s: %s", group.group, c.text, got, c.want, why)
			}
		}
	}
	if total < 150 {
		t.Errorf("%d sentences, want at least 150", total)
	}
}

// senseOf resolves a text and says what its marked name means, and why.
func senseOf(t *testing.T, g *places.Gazetteer, marked string, at time.Time, home string) (sense, string) {
	t.Helper()
	title, body, more := strings.Cut(marked, "\n")
	if !more {
		title, body = "", marked
	}
	field, inside := "body", body
	if strings.Contains(title, "⟦") {
		field, inside = "title", title
	}
	before, rest, ok := strings.Cut(inside, "⟦")
	name, _, closed := strings.Cut(rest, "⟧")
	if !ok || !closed {
		t.Fatalf("%q has no marked name", marked)
	}
	clean := strings.NewReplacer("⟦", "", "⟧", "")
	doc := text(clean.Replace(title), clean.Replace(body))
	doc.At, doc.Home = at, home
	found := g.Resolve(doc)
	start, end := len(before), len(before)+len(name)
	for _, p := range found.Places {
		if p.Field == field && p.Start < end && start < p.End {
			if p.Certain && p.InArea {
				return in, p.Why
			}
			return maybe, p.Why
		}
	}
	for _, o := range found.Others {
		if o.Field == field && o.Start < end && start < o.End {
			return not, o.Why
		}
	}
	return not, "nothing found"
}
