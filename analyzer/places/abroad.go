package places

import "strings"

// abroadBit stands for all countries but ours in a set of provinces.
const abroadBit = 62

// abroad are the names of countries as the press writes them, and of the provinces of China near
// ours. Those that are words or given names too ("Anh", "Ý", "Hồ Nam") are left out.
const abroad = `Trung Quốc, Vân Nam, Quảng Tây, Quảng Đông, Hải Nam, Quý Châu, Tứ Xuyên, Hồng Kông, Ma Cao, Đài Loan, Lào, Campuchia, Căm-pu-chia,
	Thái Lan, Myanmar, Malaysia, Singapore, Indonesia, Philippines, Brunei, Đông Timor, Nhật, Nhật Bản, Hàn Quốc, Triều Tiên, Mông Cổ,
	Ấn Độ, Pakistan, Bangladesh, Nepal, Sri Lanka, Afghanistan, Iran, Iraq, Israel, Palestine, Syria, Thổ Nhĩ Kỳ, Ả Rập Xê Út, Ả-rập Xê-út,
	Saudi Arabia, Qatar, UAE, Kazakhstan, Uzbekistan, Nga, Liên bang Nga, Liên Xô, Ukraine, Belarus, Đức, CHLB Đức, Pháp, Vương quốc Anh, Italia,
	Italy, Tây Ban Nha, Bồ Đào Nha, Hà Lan, Bỉ, Thụy Sĩ, Thụy Điển, Na Uy, Phần Lan, Đan Mạch, Ba Lan, Séc, Cộng hòa Séc, Slovakia,
	Hungary, Romania, Bulgaria, Hy Lạp, Áo, Ireland, Mỹ, Hoa Kỳ, Canada, Mexico, Cuba, Brazil, Argentina, Chile, Peru, Venezuela, Úc, Australia,
	New Zealand, Ai Cập, Nam Phi, Nigeria, Kenya, Ethiopia, Angola, Mozambique`

// abroad files them. Where a unit of the country bears the name too, it stays that unit's.
func (f *filer) abroad() {
	for name := range strings.SplitSeq(abroad, ",") {
		f.file(strings.TrimSpace(name), 1<<abroadBit, true)
	}
}

// isAbroad says whether the name is that of a country and nothing else.
func (f *foreign) isAbroad() bool { return f.in == 1<<abroadBit }

// abroadNearer says whether a country is named in the sentence of candidate i, nearer than what
// speaks for the area. Communes bear the names of cities abroad.
func (r *resolution) abroadNearer(e *evidence, i int, ours *candidate, at reach) bool {
	c := &r.candidates[i]
	if e.theirs&(1<<abroadBit) == 0 || c.wide() || c.lead.role == admin || at == nowhere {
		return false
	}
	o, to := r.around(i, func(o *candidate) bool { return o.names == nil && o.foreign.isAbroad() })
	return to == inSentence && (at < inSentence || ours == nil || distance(c, o) < distance(c, ours))
}
