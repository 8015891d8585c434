"""What must hold at all times, looked at in the rows themselves: `db check`."""

from collections.abc import Iterator
from itertools import chain as chain_
from typing import Final

from sqlalchemy import Connection, func, select, text
from sqlalchemy.orm import Session

from zhupei_cli.model import Base, Counter
from zhupei_cli.rules.proof.audit import Finding
from zhupei_cli.services.proof import auditing
from zhupei_cli.services.proof.batch_check import about, computed_again, gathered
from zhupei_cli.services.proof.told_imports import unlike_imports
from zhupei_cli.services.proof.told_rows import retold, unlike_events
from zhupei_cli.store.drift import unlike_model
from zhupei_cli.store.engines.choosing import backend_at
from zhupei_cli.store.walls import login_of, require_whole
from zhupei_cli.words.errors import Fault
from zhupei_cli.words.vocabulary import Identity

#: Tables whose ids come from a counter of their name.
_COUNTED: Final = (
    "batch",
    "trainee",
    "education",
    "work",
    "employer",
    "application",
    "review",
    "run",
    "import_run",
    "bar",
    "objection",
    "notice",
)
_HELD: Final = (
    "SELECT batch_id, base_code, specialty_code, identity FROM admission WHERE live_key IS NOT NULL"
)
_TAKEN: Final = " OR ".join(
    f"taken_{who} <> (SELECT count(*) FROM ({_HELD}) h WHERE h.batch_id = p.batch_id"
    f" AND h.base_code = p.base_code AND h.specialty_code = p.specialty_code AND h.identity = '{who}')"
    for who in Identity
)
_OVER: Final = " OR ".join(f"p.taken_{who} > p.max_{who}" for who in Identity)
_SUMS: Final = " + ".join(f"taken_{who}" for who in Identity)
_SUMMED: Final = ", ".join(f"sum(taken_{who}) AS {who}" for who in Identity)
_OVER_TOGETHER: Final = " OR ".join(f"taken_{who} + coalesce(s.{who}, 0) > p.max_{who}" for who in Identity)
#: Of a round as of all: at most so many of an identity sit on the seats it took over (`batches.ceding`).
_MOST: Final = ", ".join(
    f"sum(CASE WHEN r.status = 'archived' THEN c.taken_{who} + c.ceded_{who}"
    f" WHEN c.max_{who} IS NULL OR c.max_{who} > c.quota THEN c.quota ELSE c.max_{who} END) AS most_{who}"
    for who in Identity
)
#: A database from before these were counted has at most what its limits leave.
_MISCOUNTED: Final = " OR ".join(
    f"p.ceded_{who} > coalesce(s.most_{who}, 0) OR p.ceded_{who} < s.most_{who}"
    f" AND (p.max_{who} IS NULL OR p.ceded_{who} < p.max_{who} - p.taken_{who})"
    for who in Identity
)
#: Places of batches with supplement rounds where both together hold more than the batch has, or that do not
#: cede what their rounds offer, of archived ones what they hold; of each identity too.
_FAMILIES: Final = f"""
    SELECT b.code || ' ' || p.base_code || ' ' || p.specialty_code
    FROM plan p JOIN batch b ON b.id = p.batch_id LEFT JOIN (
        SELECT r.parent_id, c.base_code, c.specialty_code, sum({_SUMS}) AS taken, {_SUMMED}, {_MOST},
               sum(CASE WHEN r.status = 'archived' THEN {_SUMS} + c.ceded ELSE c.quota END) AS quota
        FROM plan c JOIN batch r ON r.id = c.batch_id
        WHERE r.parent_id IS NOT NULL AND r.status <> 'cancelled'
        GROUP BY r.parent_id, c.base_code, c.specialty_code
    ) s ON s.parent_id = p.batch_id AND s.base_code = p.base_code AND s.specialty_code = p.specialty_code
    WHERE p.ceded <> coalesce(s.quota, 0) OR {_MISCOUNTED}
       OR {_SUMS} + coalesce(s.taken, 0) > p.quota OR {_OVER_TOGETHER}"""
