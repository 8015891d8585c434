"""Finding what people name: batches, bases, specialties, with the nearest names when there is none."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from zhupei_cli.model import Batch, BatchSetting, Specialty, TrainingBase
from zhupei_cli.words.errors import ZhupeiError
from zhupei_cli.words.vocabulary import BatchStatus

_MAIN: Final = TrainingBase.metadata.tables[TrainingBase.__tablename__].alias()


def find_batch(session: Session, code: str | None) -> Batch:
    """Return the batch of `code`, or the only live one when no code is given.

    Raises E301 (no such batch) or E307 (none or several to choose from).
    """
    if code is not None:
        known = batch_spellings(session)
        found = known.get(code) or known.get(code.casefold())
        if found is None:
            raise ZhupeiError("E301", batch=code, nearest=nearest(code, dict.fromkeys(known.values())))
        return session.execute(select(Batch).where(Batch.code == found)).scalar_one()
    live = live_batches(session)
    if len(live) != 1:
        named = "加 --batch 批次编号，或设置环境变量 ZHUPEI_BATCH"
        none = "没有进行中的批次：已归档或取消的加 --batch 批次编号，还没有的先新建（zhupei batch create）"
        codes = "、".join(batch.code for batch in live)
        raise ZhupeiError("E307", batches=codes or "无", cure=named if live else none)
    return live[0]


def batch_spellings(session: Session) -> dict[str, str]:
    """Return the codes of all batches by themselves, and by what no other one is without capitals."""
    codes = list(session.execute(select(Batch.code)).scalars())
    small = [code.casefold() for code in codes]
    loose = {key: code for key, code in zip(small, codes, strict=True) if small.count(key) == 1}
    return loose | dict(zip(codes, codes, strict=True))


#: A batch's code and a running number; nothing else that people are named by looks so.
_NUMBER: Final = re.compile(r"([A-Za-z0-9][A-Za-z0-9_-]{0,31})-([0-9]{7,})")


def is_number(word: str) -> bool:
    """Return whether a word is written as application numbers are."""
    return _NUMBER.fullmatch(word) is not None


def batch_of_numbers(
    session: Session, numbers: Sequence[str], *, typed: str | None, default: str | None
) -> tuple[str | None, tuple[str, ...]]:
    """Return the code of the batch that application numbers carry, and the numbers as they are stored.

    `typed` is what was said of the batch on the command line: E317 when the numbers contradict it.
    `default` is what is meant otherwise, for words that are no numbers. Raises E304 for a number of no
    batch, E318 when they belong to several.
    """
    known = batch_spellings(session)
    spelt, codes = [], dict[str, str]()
    for number in numbers:
        found = carried_by(known, number)
        if found is None and (written := _NUMBER.fullmatch(number)):
            near = nearest(number, (f"{one}-{written[2]}" for one in dict.fromkeys(known.values())))
            raise ZhupeiError("E304", application_no=number, nearest=near)
        spelt.append(found[1] if found else number)
        if found:
            codes.setdefault(*found)
    if len(codes) > 1:
        raise ZhupeiError("E318", examples="、".join(codes.values()))
    carried = next(iter(codes), None)
    meant = typed and (known.get(typed) or known.get(typed.casefold()))
    if carried and meant and carried != meant:
        raise ZhupeiError("E317", application_no=codes[carried], carried=carried, batch=meant)
    wanted = typed if typed and not meant else carried or typed or default
    return wanted, tuple(spelt)


def carried_by(known: Mapping[str, str], number: str) -> tuple[str, str] | None:
    """Return the batch that an application number carries, and the number as it is stored.

    `known` are `batch_spellings`; None when the word is no number, or its batch is none of them.
    """
    found = _NUMBER.fullmatch(number)
    code = found and (known.get(found[1]) or known.get(found[1].casefold()))
    return (code, f"{code}-{found[2]}") if found and code else None


_ENDED = (BatchStatus.ARCHIVED, BatchStatus.CANCELLED)


def live_batches(session: Session) -> Sequence[Batch]:
    """Return the batches that are neither archived nor cancelled, by code."""
    live = select(Batch).where(Batch.status.not_in(_ENDED)).order_by(Batch.code)
    return session.execute(live).scalars().all()


def batches_meant(session: Session, code: str | None) -> Sequence[Batch]:
    """Return the batch of `code`, or every live one when no code is given; E301 when there is none."""
    return live_batches(session) if code is None else [find_batch(session, code)]


def settings_of(session: Session, batch: Batch) -> dict[str, str]:
    """Return the batch's settings as they were written, key → text."""
    rows = session.execute(
        select(BatchSetting.key, BatchSetting.value).where(BatchSetting.batch_id == batch.id)
    )
    return {row.key: row.value for row in rows}


