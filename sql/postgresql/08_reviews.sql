-- What a base decides. It holds no INSERT, UPDATE or DELETE on any table: these functions check who, whose and
-- which step, then write the decision, the new status and the event together (zhupei_cli/services/reviews/decisions.py).
CREATE OR REPLACE FUNCTION zhupei.hold_batch(p_batch integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM FROM public.batch b WHERE b.id = p_batch AND b.status IN ('open', 'closed') FOR SHARE;
  IF NOT FOUND THEN
    RAISE EXCEPTION '没有权限' USING ERRCODE = 'insufficient_privilege';
  END IF;
END $$;

-- What the program writes there, and nothing else: the province reads it back. As json: see zhupei.is_noted().
CREATE OR REPLACE FUNCTION zhupei.is_files(p_files text) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE WHEN length(p_files) > 100000 OR json_typeof(p_files::json) <> 'array' THEN false ELSE
    (SELECT coalesce(bool_and(
       CASE WHEN json_typeof(f) <> 'object' THEN false ELSE
         (SELECT array_agg(k ORDER BY k) FROM json_object_keys(f) k) = ARRAY['name', 'rows', 'sha256']
         AND json_typeof(f -> 'name') = 'string' AND length(f ->> 'name') BETWEEN 1 AND 300
         AND f ->> 'name' !~ '[\x01-\x1f\x7f-\x9f]'
         AND json_typeof(f -> 'sha256') = 'string' AND f ->> 'sha256' ~ '^[0-9a-f]{64}$'
         AND json_typeof(f -> 'rows') = 'number' AND f ->> 'rows' ~ '^[0-9]{1,9}$' END), false)
     FROM json_array_elements(p_files::json) f) END
$$;

CREATE OR REPLACE FUNCTION zhupei.is_counts(p_counts text) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE WHEN length(p_counts) > 1000 OR json_typeof(p_counts::json) <> 'object' THEN false ELSE
    (SELECT array_agg(key ORDER BY key) = ARRAY['blank', 'inserted', 'rejected', 'replaced', 'rows', 'unchanged',
                                                'updated', 'warned']
            AND bool_and(value::text ~ '^[0-9]{1,9}$')
     FROM json_each(p_counts::json)) END
$$;

CREATE OR REPLACE FUNCTION zhupei.begin_import(
  p_batch integer, p_files text, p_counts text, OUT import_id integer, OUT event_seq integer
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  base CONSTANT text := zhupei.require_base();  -- or an end
  counts CONSTANT jsonb := p_counts::jsonb;
BEGIN
  IF zhupei.is_files(p_files) IS NOT TRUE OR zhupei.is_counts(p_counts) IS NOT TRUE THEN
    RAISE EXCEPTION '没有权限' USING ERRCODE = 'insufficient_privilege';
  END IF;
  PERFORM zhupei.take_turn();
  PERFORM zhupei.hold_batch(p_batch);
  import_id := zhupei.take('import_run', 1);
  event_seq := zhupei.take('event', 1);
  PERFORM zhupei.append_event(
    event_seq, 'review.import', p_batch, 'import ' || import_id, NULL, NULL, NULL,
    '{"counts":' || p_counts || ',"files":' || p_files || ',"import":' || import_id || '}');
  INSERT INTO public.import_run (id, kind, batch_id, files, inserted, updated, unchanged, rejected, warned, made_by,
                                 made_at, event_seq)
  VALUES (import_id, 'review', p_batch, p_files::json::text, 0, (counts ->> 'updated')::integer,
          (counts ->> 'unchanged')::integer, (counts ->> 'rejected')::integer, (counts ->> 'warned')::integer,
          session_user, zhupei.right_now(), event_seq);
END $$;

CREATE OR REPLACE FUNCTION zhupei.decide(
  p_batch integer, p_numbers text[], p_decisions text[], p_reasons text[], p_import integer DEFAULT NULL
) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  base CONSTANT text := zhupei.require_base();
  mine integer[];
  many CONSTANT integer := coalesce(cardinality(p_numbers), 0);
  seq integer;
  review integer;
  one record;
  outcome text;
BEGIN
  IF many = 0 THEN
    RETURN 0;
  END IF;
  PERFORM zhupei.take_turn();
  mine := zhupei.my_first_choices();
  PERFORM zhupei.hold_batch(p_batch);
  -- The counters come first, as in the program: the same order of locks knows no deadlock.
  seq := zhupei.take('event', many);
  review := zhupei.take('review', many);
  FOR i IN 1 .. many LOOP
    SELECT a.id, a.application_no, a.status, a.snapshot_version, a.touched_by INTO one FROM public.application a
      WHERE a.application_no = p_numbers[i] AND a.batch_id = p_batch AND a.id = ANY (mine) FOR UPDATE;
    IF NOT FOUND THEN
      RAISE EXCEPTION '没有权限' USING ERRCODE = 'insufficient_privilege';
    END IF;
    outcome := CASE
      WHEN p_decisions[i] = 'approve' AND one.status = 'submitted' THEN 'approved'
      WHEN p_decisions[i] = 'reject' AND one.status = 'submitted' THEN 'rejected'
      WHEN p_decisions[i] = 'return' AND one.status = 'submitted' THEN 'returned'
      WHEN p_decisions[i] = 'revoke' AND one.status IN ('approved', 'rejected') THEN 'submitted'
    END;
    -- zhupei_cli/rules/plain_words.py
    IF length(p_reasons[i]) > 500 OR p_reasons[i] ~ '[\x01-\x1f\x7f-\x9f\ue000-\uf8ff]' THEN
      RAISE EXCEPTION '报名 % 的原因太长，或有读不出的字', one.application_no USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF outcome IS NULL OR (p_decisions[i] <> 'approve' AND coalesce(btrim(p_reasons[i]), '') = '') THEN
      RAISE EXCEPTION '报名 % 现在不能这样审核', one.application_no USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM zhupei.append_event(seq + i - 1, 'review.' || p_decisions[i], p_batch, one.application_no, one.status,
                                outcome, zhupei.masked_text(p_reasons[i]), '{"base":' || to_json(base) || '}');
    INSERT INTO public.review (id, application_id, decision, reason, base_code, snapshot_version, decided_by, decided_at)
    VALUES (review + i - 1, one.id, p_decisions[i], p_reasons[i], base, one.snapshot_version, session_user,
            zhupei.right_now());
    UPDATE public.application a SET status = outcome, touched_by = seq + many - 1 WHERE a.id = one.id;
    INSERT INTO public.import_row (import_id, entity, key, action, before)
      SELECT r.id, 'application', one.id::text, 'updated',
             '{"status":"' || one.status || '","touched_by":' || one.touched_by || '}'
      FROM public.import_run r
      WHERE r.id = p_import AND r.made_by = session_user::text AND r.kind = 'review' AND r.batch_id = p_batch;
  END LOOP;
  RETURN many;
END $$;
