"""What the login of one base may try in SQL to learn of another base, to decide for it, or to forge.

Each attack is data: a name, the statements, and how they must end (the SQLSTATE, or "" where they run and find
nothing). {…} stand for facts of the world of conftest.py: `foreign…` belongs to another base.
"""
# ruff: noqa: E501 - a table, an attack a line

from collections.abc import Iterator
from typing import NamedTuple

DENIED, NO_SUCH_FUNCTION, NO_SUCH_TABLE = "42501", "42883", "42P01"


class Attack(NamedTuple):
    """Statements of one session, and the SQLSTATE they end with."""

    name: str
    sql: str
    ends: str = DENIED


class Probe(NamedTuple):
    """A statement asked twice, with a value that exists elsewhere and with one that does not exist."""

    name: str
    sql: str
    exists: str
    missing: str


def _notes(*said: tuple[str, str]) -> Iterator[Attack]:
    """Yield one attack for each action and the JSON that an event of it is to carry."""
    for number, (action, data) in enumerate(said, 1):
        sql = f"SELECT zhupei.note('{action}', {{batch}}, '{_typed(data)}')"
        yield Attack(f"a note of choice {number}", sql)


def _imports(*said: tuple[str, str]) -> Iterator[Attack]:
    """Yield one attack for each way to write a file, and more among the counts."""
    names = ("blank", "inserted", "rejected", "replaced", "rows", "unchanged", "updated", "warned")
    zeros = ",".join(f'"{name}":0' for name in names)
    for number, (file, more) in enumerate(said, 1):
        files, counts = f'[{{{file},"sha256":"{"a" * 64}"}}]', f"{{{more}{zeros}}}"
        sql = f"SELECT zhupei.begin_import({{batch}}, '{_typed(files)}', '{_typed(counts)}')"
        yield Attack(f"an import of choice {number}", sql)


