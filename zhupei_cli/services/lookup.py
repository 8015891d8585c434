"""Finding what people name: batches, bases, specialties, with the nearest names when there is none."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from zhupei_cli.errors import ZhupeiError
from zhupei_cli.model import Batch, BatchSetting, Specialty, TrainingBase
from zhupei_cli.vocabulary import BatchStatus


def find_batch(session: Session, code: str | None) -> Batch:
    """Return the batch of `code`, or the only live one when no code is given.

    Raises E301 (no such batch) or E307 (none or several to choose from).
    """
    if code is not None:
        batch = session.execute(select(Batch).where(Batch.code == code)).scalar()
        if batch is None:
            codes = session.execute(select(Batch.code)).scalars()
            raise ZhupeiError("E301", batch=code, nearest=nearest(code, codes))
        return batch
    live = (
        session.execute(select(Batch).where(Batch.status.not_in(_ENDED)).order_by(Batch.code)).scalars().all()
    )
    if len(live) != 1:
        raise ZhupeiError("E307", batches="、".join(batch.code for batch in live) or "无")
    return live[0]


_ENDED = (BatchStatus.ARCHIVED, BatchStatus.CANCELLED)


def no_live_batch(session: Session) -> bool:
    """Return whether no batch is under way."""
    return session.execute(select(Batch.id).where(Batch.status.not_in(_ENDED)).limit(1)).first() is None


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

    def __init__(self, entries: Iterable[tuple[str, str, str]]) -> None:
        """Take (code, name, aliases separated by |)."""
        self.labels: dict[str, str] = {}
        self._nearest: dict[str, str] = {}
        self._codes: dict[str, str | None] = {}
        for code, name, aliases in entries:
            self.labels[code] = name
            for word in {name, *filter(None, aliases.split("|"))}:
                key = match_key(word)
                self._codes[key] = code if self._codes.get(key, code) == code else None
        # A code always means itself, even where another entry uses it as a name.
        self._codes.update({match_key(code): code for code in self.labels})

    def find(self, word: str) -> str | None:
        """Return the code `word` names, None when it names none or several."""
        return self._codes.get(match_key(word))

    def nearest(self, word: str) -> str:
        """Return the sentence that offers the nearest names; for the first 200 words that name nothing.

        To look for them takes a millisecond: a file in which every row is wrong would take minutes.
        """
        if word not in self._nearest and len(self._nearest) < _OFFERED:
            # 500 is 0500, whose zero a number cell has lost: no other name is meant.
            codes = [code for code in self.labels if word and code.lstrip("0") == word.lstrip("0")]
            self._nearest[word] = _offer(codes) or nearest(word, [*self.labels, *self.labels.values()])
        return self._nearest.get(word, "")


# A hundred thousand rows name few hundred bases and specialties.
@lru_cache(maxsize=65_536)
def match_key(text: str) -> str:
    """Return `text` as names are compared: full-width brackets as half-width ones, no spaces, no case."""
    return "".join(text.split()).translate(_WIDTHS).casefold()


_WIDTHS = str.maketrans("（）［］，－", "()[],-")


def base_names(session: Session) -> Names:
    """Return the names of all training bases."""
    rows = session.execute(select(TrainingBase.code, TrainingBase.name, TrainingBase.aliases))
    return Names((code, name, aliases) for code, name, aliases in rows)


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
