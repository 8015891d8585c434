-- Events written for a base: numbered and chained exactly as zhupei_cli/services/records/events.py does it, but who and
-- when are the server's to say.
CREATE OR REPLACE FUNCTION zhupei.take(p_name text, p_count integer) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO public.counter AS c (name, value) VALUES (p_name, p_count)
  ON CONFLICT (name) DO UPDATE SET value = c.value + p_count
  RETURNING value - p_count + 1
$$;

-- Makes the transaction the only one that writes (zhupei_cli/store/server.py). Who then does nothing is let go.
-- The functions that write for a base take it too, but reveal(): the program calls that one apart, while it has the turn.
CREATE OR REPLACE FUNCTION zhupei.take_turn() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(134589065487721);
  IF zhupei.my_base() IS NOT NULL THEN
    PERFORM set_config('idle_in_transaction_session_timeout', '60s', true);
  END IF;
END $$;

CREATE OR REPLACE FUNCTION zhupei.right_now() RETURNS timestamp
LANGUAGE sql STABLE AS $$ SELECT date_trunc('second', statement_timestamp() AT TIME ZONE 'UTC') $$;

CREATE OR REPLACE FUNCTION zhupei.append_event(
  p_seq integer, p_action text, p_batch integer, p_subject text, p_before text, p_after text, p_reason text, p_data text
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  at CONSTANT timestamp := zhupei.right_now();
  fields CONSTANT text[] := ARRAY[to_char(at, 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"'), session_user::text, p_action];
  previous text := coalesce((SELECT e.hash FROM public.event e WHERE e.seq = p_seq - 1), '');
  canonical text;
BEGIN
  canonical := '[' || p_seq || ',' || array_to_string(ARRAY(SELECT to_json(field)::text FROM unnest(fields) field), ',')
    || ',' || coalesce(p_batch::text, 'null') || ',' || to_json(p_subject)
    || ',' || coalesce(to_json(p_before)::text, 'null') || ',' || coalesce(to_json(p_after)::text, 'null')
    || ',' || coalesce(to_json(p_reason)::text, 'null') || ',' || coalesce(to_json(p_data)::text, 'null') || ']';
  INSERT INTO public.event (seq, at, who, action, batch_id, subject, before, after, reason, data, hash)
  VALUES (p_seq, at, session_user, p_action, p_batch, p_subject, p_before, p_after, p_reason, p_data,
          encode(sha256(convert_to(previous || E'\n' || canonical, 'UTF8')), 'hex'));
END $$;

-- The base of the login, or an end: the same words whatever is missing.
CREATE OR REPLACE FUNCTION zhupei.require_base() RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE base text := zhupei.my_base();
BEGIN
  IF base IS NULL THEN
    RAISE EXCEPTION '没有权限' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN base;
END $$;

-- What the program says of a list that leaves the database with a base, and nothing else: the province reads it
-- back. As json, not jsonb: that keeps a key that is there twice, and a number as it was written.
CREATE OR REPLACE FUNCTION zhupei.is_noted(p_action text, p_base text, p_data text) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE
    WHEN length(p_data) > 1000 OR json_typeof(p_data::json) <> 'object' THEN false
    WHEN p_action = 'review.export' THEN
      (SELECT array_agg(key) = ARRAY['rows'] AND bool_and(value::text ~ '^[0-9]{1,9}$') FROM json_each(p_data::json))
    WHEN p_action = 'export.roster' THEN
      (SELECT array_agg(key ORDER BY key) = ARRAY['bases', 'people', 'provisional', 'run']
              AND bool_and(CASE key
                WHEN 'bases' THEN value::text IN ('[]', '[' || to_json(p_base) || ']')
                WHEN 'people' THEN value::text ~ '^[0-9]{1,9}$'
                WHEN 'provisional' THEN value::text IN ('true', 'false')
                ELSE value::text ~ '^([0-9]{1,9}|null)$' END)
       FROM json_each(p_data::json))
    ELSE false END
$$;

-- That a list leaves the database with a base.
CREATE OR REPLACE FUNCTION zhupei.note(p_action text, p_batch integer, p_data text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  base CONSTANT text := zhupei.require_base();
  code CONSTANT text := (SELECT b.code FROM public.batch b WHERE b.id = p_batch);
  seq integer;
BEGIN
  IF code IS NULL OR zhupei.is_noted(p_action, base, p_data) IS NOT TRUE THEN
    RAISE EXCEPTION '没有权限' USING ERRCODE = 'insufficient_privilege';
  END IF;
  PERFORM zhupei.take_turn();
  seq := zhupei.take('event', 1);
  PERFORM zhupei.append_event(seq, p_action, p_batch, CASE p_action WHEN 'review.export' THEN base ELSE code END,
                              NULL, NULL, NULL, p_data);
  RETURN seq;
END $$;

-- Whole numbers of these applications, for ten minutes, from the next transaction on: the event must be there to
-- stay before a digit shows. One that is another base's is answered like one that does not exist.
CREATE OR REPLACE FUNCTION zhupei.reveal(p_ids integer[]) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  base CONSTANT text := zhupei.require_base();
  wanted CONSTANT integer[] := ARRAY(SELECT DISTINCT unnest(p_ids));
  shown record;
  seq integer;
BEGIN
  IF coalesce(cardinality(wanted), 0) = 0 THEN
    RETURN 0;
  END IF;
  IF NOT wanted <@ zhupei.my_applications() THEN
    RAISE EXCEPTION '没有权限' USING ERRCODE = 'insufficient_privilege';
  END IF;
  SELECT count(*) AS people, string_agg(to_json(a.application_no)::text, ',' ORDER BY a.application_no) AS numbers,
         min(a.application_no) AS first,
         CASE WHEN min(a.batch_id) = max(a.batch_id) THEN min(a.batch_id) END AS batch
    INTO shown FROM public.application a WHERE a.id = ANY (wanted);
  seq := zhupei.take('event', 1);
  PERFORM zhupei.append_event(
    seq, 'reveal', shown.batch, CASE shown.people WHEN 1 THEN shown.first ELSE base END, NULL, NULL, NULL,
    '{"base":' || to_json(base) || ',"numbers":[' || shown.numbers || '],"rows":' || shown.people || '}');
  DELETE FROM zhupei.revealed r
    WHERE r.login = session_user AND (r.application_id = ANY (wanted) OR r.at < statement_timestamp() - interval '1 hour');
  INSERT INTO zhupei.revealed (login, application_id, xid, at)
    SELECT session_user, unnest(wanted), pg_current_xact_id(), statement_timestamp();
  RETURN shown.people;
END $$;