#: Words that name nothing, for which the nearest names are looked up.
_OFFERED: Final = 200


class Names:
    """Codes by code, exact name or alias; a word that two entries share names neither."""

    def __init__(
        self, entries: Iterable[tuple[str, str, str]], mains: Mapping[str, str] | None = None
    ) -> None:
        """Take (code, name, aliases separated by |), and of joint bases code → code of the main base.

        `names` are plain, `labels` what lists say: of a joint base (协同单位) both names. Either is read.
        """
        self._entries = list(entries)
        self.names = {code: name for code, name, _ in self._entries}
        self.mains = {code: main for code, main in (mains or {}).items() if main in self.names}
        self.labels = {code: self._label(code) for code in self.names}
        self._nearest: dict[str, str] = {}

    @cached_property
    def _codes(self) -> dict[str, str | None]:
        # Made when a word is looked up: most commands only show labels, and a country has 3,000 bases.
        found: dict[str, str | None] = {}
        for code, name, aliases in self._entries:
            for word in {name, self.labels[code], *filter(None, aliases.split("|"))}:
                key = match_key(word)
                found[key] = code if found.get(key, code) == code else None
        # A code always means itself, even where another entry uses it as a name.
        return found | {match_key(code): code for code in self.labels}

    def _label(self, code: str) -> str:
        main = self.mains.get(code)
        return self.names[code] if main is None else _both_names(self.names[code], self.names[main])

    def find(self, word: str) -> str | None:
        """Return the code `word` names, None when it names none or several."""
        return self._codes.get(match_key(word))

    def called(self, word: str) -> str:
        """Return what lists say of what `word` names, the word itself where it names nothing."""
        code = self.find(word)
        return word if code is None else self.labels[code]

    def codes_of(self, words: Iterable[str]) -> frozenset[str]:
        """Return the codes that words name; a word that names nothing is passed over."""
        return frozenset(filter(None, map(self.find, words)))

    def nearest(self, word: str) -> str:
        """Return the sentence that offers the nearest names; for the first 200 words that name nothing.

        To look for them takes a millisecond: a file in which every row is wrong would take minutes.
        """
        if word not in self._nearest and len(self._nearest) < _OFFERED:
            # 500 is 0500, whose zero a number cell has lost: no other name is meant.
            codes = [code for code in self.labels if word and code.lstrip("0") == word.lstrip("0")]
            self._nearest[word] = _offer(codes) or nearest(word, [*self.labels, *self.labels.values()])
        return self._nearest.get(word, "")


def _both_names(name: str, main: str) -> str:
    return f"{name}（{main}协同单位）"


# A hundred thousand rows name few hundred bases and specialties.
@lru_cache(maxsize=65_536)
def match_key(text: str) -> str:
    """Return `text` as names are compared: full-width brackets as half-width ones, no spaces, no case."""
    return "".join(text.split()).translate(_WIDTHS).casefold()


_WIDTHS = str.maketrans("（）［］，－", "()[],-")


def base_names(session: Session) -> Names:
    """Return the names of all training bases."""
    columns = (TrainingBase.code, TrainingBase.name, TrainingBase.aliases, TrainingBase.main_code)
    rows = session.execute(select(*columns)).all()
    return Names((row[:3] for row in rows), {row.code: row.main_code for row in rows if row.main_code})


def joint_labels(session: Session) -> dict[str, str]:
    """Return the name of each joint base with what lists say of it; of few, where all bases are many."""
    main = _MAIN
    statement = select(TrainingBase.name, main.c.name).join(main, main.c.code == TrainingBase.main_code)
    return {name: _both_names(name, main_name) for name, main_name in session.execute(statement)}


def specialty_names(session: Session) -> Names:
    """Return the names of all specialties."""
    rows = session.execute(select(Specialty.code, Specialty.name, Specialty.aliases))
    return Names((code, name, aliases) for code, name, aliases in rows)


def find_base(session: Session, word: str) -> str:
    """Return the code of the base that `word` names; E302 when there is none."""
    names = base_names(session)
    code = names.find(word)
    if code is None:
        raise ZhupeiError("E302", base=word, nearest=names.nearest(word))
    return code


def find_specialty(session: Session, word: str) -> str:
    """Return the code of the specialty that `word` names; E303 when there is none."""
    names = specialty_names(session)
    code = names.find(word)
    if code is None:
        raise ZhupeiError("E303", specialty=word, nearest=names.nearest(word))
    return code


def nearest(word: str, known: Iterable[str]) -> str:
    """Return 您要找的是不是 … with up to three names near `word`, or nothing."""
    from difflib import get_close_matches

    return _offer(get_close_matches(word, list(known), n=3, cutoff=0.5))


def _offer(found: Sequence[str]) -> str:
    return f"您要找的是不是 {'、'.join(found)}？" if found else ""
