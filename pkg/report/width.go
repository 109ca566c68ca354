package report

import "unicode"

// columns is how many columns of a terminal a text takes that [spelling] has
// been through: what joins the character before it is then spelt.
func columns(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r >= 0x1100 && unicode.Is(wide, r) {
			n++
		}
	}
	return n
}

// wide are the characters that take two columns (Unicode Standard Annex 11,
// "Wide" and "Fullwidth"), with the few narrow ones between them: a line may
// come out shorter than it could be, never longer.
var wide = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x1100, Hi: 0x115f, Stride: 1}, // Hangul, leading consonants
		{Lo: 0x2e80, Hi: 0xa4c6, Stride: 1}, // CJK, kana, Yi
		{Lo: 0xa960, Hi: 0xa97c, Stride: 1},
		{Lo: 0xac00, Hi: 0xd7a3, Stride: 1}, // Hangul syllables
		{Lo: 0xf900, Hi: 0xfaff, Stride: 1},
		{Lo: 0xfe10, Hi: 0xfe19, Stride: 1},
		{Lo: 0xfe30, Hi: 0xfe6b, Stride: 1},
		{Lo: 0xff01, Hi: 0xff60, Stride: 1}, // fullwidth forms
		{Lo: 0xffe0, Hi: 0xffe6, Stride: 1},
	},
	R32: []unicode.Range32{
		{Lo: 0x16fe0, Hi: 0x1b2fb, Stride: 1},
		{Lo: 0x1f000, Hi: 0x1faff, Stride: 1}, // emoji
		{Lo: 0x20000, Hi: 0x3fffd, Stride: 1},
	},
}

// joining are letters without a place of their own: Hangul vowels and final
// consonants, which join the letter before them, and fillers, which are blank.
var joining = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x115f, Hi: 0x11ff, Stride: 1},
		{Lo: 0x2800, Hi: 0x2800, Stride: 1}, // the empty Braille pattern
		{Lo: 0x3164, Hi: 0x3164, Stride: 1},
		{Lo: 0xd7b0, Hi: 0xd7ff, Stride: 1},
		{Lo: 0xffa0, Hi: 0xffa0, Stride: 1},
	},
	R32: []unicode.Range32{{Lo: 0x1f3fb, Hi: 0x1f3ff, Stride: 1}}, // skin tones
}

// rightToLeft are the blocks of scripts that are written from right to left:
// beside them a terminal puts separators in another place.
var rightToLeft = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x0590, Hi: 0x08ff, Stride: 1},
		{Lo: 0xfb1d, Hi: 0xfdff, Stride: 1},
		{Lo: 0xfe70, Hi: 0xfeff, Stride: 1},
	},
	R32: []unicode.Range32{
		{Lo: 0x10800, Hi: 0x10fff, Stride: 1},
		{Lo: 0x1e800, Hi: 0x1efff, Stride: 1},
	},
}
