"""Invented applicants: cells of 报名信息 by key, as offices would type them. Every one of them passes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from random import Random
from typing import Final

from zhupei_cli.demo import words
from zhupei_cli.rules.people.idcard import check_character
from zhupei_cli.rules.people.orders import SOURCE
from zhupei_cli.sheets.writing.ooxml import Value

#: Cells of one row by the key of their column.
DemoRow = dict[str, Value]

_DIVISION: Final = "410101"
_GENERAL_PRACTICE: Final = "0700"
#: Highest education: its age at graduation, and how many of a hundred have it by identity.
_AGES: Final = {"大专": 22, "本科": 23, "硕士": 26, "博士": 29}
_LEVELS: Final = {
    "own": ("本科", 50, "硕士", 44, "博士", 6),
    "social": ("本科", 65, "硕士", 33, "博士", 2),
    "entrusted": ("大专", 12, "本科", 74, "硕士", 14),
}
_DEGREES: Final = {"大专": "无", "本科": "学士", "硕士": "硕士", "博士": "博士"}
_IDENTITIES: Final = {
    "own": ("本单位住院医师", "本单位人"),
    "social": ("面向社会招收住院医师", "社会人"),
    "entrusted": ("外单位委托培养住院医师", "委培人"),
}
_POLITICAL: Final = ("共青团员", "共青团员", "群众", "群众", "中共党员", "中共预备党员")
_ETHNICITIES: Final = (*(("汉族",) * 30), "回族", "满族", "蒙古族")


@dataclass(frozen=True, slots=True)
class DemoPlace:
    """A place people may choose: the base's row of 基地, the specialty, the weight of the wish for it."""

    base: Mapping[str, Value]
    code: str
    specialty: str
    category: str
    weight: float


