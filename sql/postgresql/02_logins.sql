-- Who logs in for which base, and what a base asked to see whole. Nobody reads these tables but the functions here.
CREATE TABLE IF NOT EXISTS zhupei.login (
  login name PRIMARY KEY,
  base_code varchar(32) NOT NULL REFERENCES public.base (code)
);
-- The role itself, not only its name: one that is dropped and made anew under the name is somebody else.
ALTER TABLE zhupei.login ADD COLUMN IF NOT EXISTS role oid;
UPDATE zhupei.login l SET role = r.oid FROM pg_roles r WHERE r.rolname = l.login AND l.role IS NULL;
CREATE TABLE IF NOT EXISTS zhupei.revealed (
  login name NOT NULL,
  application_id integer NOT NULL REFERENCES public.application (id) ON DELETE CASCADE,
  xid xid8 NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (login, application_id)
);

-- session_user is who logged in: no setting, SET ROLE or function changes it. Every search_path is pinned.
CREATE OR REPLACE FUNCTION zhupei.my_base() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT base_code::text FROM zhupei.login WHERE login = session_user AND role = session_user::regrole::oid
$$;

-- First choice, and submitted at least once: a form that is still being filled in is nobody's to read. One that was
-- returned is, and its first choice may be another base by now, also when it is withdrawn then: whoever decided on
-- this version goes on seeing it, everybody else when it is handed in again.
CREATE OR REPLACE FUNCTION zhupei.my_first_choices() RETURNS integer[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(array_agg(a.id), '{}')
  FROM public.batch b
  JOIN public.choice c ON c.batch_id = b.id AND c.base_code = (SELECT zhupei.my_base()) AND c.number = 1
  JOIN public.application a ON a.id = c.application_id AND a.snapshot_version IS NOT NULL
    AND (a.status NOT IN ('returned', 'withdrawn') OR EXISTS (
      SELECT 1 FROM public.review r
      WHERE r.application_id = a.id AND r.base_code = c.base_code AND r.snapshot_version = a.snapshot_version))
$$;

-- Placed with this base, once the batch is published; before it nobody may learn of an admission.
CREATE OR REPLACE FUNCTION zhupei.my_placed() RETURNS integer[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(array_agg(d.application_id), '{}')
  FROM public.batch b
  JOIN public.admission d ON d.batch_id = b.id AND d.base_code = (SELECT zhupei.my_base())
  WHERE b.status IN ('publicity', 'final', 'archived')
$$;

CREATE OR REPLACE FUNCTION zhupei.my_applications() RETURNS integer[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT zhupei.my_first_choices() || zhupei.my_placed()
$$;

CREATE OR REPLACE FUNCTION zhupei.my_trainees() RETURNS integer[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(array_agg(DISTINCT trainee_id), '{}')
  FROM public.application WHERE id = ANY ((SELECT zhupei.my_applications())::integer[])
$$;

-- Only what another transaction asked for and committed: who rolls the asking back has seen nothing.
CREATE OR REPLACE FUNCTION zhupei.my_revealed() RETURNS integer[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(array_agg(application_id), '{}') FROM zhupei.revealed
  WHERE login = session_user AND xid IS DISTINCT FROM pg_current_xact_id_if_assigned()
    AND at > statement_timestamp() - interval '10 minutes'
$$;

CREATE OR REPLACE FUNCTION zhupei.my_revealed_trainees() RETURNS integer[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(array_agg(trainee_id), '{}')
  FROM public.application WHERE id = ANY ((SELECT zhupei.my_revealed())::integer[])
$$;
