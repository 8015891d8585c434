"""Names: what a word names, and what is offered when it names nothing."""

from zhupei_cli.services.records.lookup import Names

_NAMES = Names([("4101001", "郑州大学第一附属医院", "郑大一附院"), ("4101002", "河南省人民医院", "")])


def test_codes_names_and_aliases_name_the_same() -> None:
    words = ("4101001", "郑州大学第一附属医院", "郑大一附院", " 郑大一附院 ")
    assert {_NAMES.find(word) for word in words} == {"4101001"}
    assert _NAMES.find("郑大") is None


def test_the_nearest_names_are_offered_for_so_many_words_only() -> None:
    names = Names([("4101001", "郑州大学第一附属医院", "")])
    offered = "您要找的是不是 郑州大学第一附属医院？"
    assert names.nearest("郑州大学一附属医院") == offered
    for number in range(300):
        names.nearest(f"不知何处{number}")
    assert names.nearest("郑州大学第一附院") == ""
    assert names.nearest("郑州大学一附属医院") == offered  # as it was