def _typed(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


ATTACKS: tuple[Attack, ...] = (
    # -- rows of others, by name, by join, by what stands around them
    Attack("where a foreign number", "SELECT * FROM application WHERE application_no = '{foreign_no}'", ""),
    Attack("where a foreign id", "SELECT * FROM snapshot WHERE application_id = {foreign}", ""),
    Attack("where always true", "SELECT * FROM snapshot WHERE true OR application_id = {foreign}", ""),
    Attack("every choice", "SELECT '<' || application_id || '>' FROM choice", ""),
    Attack(
        "join through the choice",
        "SELECT s.* FROM choice c LEFT JOIN snapshot s USING (application_id) WHERE c.base_code = '{other}'",
        "",
    ),
    Attack("full join", "SELECT * FROM application a FULL JOIN trainee t ON t.id = a.trainee_id", ""),
    Attack("lateral", "SELECT x.* FROM batch b, LATERAL (SELECT * FROM snapshot s WHERE b.id > 0) x", ""),
    Attack("second choice", "SELECT * FROM application WHERE id = {second}", ""),
    Attack("people of others", "SELECT * FROM trainee WHERE id = {foreign_trainee}", ""),
    Attack("education of others", "SELECT * FROM education WHERE trainee_id = {foreign_trainee}", ""),
    Attack("work of others", "SELECT * FROM work WHERE trainee_id = {foreign_trainee}", ""),
    Attack("reasons of others", "SELECT * FROM review", ""),
    Attack("marks", "SELECT * FROM score", ""),
    Attack("admissions before publication", "SELECT * FROM admission WHERE batch_id = {committed}", ""),
    Attack("seats taken", "SELECT taken_social FROM plan", "42703"),
    Attack("seats taken, from the table", "SELECT taken_social FROM public.plan"),
    Attack("events of others", "SELECT * FROM event", ""),
    Attack("a run", "SELECT * FROM run_row"),
    Attack("the inputs of a run", "SELECT content FROM run_input"),
    Attack("accounts", "SELECT username, password_hash FROM account"),
    Attack("photos", "SELECT * FROM trainee_photo"),
    Attack("imports", "SELECT before FROM import_row"),
    Attack("files imported", "SELECT files FROM import_run"),
    Attack("counters", "SELECT * FROM counter"),
    Attack("contacts of bases", "SELECT contact_phone FROM base"),
    Attack("the map of logins", "SELECT * FROM zhupei.login"),
    Attack("what was revealed", "SELECT * FROM zhupei.revealed"),
    # -- the whole number
    Attack("own number, masked", "SELECT id_number, content FROM snapshot", ""),
    Attack("own phone, masked", "SELECT mobile, email, address, licence_no FROM trainee", ""),
    Attack("number from the table", "SELECT id_number FROM public.snapshot"),
    Attack("content from the table", "SELECT content FROM public.snapshot"),
    Attack("phone from the table", "SELECT mobile FROM public.trainee"),
    Attack("whole row", "SELECT s FROM public.snapshot s"),
    Attack("row as JSON", "SELECT row_to_json(t) FROM public.trainee t"),
    Attack("all rows as JSON", "SELECT jsonb_agg(t) FROM public.trainee t"),
    Attack("other names first", "SET search_path = public; SELECT * FROM snapshot"),
    Attack(
        "reveal and roll back", "SELECT zhupei.reveal(ARRAY[{own}]); SELECT * FROM snapshot; ROLLBACK", ""
    ),
    Attack(
        "reveal inside a savepoint",
        "BEGIN; SAVEPOINT a; SELECT zhupei.reveal(ARRAY[{own}]); SELECT id_number FROM snapshot;"
        " ROLLBACK TO a; SELECT id_number FROM snapshot; ROLLBACK",
        "",
    ),
    Attack("reveal of others", "SELECT zhupei.reveal(ARRAY[{foreign}])"),
    Attack("reveal of own and others", "SELECT zhupei.reveal(ARRAY[{own}, {foreign}])"),
    Attack("reveal of all", "SELECT zhupei.reveal(ARRAY(SELECT generate_series(1, 1000)))"),
    # -- COPY, files, other servers
    Attack("copy a table", "COPY public.snapshot TO STDOUT"),
    Attack("copy columns", "COPY public.trainee (name, id_number) TO STDOUT"),
    Attack("copy a query", "COPY (SELECT * FROM snapshot) TO STDOUT", ""),
    Attack("copy to a file", "COPY (SELECT 1) TO '/tmp/zhupei-attack'"),
    Attack("copy to a program", "COPY (SELECT 1) TO PROGRAM 'cat'"),
    Attack("copy in", "COPY public.review FROM '/etc/passwd'"),
    Attack("read a file", "SELECT pg_read_file('/etc/passwd')"),
    Attack("list files", "SELECT pg_ls_dir('.')"),
    Attack("the log", "SELECT pg_current_logfile()"),
    Attack("large object from a file", "SELECT lo_import('/etc/passwd')"),
    Attack("make a large object", "SELECT lo_from_bytea(0, 'x')"),
    Attack("read large objects", "SELECT * FROM pg_largeobject"),
    Attack(
        "another connection", "SELECT dblink('dbname=' || current_database(), 'SELECT 1')", NO_SUCH_FUNCTION
    ),
    Attack("an extension", "ALTER EXTENSION plpgsql UPDATE"),
    Attack("a foreign server", "CREATE SERVER s FOREIGN DATA WRAPPER postgres_fdw", "42704"),
    # -- errors that speak
    Attack("cast a name", "SELECT name::integer FROM snapshot WHERE application_id <> {own}", "22P02"),
    Attack("cast from the table", "SELECT name::integer FROM public.snapshot"),
    Attack("cast a number", "SELECT id_number::bigint FROM snapshot", "22P02"),
    Attack("divide by a match", "SELECT 1 / (application_id - {foreign}) FROM snapshot", ""),
    Attack(
        "a leaky function in WHERE",
        "SELECT set_config('a.b', '', false); SELECT count(*) FROM snapshot WHERE"
        " set_config('a.b', current_setting('a.b') || name || id_number || content, false) IS NULL;"
        " SELECT current_setting('a.b')",
        "",
    ),
    Attack(
        "a leaky function on the table",
        "SELECT count(*) FROM public.snapshot WHERE set_config('a.b', name, false) IS NULL",
    ),
    Attack(
        "notify in WHERE", "LISTEN x; SELECT count(*) FROM snapshot WHERE pg_notify('x', name) IS NULL", ""
    ),
    Attack(
        "raise in a block",
        "DO $$ DECLARE r record; BEGIN FOR r IN SELECT * FROM snapshot LOOP RAISE NOTICE '%', r; END LOOP; END $$",
        "",
    ),
    Attack("aggregate", "SELECT string_agg(name || id_number, ',') FROM snapshot", ""),
    Attack("random order", "SELECT name, count(*) OVER () FROM snapshot ORDER BY random()", ""),
    Attack("sample", "SELECT name FROM public.snapshot TABLESAMPLE SYSTEM (100)"),
    Attack("by its place", "SELECT * FROM public.trainee WHERE ctid = '(0,1)'"),
    # -- statistics, plans, activity
    Attack("statistics", "SELECT tablename, attname, most_common_vals, histogram_bounds FROM pg_stats", ""),
    Attack("raw statistics", "SELECT stavalues1 FROM pg_statistic"),
    Attack("extended statistics", "SELECT * FROM pg_stats_ext", ""),
    Attack("plan of a table", "EXPLAIN SELECT * FROM public.snapshot WHERE name = '{foreign_name}'"),
    Attack("what others run", "SELECT query FROM pg_stat_activity", ""),
    Attack("prepared by others", "SELECT * FROM pg_prepared_statements", ""),
    Attack("raw pages", "SELECT get_raw_page('application', 0)", NO_SUCH_FUNCTION),
    Attack("passwords", "SELECT rolname, rolpassword FROM pg_authid"),
    Attack("passwords, elsewhere", "SELECT passwd FROM pg_shadow"),
    Attack("text of constraints", "SELECT pg_get_constraintdef(oid) FROM pg_constraint", ""),
    # -- becoming somebody else
    Attack("be the province", "SET ROLE zhupei_province"),
    Attack("be the keeper", "SET ROLE zhupei_keeper"),
    Attack("be the owner", "SET ROLE zhupei_owner"),
    Attack("be the group", "SET ROLE zhupei_base"),
    Attack("be another base", "SET ROLE qian"),
    Attack("be the superuser", "SET SESSION AUTHORIZATION postgres"),
    Attack("be another login", "SET SESSION AUTHORIZATION qian"),
    Attack("row security off", "SET row_security = off; SELECT name FROM public.snapshot"),
    Attack("a setting of ours", "SET app.base = '{other}'; SELECT * FROM snapshot", ""),
    Attack("grant oneself", "GRANT zhupei_province TO zhao"),
    Attack("grant the owner", "GRANT zhupei_owner TO zhao"),
    Attack("bypass", "ALTER ROLE zhao BYPASSRLS"),
    Attack("rename another", "ALTER ROLE qian RENAME TO qian2"),
    Attack("make a login", "CREATE ROLE sun LOGIN"),
    Attack("change one's base", "UPDATE zhupei.login SET base_code = '{other}'"),
    Attack("map oneself", "INSERT INTO zhupei.login VALUES ('zhao', '{other}')"),
    Attack("drop a policy", "DROP POLICY base ON public.application"),
    Attack("make a policy", "CREATE POLICY mine ON public.application USING (true)"),
    Attack("switch it off", "ALTER TABLE public.application DISABLE ROW LEVEL SECURITY"),
    Attack("replace my_base", "CREATE OR REPLACE FUNCTION zhupei.my_base() RETURNS text RETURN '{other}'"),
    Attack("drop my_base", "DROP FUNCTION zhupei.my_base()"),
    # -- shadows
    Attack(
        "a function in public",
        "CREATE FUNCTION public.pg_has_role(name, text, text) RETURNS bool RETURN true",
    ),
    Attack("a schema", "CREATE SCHEMA zhao"),
    Attack("a schema in the path", "CREATE FUNCTION zhupei_base.unnest(text[]) RETURNS text RETURN 'x'"),
    Attack("a temporary table", "CREATE TEMP TABLE login (login name, base_code text)"),
    Attack(
        "a temporary view", "CREATE TEMP VIEW login AS SELECT 'zhao'::name AS login, '{other}' AS base_code"
    ),
    Attack("a temporary function", "CREATE FUNCTION pg_temp.leak(text) RETURNS bool RETURN true"),
    Attack("a table of one's own", "SELECT * INTO public.mine FROM snapshot"),
    Attack("a view of one's own", "CREATE VIEW public.mine AS SELECT * FROM public.snapshot"),
    Attack("an operator", "CREATE OPERATOR public.=== (LEFTARG = text, RIGHTARG = text, FUNCTION = texteq)"),
    Attack(
        "an event trigger",
        "CREATE EVENT TRIGGER t ON sql_drop EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    ),
    Attack(
        "a trigger",
        "CREATE TRIGGER t BEFORE UPDATE ON public.application FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    ),
    Attack(
        "a rule", "CREATE RULE r AS ON SELECT TO public.application DO INSTEAD SELECT * FROM public.trainee"
    ),
    # -- writing
    Attack("approve directly", "UPDATE public.application SET status = 'approved' WHERE id = {own}"),
    Attack(
        "approve through the view", "UPDATE application SET status = 'approved' WHERE id = {own}", "55000"
    ),
    Attack("approve a foreign one", "UPDATE public.application SET status = 'approved' WHERE id = {foreign}"),
    Attack(
        "take a first choice",
        "UPDATE public.choice SET base_code = '{base}' WHERE application_id = {foreign}",
    ),
    Attack("change a snapshot", "UPDATE public.snapshot SET name = '张三' WHERE application_id = {own}"),
    Attack("new snapshot", "INSERT INTO public.snapshot SELECT * FROM snapshot"),
    Attack(
        "forge a review",
        "INSERT INTO public.review VALUES (999, {own}, 'approve', NULL, '{base}', 1, 'qian', now())",
    ),
    Attack("change a review", "UPDATE public.review SET reason = 'x'"),
    Attack("delete a review", "DELETE FROM public.review"),
    Attack(
        "forge an event",
        "INSERT INTO public.event VALUES (9999, now(), 'qian', 'x', NULL, 'x', NULL, NULL, NULL, NULL, '')",
    ),
    Attack("change an event", "UPDATE public.event SET who = 'qian'"),
    Attack("delete events", "DELETE FROM public.event"),
    Attack("empty events", "TRUNCATE public.event"),
    Attack(
        "marks of one's own",
        "INSERT INTO public.score VALUES ({own}, '{base}', '{base}', 10000, 10000, 10000, 0)",
    ),
    Attack("move the plan", "UPDATE public.plan SET quota = 999"),
    Attack("admit", "INSERT INTO public.admission (application_id) VALUES ({own})"),
    Attack("returning", "DELETE FROM public.application WHERE id = {foreign} RETURNING *"),
    Attack("returning from update", "UPDATE public.trainee SET name = name RETURNING id_number"),
    Attack(
        "merge",
        "MERGE INTO public.application a USING public.batch b ON a.batch_id = b.id WHEN MATCHED THEN DELETE",
    ),
    Attack("lock foreign rows", "SELECT 1 FROM public.application WHERE id = {foreign} FOR UPDATE"),
    Attack("lock a table", "BEGIN; LOCK TABLE public.application IN EXCLUSIVE MODE"),
    Attack("a sequence", "SELECT currval('public.application_id_seq')", NO_SUCH_TABLE),
    Attack("reach a function inside", "SELECT zhupei.append_event(1, 'x', 1, 'x', NULL, NULL, NULL, NULL)"),
    Attack("take numbers", "SELECT zhupei.take('event', 1000000)"),
    Attack("an event of choice", "SELECT zhupei.note('batch.lock', 1, '{{}}')"),
    # What Python cannot read breaks whoever reads the events, for everybody.
    *_notes(
        ("review.export", f'{{"rows":{"1" * 900}}}'),
        ("review.export", f'{{"rows":{"[" * 400}{"]" * 400}}}'),
        ("review.export", '{"rows":[],"rows":1}'),
        ("review.export", '{"rows":1,"keys":[]}'),
        ("review.export", '{"rows":1e4}'),
        ("review.export", '{"rows":"1"}'),
        ("review.export", "{}"),
        ("review.export", "[]"),
        ("export.roster", '{"bases":["4103001"],"people":1,"provisional":true,"run":null}'),
        ("export.roster", '{"bases":[],"people":1,"provisional":"","run":null}'),
        ("export.roster", f'{{"bases":[],"people":1,"provisional":true,"run":{"1" * 900}}}'),
        ("export.roster", '{"bases":[],"people":1,"provisional":true}'),
    ),
    *_imports(
        (f'"name":"x","rows":{"1" * 5000},"rows":1', ""),
        (f'"name":{"[" * 999}{"]" * 999},"name":"x","rows":1', ""),
        ('"name":"x","rows":1e0', ""),
        ('"name":"x","rows":1', f'"rows":{"[" * 300}{"]" * 300},'),
    ),
    Attack("an import's event only", "SELECT zhupei.begin_import({committed}, '[]', '{{}}')"),
    # -- deciding
    Attack(
        "decide for others",
        "SELECT zhupei.decide({batch}, ARRAY['{foreign_no}'], ARRAY['approve'], ARRAY[NULL])",
    ),
    Attack(
        "decide as second choice",
        "SELECT zhupei.decide({batch}, ARRAY['{second_no}'], ARRAY['approve'], ARRAY[NULL])",
    ),
    Attack(
        "decide own and foreign",
        "SELECT zhupei.decide({batch}, ARRAY['{own_no}', '{foreign_no}'], ARRAY['approve', 'approve'], ARRAY[NULL, NULL])",
    ),
    Attack(
        "decide about a placed one",
        "SELECT zhupei.decide({published}, ARRAY['{placed_no}'], ARRAY['revoke'], ARRAY['x'])",
    ),
    Attack("no reason", "SELECT zhupei.decide({batch}, ARRAY['{own_no}'], ARRAY['reject'], ARRAY['  '])"),
    Attack(
        "no such decision", "SELECT zhupei.decide({batch}, ARRAY['{own_no}'], ARRAY['withdraw'], ARRAY['x'])"
    ),
    Attack(
        "back without a step", "SELECT zhupei.decide({batch}, ARRAY['{own_no}'], ARRAY['revoke'], ARRAY['x'])"
    ),
    Attack(
        "into another's import",
        "SELECT zhupei.decide({batch}, ARRAY['{foreign_no}'], ARRAY['approve'], ARRAY[NULL], 1)",
    ),
    Attack(
        "prepared and run",
        "PREPARE p (text) AS SELECT * FROM application WHERE application_no = $1; EXECUTE p ('{foreign_no}')",
        "",
    ),
    Attack("a cursor", "DECLARE c CURSOR FOR SELECT * FROM snapshot; FETCH ALL c", ""),
    Attack("who listens", "SELECT * FROM pg_locks", ""),
    Attack("hold everybody up", "SELECT pg_try_advisory_lock(1)"),
    Attack(
        "a reason without end",
        "SELECT zhupei.decide({batch}, ARRAY['{own_no}'], ARRAY['reject'], ARRAY[repeat('长', 501)])",
    ),
    Attack(
        "a reason that steers a terminal",
        "SELECT zhupei.decide({batch}, ARRAY['{own_no}'], ARRAY['reject'], ARRAY[E'\\x1b[2J'])",
    ),
)

PROBES = (
    Probe(
        "a number",
        "SELECT count(*) FROM application WHERE application_no = '{value}'",
        "{foreign_no}",
        "HN2026-0009999",
    ),
    Probe("a name", "SELECT count(*) FROM snapshot WHERE name = '{value}'", "{foreign_name}", "赵不在"),
    Probe(
        "a name in the table",
        "SELECT count(*) FROM public.snapshot WHERE name = '{value}'",
        "{foreign_name}",
        "赵不在",
    ),
    Probe(
        "decide",
        "SELECT zhupei.decide({batch}, ARRAY['{value}'], ARRAY['approve'], ARRAY[NULL])",
        "{foreign_no}",
        "HN2026-0009999",
    ),
    Probe("reveal", "SELECT zhupei.reveal(ARRAY[{value}])", "{foreign}", "99999"),
    Probe(
        "a foreign key",
        "INSERT INTO public.review VALUES (999, {value}, 'approve', NULL, '{base}', 1, 'zhao', now())",
        "{foreign}",
        "99999",
    ),
    Probe(
        "a unique number",
        "INSERT INTO public.trainee (id, id_type, id_number, name) VALUES (99999, 'id_card', '{value}', 'x')",
        "{foreign_id}",
        "{unused_id}",
    ),
    Probe(
        "on conflict",
        "INSERT INTO public.application (id, application_no) VALUES (99999, '{value}') ON CONFLICT DO NOTHING",
        "{foreign_no}",
        "HN2026-0009999",
    ),
    Probe(
        "a plan",
        "EXPLAIN SELECT * FROM application WHERE application_no = '{value}'",
        "{foreign_no}",
        "HN2026-0009999",
    ),
    Probe(
        "a plan that ran",
        "EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF, BUFFERS OFF) SELECT * FROM application WHERE application_no = '{value}'",
        "{foreign_no}",
        "HN2026-0009999",
    ),
    Probe(
        "a plan of a name",
        "EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF, BUFFERS OFF) SELECT * FROM snapshot WHERE name = '{value}'",
        "{foreign_name}",
        "赵不在",
    ),
    Probe(
        "a plan of a base",
        "EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF, BUFFERS OFF) SELECT * FROM choice WHERE base_code = '{value}' AND number = 1 AND batch_id = {batch}",
        "{other}",
        "4199999",
    ),
    Probe(
        "a plan of events",
        "EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF, BUFFERS OFF) SELECT * FROM event WHERE batch_id = {batch} AND subject = '{value}'",
        "{foreign_no}",
        "HN2026-0009999",
    ),
    Probe(
        "an error by a match",
        "SELECT 1 / (CASE WHEN name = '{value}' THEN 0 ELSE 1 END) FROM snapshot",
        "{foreign_name}",
        "赵不在",
    ),
    Probe(
        "a lock",
        "SELECT 1 FROM public.application WHERE application_no = '{value}' FOR UPDATE NOWAIT",
        "{foreign_no}",
        "HN2026-0009999",
    ),
)