class DemoPeople:
    """Makes one applicant after the other; no ID number comes twice."""

    def __init__(self, random: Random, places: Sequence[DemoPlace], year: int) -> None:
        self._random = random
        self._places = places
        self._weights = list(accumulate(place.weight for place in places))
        self._year = year
        self._numbers: set[str] = set()
        self._made = 0
        self._by_specialty: dict[str, list[DemoPlace]] = {}
        for place in places:
            self._by_specialty.setdefault(place.code, []).append(place)

    def make(self) -> DemoRow:
        """Return the cells of one more applicant."""
        self._made += 1
        random = self._random
        place = random.choices(self._places, cum_weights=self._weights)[0]
        identity = random.choices(("social", "entrusted", "own"), (60, 24, 16))[0]
        gender = random.choice("男女")
        education = self._education(identity, place.category)
        person = self._person(gender, str(education["level"]), str(education["graduated_on"]))
        work = self._work(identity, place)
        licence = self._licence(person, education)
        form = self._form(identity, place, education)
        # An order is of the county whose hospital employs them, and for general practice alone.
        if form["source_type"] == SOURCE:
            form |= {"order_oriented": "是", "order_county": str(work["employer_name"])[:3]}
        return {**person, **education, **licence, **work, **form}

    def _person(self, gender: str, level: str, graduated_on: str) -> DemoRow:
        random, number = self._random, self._made
        age = _AGES[level] + random.choice((0, 0, 0, 1, 2))
        born = date(int(graduated_on[:4]) - age, 1, 1) + timedelta(days=random.randrange(365))
        city = random.choice(("郑州市", "洛阳市", "南阳市", "新乡市", "信阳市", "商丘市"))
        street = random.choice(words.DEPARTMENT_STREETS)
        return {
            "name": self._name(gender),
            **self._paper(gender, born),
            "gender": gender,
            "birth_date": born.isoformat(),
            "ethnicity": random.choice(_ETHNICITIES),
            "political_status": random.choice(_POLITICAL),
            "mobile": f"13800{number:06d}",
            "email": f"trainee{number:06d}@example.com",
            "address": f"河南省{city}{street}{random.randrange(1, 200)}号",
            "emergency_name": self._name(random.choice("男女")),
            "emergency_phone": f"13900{number:06d}",
        }

    def _name(self, gender: str) -> str:
        random = self._random
        given = words.GIVEN_MALE if gender == "男" else words.GIVEN_FEMALE
        length = 1 if random.random() < 0.3 else 2
        return random.choice(words.SURNAMES) + "".join(random.choice(given) for _ in range(length))

    def _paper(self, gender: str, born: date) -> DemoRow:
        if self._random.random() < 0.003:
            return {"id_type": "港澳居民来往内地通行证", "id_number": f"H{self._made:08d}"}
        while True:
            order = 2 * self._random.randrange(1, 500) - (gender == "男")
            first17 = f"{_DIVISION}{born:%Y%m%d}{order:03d}"
            if first17 not in self._numbers:
                self._numbers.add(first17)
                return {"id_type": "居民身份证", "id_number": first17 + check_character(first17)}

    def _education(self, identity: str, category: str) -> DemoRow:
        random, levels = self._random, _LEVELS[identity]
        level = random.choices(levels[::2], levels[1::2])[0]
        # 指南 二.3: who is recruited from society graduated within three years; the employed may be older.
        years = (0, 0, 0, 1, 2) if identity == "social" else (0, 1, 1, 2, 3, 4)
        year = self._year - random.choice(years)
        school = random.choice(words.SCHOOLS[category])
        bachelor = random.choice(words.BACHELOR_MAJORS[category])
        education: DemoRow = {
            "level": level,
            "degree": _DEGREES[level],
            "school": school,
            "major": bachelor,
            "graduated_on": f"{year}-06-30",
            "full_time": "是",
            "is_fresh": "应届" if year == self._year else "往届",
        }
        if level in ("硕士", "博士"):
            education |= {
                "major": random.choice(words.MASTER_MAJORS[category]),
                "degree_type": "专业型" if random.random() < 0.7 else "学术型",
                "bachelor_school": random.choice(words.SCHOOLS[category]),
                "bachelor_major": bachelor,
                "bachelor_graduated_on": f"{year - 3 if level == '硕士' else year - 6}-06-30",
            }
        return education

    def _licence(self, person: DemoRow, education: DemoRow) -> DemoRow:
        if education["is_fresh"] == "应届" or self._random.random() < 0.4:
            return {"licence_passed": "否"}
        # 27 digits: year, province, level and category, the ID number.
        number = f"{self._year - 1}41110{person['id_number']}"
        return {"licence_passed": "是", "licence_no": number[:27]}

    def _work(self, identity: str, place: DemoPlace) -> DemoRow:
        if identity == "social":
            return {"has_employer": "否"}
        if identity == "own":
            base = place.base
            return {"has_employer": "是", "employer_name": base["name"], "employer_uscc": base["uscc"]}
        hospital = self._random.choice(words.COUNTIES) + self._random.choice(words.COUNTY_HOSPITALS)
        return {"has_employer": "是", "employer_name": hospital}

    def _form(self, identity: str, place: DemoPlace, education: DemoRow) -> DemoRow:
        random = self._random
        fresh = education["is_fresh"] == "应届"
        by_order = identity == "entrusted" and random.random() < 0.5 and place.code == _GENERAL_PRACTICE
        form: DemoRow = {
            "identity": _IDENTITIES[identity][random.random() < 0.1],
            "source_type": SOURCE if by_order else "应届毕业生" if fresh else "往届毕业生",
            "train_years": "3",
            "specialty": place.code if random.random() < 0.1 else place.specialty,
            "choice1_base": self._spelled(place.base),
            "accept_adjust": "是" if random.random() < 0.75 else "否",
        }
        if education.get("degree_type") == "专业型" and random.random() < 0.4:
            form["train_years"] = random.choice("12")
        # Both choices are for the one specialty; not every base offers it.
        others = [other for other in self._by_specialty[place.code] if other.base is not place.base]
        if others and random.random() < 0.75:
            second = random.choice(others)
            form["choice2_base"] = self._spelled(second.base)
            form["choice2_specialty"] = second.specialty if random.random() < 0.2 else None
        return form

    def _spelled(self, base: Mapping[str, Value]) -> Value:
        """Return a base as people write it: mostly the name, sometimes the code or another name."""
        return base[self._random.choices(("name", "code", "aliases"), (85, 10, 5))[0]]
