"""Characters that look like others: one form of each, so that one name is one text.

Text copied out of PDF files holds radicals where ideographs are meant; older systems send the private codes
that GB 18030 had for characters Unicode had not taken in yet.
"""

import re
import unicodedata
from typing import Final

#: Ideographs of all planes, with 〇.
HAN: Final = "〇\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"

#: Letters that show as nothing at all: fillers of Hangul, the blank of Braille.
BLANK: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")

# CJK Radicals Supplement → ideograph: Unicode, EquivalentUnifiedIdeograph, as far as it is a whole character
# or a common component. What is not here stays, and is found where names are looked at.
_RADICALS: Final = dict(
    zip(
        "⺁⺂⺃⺄⺅⺆⺈⺉⺊⺌⺍⺎⺏⺐⺒⺓⺔⺖⺗⺘⺙⺛⺜⺝⺞⺟⺠⺡⺢⺣⺤⺥⺦⺧⺨⺩⺫⺬⺭⺯⺰⺱⺲⺶⺹⺺⺻⺼⺽⺾⺿⻀⻁⻂⻃⻄⻅⻆⻈⻉⻋⻌⻍⻎"
        "⻏⻐⻑⻒⻓⻔⻖⻗⻘⻙⻚⻛⻜⻝⻟⻠⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲⻳",
        "厂乛乚乙亻冂刀刂卜小小尣尢尢巳幺彑忄㣺扌攵旡日月歹母民氵氺灬爫爫丬牛犭王目示礻糹纟罓罒羊耂肀聿月臼艹艹艹虎衤覀西见角讠贝车辶辶辶"
        "阝钅長镸长门阝雨青韦页风飞食飠饣马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟",
        strict=True,
    )
)

# GB 18030-2000 and 2005 gave FE50 to FEA0 the private codes U+E815 to U+E864, one after the other; a space
# stands for a code that was never used otherwise than its own.
_PRIVATE_FIRST: Final = 0xE815
_PRIVATE: Final = (
    "厂\U00020087\U00020089\U000200cc乙㑳㑇刀㔾龴㖞㘚㘎小㣺㥮㤘龵㧏㧟㩳㧐龶龷㭎㱮㳠牛\U000215d7龸\U00024d14䁖䅟"
    "\U00025ad7䌷㓁羊\U0002634c\U0002298f䎱䎬聿䏝䓖䙡䙌龹䜣䜩䝼䞍\U00027fb7䥇䥺䥽䦂䦃䦅䦆䦟䦛䦷䦶龺\U000241fe䲣䲟䲠䲡䱷䲢䴓䴔䴕䴖䴗䴘䴙䶮龻"
)
_ONE_FORM: Final = str.maketrans(
    {
        **_RADICALS,
        **{chr(_PRIVATE_FIRST + at): char for at, char in enumerate(_PRIVATE)},
        # Variation selectors and tags choose a drawing; they are no characters.
        **dict.fromkeys(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0000, 0xE0200))), None),
    }
)

# Letters and digits in full width, the other radicals and compatibility ideographs: the same word as the
# common characters. Punctuation stays: 外科（神经外科方向） is how the catalogue writes it.
_COMPATIBLE: Final = re.compile(
    r"[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\u2f00-\u2fdf\uf900-\ufaff\U0002f800-\U0002fa1f]+"
)


_ODD: Final = re.compile(
    r"[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\u2e80-\u2fdf\ue815-\ue864\uf900-\ufaff\ufe00-\ufe0f"
    r"\U0002f800-\U0002fa1f\U000e0000-\U000e01ff]"
)


#: What is in its common form whatever stands beside it: nearly every text is of these alone.
_COMMON: Final = "·‘’“”、。《》【】〔〕\u4e00-\u9fff（），：；？！"
_USUAL: Final = re.compile(f"[\x00-\x7f{_COMMON}]*")
#: The same with single blanks between words alone: there is nothing to clean either.
PLAIN: Final = re.compile(f"[!-~{_COMMON}]+(?: [!-~{_COMMON}]+)*")


def one_form(text: str) -> str:
    """Return `text` with each character in its common form, accents composed (NFC)."""
    # As nearly every text has: a hundred thousand names are looked at.
    if text.isascii() or _USUAL.fullmatch(text):
        return text
    if unicodedata.is_normalized("NFC", text) and not _ODD.search(text):
        return text
    text = unicodedata.normalize("NFC", text.translate(_ONE_FORM))
    return _COMPATIBLE.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
