"""National code tables: what is stored, its label, and the spellings met in workbooks."""

from typing import Final

from zhupei_cli.words.vocabulary import CodeTable, IdType, spellings

#: GB/T 2261.1
GENDER: Final = CodeTable(
    "性别",
    {"1": "男", "2": "女", "0": "未知的性别", "9": "未说明的性别"},
    {"男性": "1", "女性": "2"},
    unoffered=("0", "9"),
)

# GB/T 3304: the place in the list is the code.
_PEOPLES = (
    "汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 "
    "傈僳 佤 畲 高山 拉祜 水 东乡 纳西 景颇 柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 "
    "锡伯 阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 保安 裕固 京 塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺"
)
_OTHERS = {"97": "其他", "98": "外国血统中国籍人士"}
ETHNICITY: Final = CodeTable(
    "民族",
    {**{f"{number:02d}": f"{people}族" for number, people in enumerate(_PEOPLES.split(), 1)}, **_OTHERS},
    {
        **{people: f"{number:02d}" for number, people in enumerate(_PEOPLES.split(), 1)},
        # What identity cards of people say whose people is not among the 56.
        **spellings(
            "97", "其它 其他民族 其他族 未识别民族 未定族称 未定族称人口 穿青人 穿青 穿青族 革家人 亻革家人"
        ),
        **spellings(
            "98", "外国血统 外国血统中国籍 外国血统中国人 入籍 外国人加入中国籍 外国血统的中国籍人士"
        ),
    },
)

#: GB/T 4762
POLITICAL: Final = CodeTable(
    "政治面貌",
    {
        "01": "中共党员",
        "02": "中共预备党员",
        "03": "共青团员",
        "04": "民革党员",
        "05": "民盟盟员",
        "06": "民建会员",
        "07": "民进会员",
        "08": "农工党党员",
        "09": "致公党党员",
        "10": "九三学社社员",
        "11": "台盟盟员",
        "12": "无党派人士",
        "13": "群众",
    },
    {
        **spellings("01", "党员 中国共产党党员 中国共产党 正式党员"),
        **spellings("02", "预备党员 中国共产党预备党员"),
        **spellings("03", "团员 共青团 中国共产主义青年团团员"),
        **spellings("04", "民革会员 中国国民党革命委员会会员"),
        **spellings("05", "民盟 中国民主同盟盟员"),
        **spellings("06", "民建 中国民主建国会会员"),
        **spellings("07", "民进 中国民主促进会会员"),
        **spellings("08", "农工党 农工民主党党员 中国农工民主党党员"),
        **spellings("09", "致公党 中国致公党党员"),
        **spellings("10", "九三学社"),
        **spellings("11", "台盟 台湾民主自治同盟盟员"),
        **spellings("12", "无党派 无党派民主人士"),
        **spellings("13", "普通公民 普通群众"),
    },
)

#: GB/T 2261.2
MARITAL: Final = CodeTable(
    "婚姻状况",
    {
        "10": "未婚",
        "20": "已婚",
        "21": "初婚",
        "22": "再婚",
        "23": "复婚",
        "30": "丧偶",
        "40": "离婚",
        "90": "未说明",
    },
    {"离异": "40"},
)

#: GB/T 4658, the codes of a completed course.
LEVEL: Final = CodeTable(
    "学历",
    {"31": "大专", "21": "本科", "14": "硕士", "11": "博士"},
    {
        **spellings("31", "专科 大学专科 大学专科毕业 大专毕业 专科毕业 高职高专 全日制大专"),
        **spellings("21", "大学本科 大学本科毕业 本科毕业 大学本科生 本科生 全日制本科"),
        **spellings("14", "硕士研究生 硕士研究生毕业 硕士毕业 全日制硕士"),
        **spellings("11", "博士研究生 博士研究生毕业 博士毕业 全日制博士"),
    },
)
#: The order of the levels; 研究生 alone is no level, it may be either.
LEVEL_RANK: Final = {"31": 1, "21": 2, "14": 3, "11": 4}

_FIELDS = (
    "",
    "医学",
    "临床医学",
    "口腔医学",
    "中医",
    "中医学",
    "中西医结合",
    "中药学",
    "药学",
    "护理",
    "护理学",
    "公共卫生",
    "理学",
    "工学",
    "管理学",
    "法学",
    "文学",
    "教育学",
    "经济学",
    "哲学",
    "历史学",
    "农学",
    "艺术学",
)


def _degree(code: str, rank: str) -> dict[str, str]:
    endings = (rank, f"{rank}学位", f"{rank}专业学位")
    return {field + ending: code for field in _FIELDS for ending in endings}