#: Catalogue code → query for the names of what is wrong. Most of it the database refuses to store; a file
#: that was damaged, or written to by another program, may hold it all the same.
_RULES: Final = {
    "E540": f"SELECT p.base_code || ' ' || p.specialty_code FROM plan p WHERE {_TAKEN}",
    "E541": f"""
        SELECT p.base_code || ' ' || p.specialty_code FROM plan p
        WHERE {_SUMS} > p.quota OR {_OVER}""",
    "E682": _FAMILIES,
    "E542": """
        SELECT coalesce(p.application_no, 'id ' || a.application_id)
        FROM admission a LEFT JOIN application p ON p.id = a.application_id
        WHERE p.id IS NULL OR p.status <> 'approved' OR a.application_status <> 'approved'
           OR a.batch_id <> p.batch_id""",
    "E543": """
        SELECT p.application_no FROM application p
        WHERE coalesce(p.live_key, '')
              <> CASE WHEN p.status = 'withdrawn' THEN '' ELSE p.batch_id || ':' || p.trainee_id END
        UNION
        SELECT p.application_no
        FROM admission a JOIN application p ON p.id = a.application_id JOIN batch b ON b.id = a.batch_id
        WHERE coalesce(a.live_key, '') <> CASE WHEN a.status IN ('proposed', 'admitted', 'reported')
                                               THEN b.year || ':' || p.trainee_id ELSE '' END""",
    "E544": """
        SELECT p.application_no FROM application p
        WHERE p.status NOT IN ('draft', 'withdrawn') AND NOT (
            EXISTS (SELECT 1 FROM snapshot s WHERE s.application_id = p.id AND s.version = p.snapshot_version)
            AND EXISTS (SELECT 1 FROM choice c WHERE c.application_id = p.id AND c.number = 1))""",
    "E545": """
        SELECT p.application_no FROM application p LEFT JOIN (
            SELECT application_id, max(id) AS id FROM review GROUP BY application_id
        ) l ON l.application_id = p.id LEFT JOIN review r ON r.id = l.id
        WHERE p.status IN ('approved', 'rejected', 'returned')
          AND coalesce(r.decision, '') <> CASE p.status
              WHEN 'approved' THEN 'approve' WHEN 'rejected' THEN 'reject' ELSE 'return' END""",
    "E547": """
        SELECT p.application_no FROM application p
        WHERE NOT EXISTS (SELECT 1 FROM event e WHERE e.seq = p.touched_by)
        UNION
        SELECT 'id ' || t.id FROM trainee t
        WHERE NOT EXISTS (SELECT 1 FROM event e WHERE e.seq = t.touched_by)""",
    "E718": """
        SELECT p.application_no FROM application p
        JOIN snapshot s ON s.application_id = p.id AND s.version = p.snapshot_version
        WHERE p.status IN ('submitted', 'approved', 'rejected')
          AND coalesce(p.order_oriented, false) <> (s.content LIKE '%"order_oriented"_true%')""",
    "E548": """
        SELECT DISTINCT b.code FROM admission a JOIN batch b ON b.id = a.batch_id
        WHERE b.status IN ('draft', 'open', 'closed', 'locked', 'cancelled') AND a.live_key IS NOT NULL
          AND NOT (a.via = 'preplaced' AND b.status IN ('open', 'closed', 'locked'))""",
}


def check_database(session: Session, *, deep: bool = False) -> list[Finding]:
    """Return everything that is not as it must be; the first of it when the file itself is damaged.

    `deep` compares every row with what the events say of it. Raises E605 for a login that sees no row whole.
    """
    require_whole(session)
    with backend_at(session).damage_sought(session.connection()) as damage:
        try:
            found = _checked(session, deep=deep)
        except ValueError:  # text that is none, a date that is none: what the file's own check passes over
            found = _told([about("E533", ["有读不出的内容"])])
        except Exception:
            if not damage():  # what is read from broken pages can break anything
                raise
            found = []
        broken = damage()
    return _told([about("E533", broken)]) if broken else found


def _checked(session: Session, *, deep: bool) -> list[Finding]:
    connection = session.connection()
    if found := [*_schema(connection)]:
        return _told(found)
    found += [*_references(connection), *_login(session), *_rules(connection), *_counters(session)]
    chain = auditing.verify(session).findings
    found += chain
    if deep and not chain:  # what a chain that was rewritten says proves nothing
        told = retold(session)
        found += gathered(chain_(unlike_events(session, told), unlike_imports(session, told)))
    return [*_told(found), *computed_again(session)]


def _schema(connection: Connection) -> Iterator[Fault]:
    if found := unlike_model(connection):
        yield about("E640", found)


def _told(faults: list[Fault]) -> list[Finding]:
    return [Finding(fault.code, fault.message) for fault in faults]


def _references(connection: Connection) -> Iterator[Fault]:
    """Look for rows that point nowhere, and for constraints that were switched off."""
    if found := backend_at(connection).dangling(connection):
        yield about("E533", found)


def _login(session: Session) -> Iterator[Fault]:
    """Yield the fault of a login that owns the tables: walls do not hold it, daily work is not for it."""
    if backend_at(session).unwalled(session):
        yield Fault("E534", "login", values={"login": login_of(session).name})


def _rules(connection: Connection) -> Iterator[Fault]:
    for code, query in _RULES.items():
        found = sorted(connection.execute(text(query)).scalars())
        if found:
            yield about(code, found)


def _counters(session: Session) -> Iterator[Fault]:
    values: dict[str, int] = dict(session.execute(select(Counter.name, Counter.value)).all())
    for name in _COUNTED:
        last = session.execute(select(func.max(Base.metadata.tables[name].c.id))).scalar() or 0
        if last > values.get(name, 0):
            yield Fault("E546", name, values={"name": name, "value": values.get(name, 0), "last": last})
    numbers = Base.metadata.tables["application"].c
    highest = select(numbers.batch_id, func.max(numbers.application_no)).group_by(numbers.batch_id)
    for batch, number in session.execute(highest):
        name, last = f"application_no:{batch}", int(number.rpartition("-")[2])
        if last > values.get(name, 0):
            yield Fault("E546", name, values={"name": name, "value": values.get(name, 0), "last": last})
