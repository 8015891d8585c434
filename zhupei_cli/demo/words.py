"""What invented people, hospitals and schools are made of. Nobody and no county here exists."""

from typing import Final

#: The common ones stand more than once.
SURNAMES: Final = tuple(
    ["王", "李", "张", "刘", "陈"] * 6
    + ["杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高"] * 3
    + list(
        "林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭"
    )
    + ["欧阳", "上官", "司马", "诸葛"]
)
GIVEN_MALE: Final = "伟强磊军洋勇杰涛明超刚平辉鹏华飞鑫波斌宇浩凯健俊帆旭宁龙林文博志国建成海峰晨阳天子轩𠮷"
GIVEN_FEMALE: Final = "芳娜敏静丽艳娟霞秀玲桂兰英洁莹雪琳晶妍茜秋珊莎锦黛青倩婷姣婉娴瑾颖露瑶怡婵雁蓓梦佳雨欣"

#: Bases are named after the city, a number and this.
HOSPITAL: Final = "示例医院"
NUMERALS: Final = "一二三四五六七八九"
BASE_LEVELS: Final = ("三级甲等", "三级甲等", "三级乙等")

#: Employers of whoever is entrusted: county hospitals, none of them a training base.
COUNTIES: Final = (
    "青禾县",
    "云溪县",
    "白石县",
    "清渠县",
    "新泉县",
    "东岭县",
    "南塘县",
    "明湖县",
    "长汀县",
    "竹山县",
)
COUNTY_HOSPITALS: Final = ("人民医院", "中医院", "妇幼保健院", "第二人民医院")
DEPARTMENT_STREETS: Final = ("文化路", "建设路", "人民路", "学府街", "中州大道", "黄河路")

#: Specialties most bases offer, the most wanted first; the rest of the catalogue comes after them.
COMMON_SPECIALTIES: Final = (
    "0100",
    "0900",
    "0700",
    "1600",
    "0200",
    "1900",
    "3500",
    "0300",
    "2800",
    "0600",
    "2200",
    "1000",
    "3600",
    "0800",
    "1700",
    "1800",
    "2300",
    "0500",
    "1400",
    "3700",
    "0400",
    "2100",
    "2000",
    "3100",
)

_SCHOOLS: Final = (
    "郑州大学",
    "新乡医学院",
    "河南大学",
    "河南科技大学",
    "武汉大学",
    "吉林大学",
    "山西医科大学",
)
SCHOOLS: Final = {
    "西医": (*_SCHOOLS, "黄淮学院", "南阳理工学院"),
    "口腔": (*_SCHOOLS, "四川大学"),
    "中医": ("河南中医药大学", "北京中医药大学", "山东中医药大学", "南阳理工学院"),
}
BACHELOR_MAJORS: Final = {
    "西医": ("临床医学", "临床医学", "临床医学", "麻醉学", "医学影像学", "儿科学", "精神医学"),
    "口腔": ("口腔医学",),
    "中医": ("中医学", "中西医临床医学", "针灸推拿学"),
}
MASTER_MAJORS: Final = {
    "西医": ("内科学", "外科学", "儿科学", "妇产科学", "神经病学", "麻醉学", "肿瘤学", "急诊医学"),
    "口腔": ("口腔临床医学", "口腔医学"),
    "中医": ("中医内科学", "中医骨伤科学", "针灸推拿学", "中西医结合临床"),
}

REJECT_REASONS: Final = ("所学专业与报名专业不符", "不符合报名条件", "个人身份与工作单位不符")
RETURN_REASONS: Final = (
    "毕业证书信息填写有误，请核对后重新提交",
    "联系电话无法接通，请更正",
    "请补充工作单位全称",
)