#: GB/T 6864 by rank; the standard has no code for no degree, 0 is ours.
DEGREE: Final = CodeTable(
    "学位",
    {"4": "学士", "3": "硕士", "2": "博士", "0": "无"},
    {**_degree("4", "学士"), **_degree("3", "硕士"), **_degree("2", "博士"), **spellings("0", "无学位 没有")},
)
DEGREE_TYPE: Final = CodeTable(
    "学位类型",
    {"professional": "专业型", "academic": "学术型"},
    {
        **spellings(
            "professional", "专业 专业学位 专业学位型 专硕 专博 专业型硕士 专业型博士 专业学位硕士 专业硕士"
        ),
        **spellings(
            "academic", "学术 学术学位 学术学位型 学硕 学博 学术型硕士 学术型博士 科学学位 科学型 科研型"
        ),
    },
)

ID_TYPE: Final = CodeTable(
    "证件类型",
    {
        IdType.ID_CARD: "居民身份证",
        IdType.HK_MACAO_PASS: "港澳居民来往内地通行证",
        IdType.TAIWAN_PASS: "台湾居民来往大陆通行证",
        IdType.RESIDENCE_PERMIT: "港澳台居民居住证",
        IdType.PERMANENT_RESIDENCE: "外国人永久居留证",
        IdType.PASSPORT: "护照",
    },
    {
        **spellings(IdType.ID_CARD, "身份证 二代身份证 第二代身份证 中华人民共和国居民身份证"),
        **spellings(IdType.HK_MACAO_PASS, "港澳来往内地通行证 港澳居民通行证 回乡证"),
        **spellings(IdType.TAIWAN_PASS, "台湾来往大陆通行证 台湾居民通行证 台胞证"),
        **spellings(
            IdType.RESIDENCE_PERMIT, "居住证 港澳居民居住证 台湾居民居住证 中华人民共和国港澳居民居住证"
        ),
        **spellings(IdType.PERMANENT_RESIDENCE, "永久居留证 外国人永久居留身份证 永久居留身份证"),
        **spellings(IdType.PASSPORT, "外国护照 中国护照 普通护照 因私护照"),
    },
)

#: GB/T 2260, first two digits; label, then the short form.
_PROVINCES = {
    "11": ("北京市", "北京"),
    "12": ("天津市", "天津"),
    "13": ("河北省", "河北"),
    "14": ("山西省", "山西"),
    "15": ("内蒙古自治区", "内蒙古"),
    "21": ("辽宁省", "辽宁"),
    "22": ("吉林省", "吉林"),
    "23": ("黑龙江省", "黑龙江"),
    "31": ("上海市", "上海"),
    "32": ("江苏省", "江苏"),
    "33": ("浙江省", "浙江"),
    "34": ("安徽省", "安徽"),
    "35": ("福建省", "福建"),
    "36": ("江西省", "江西"),
    "37": ("山东省", "山东"),
    "41": ("河南省", "河南"),
    "42": ("湖北省", "湖北"),
    "43": ("湖南省", "湖南"),
    "44": ("广东省", "广东"),
    "45": ("广西壮族自治区", "广西"),
    "46": ("海南省", "海南"),
    "50": ("重庆市", "重庆"),
    "51": ("四川省", "四川"),
    "52": ("贵州省", "贵州"),
    "53": ("云南省", "云南"),
    "54": ("西藏自治区", "西藏"),
    "61": ("陕西省", "陕西"),
    "62": ("甘肃省", "甘肃"),
    "63": ("青海省", "青海"),
    "64": ("宁夏回族自治区", "宁夏"),
    "65": ("新疆维吾尔自治区", "新疆"),
    "71": ("台湾省", "台湾"),
    "81": ("香港特别行政区", "香港"),
    "82": ("澳门特别行政区", "澳门"),
}
PROVINCE: Final = CodeTable(
    "生源省份",
    {code: name for code, (name, _) in _PROVINCES.items()},
    {short: code for code, (_, short) in _PROVINCES.items()},
)

# GB/T 2260, prefectures of Henan (41) in their order; Jiyuan is governed by the province itself.
_PREFECTURES = "郑州 开封 洛阳 平顶山 安阳 鹤壁 新乡 焦作 濮阳 许昌 漯河 三门峡 南阳 商丘 信阳 周口 驻马店"
_CITIES = {f"41{number:02d}00": city for number, city in enumerate(_PREFECTURES.split(), 1)} | {
    "419001": "济源"
}
CITY: Final = CodeTable(
    "所在地市",
    {code: f"{city}市" for code, city in _CITIES.items()},
    {
        spelling: code
        for code, city in _CITIES.items()
        for spelling in (city, f"河南{city}", f"河南省{city}市")
    },
)


def city_label(code: str) -> str:
    """Return the name of a city's code; of one outside the table (another province) that of its province."""
    return CITY.labels.get(code) or PROVINCE.labels.get(code[:2], code)
