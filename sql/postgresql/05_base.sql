-- What a base reads of people: the tables' own names and columns in the schema zhupei_base, which a base's login has
-- first in its search_path, so that one and the same query of the program serves everybody. Behind each view is a
-- function of zhupei_keeper that picks the base's rows by session_user and masks what was not revealed. A function
-- is opaque to the planner: no condition of the caller is tried on a row of another base, nothing is estimated from
-- their statistics, and EXPLAIN ANALYZE counts only what the function gave.
DROP VIEW IF EXISTS zhupei_base.application, zhupei_base.choice, zhupei_base.review, zhupei_base.snapshot,
  zhupei_base.trainee, zhupei_base.education, zhupei_base.work, zhupei_base.admission, zhupei_base.score,
  zhupei_base.plan, zhupei_base.event, zhupei_base.preplaced;

CREATE OR REPLACE FUNCTION zhupei.base_application() RETURNS SETOF public.application
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT * FROM public.application WHERE id = ANY ((SELECT zhupei.my_applications())::integer[])
$$;
CREATE OR REPLACE FUNCTION zhupei.base_choice() RETURNS SETOF public.choice
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT * FROM public.choice WHERE application_id = ANY ((SELECT zhupei.my_applications())::integer[])
$$;
CREATE OR REPLACE FUNCTION zhupei.base_review() RETURNS SETOF public.review
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT * FROM public.review WHERE application_id = ANY ((SELECT zhupei.my_applications())::integer[])
$$;
CREATE OR REPLACE FUNCTION zhupei.base_work() RETURNS SETOF public.work
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT * FROM public.work WHERE trainee_id = ANY ((SELECT zhupei.my_trainees())::integer[])
$$;
CREATE OR REPLACE FUNCTION zhupei.base_event() RETURNS SETOF public.event
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT * FROM public.event WHERE who = session_user::text AND (SELECT zhupei.my_base()) IS NOT NULL
    -- Not what one did who had the name before.
    AND seq > coalesce((SELECT max(a.seq) FROM public.event a
                        WHERE a.action = 'login.add' AND a.subject = session_user::text), 0)
$$;
-- Nothing of admission before publication.
CREATE OR REPLACE FUNCTION zhupei.base_admission() RETURNS SETOF public.admission
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT d.* FROM public.admission d JOIN public.batch b ON b.id = d.batch_id
  WHERE d.application_id = ANY ((SELECT zhupei.my_applications())::integer[])
    AND b.status IN ('publicity', 'final', 'archived')
$$;
CREATE OR REPLACE FUNCTION zhupei.base_preplaced() RETURNS SETOF public.preplaced
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT p.* FROM public.preplaced p JOIN public.admission d ON d.application_id = p.application_id
  JOIN public.batch b ON b.id = d.batch_id
  WHERE p.application_id = ANY ((SELECT zhupei.my_applications())::integer[])
    AND b.status IN ('publicity', 'final', 'archived')
$$;
CREATE OR REPLACE FUNCTION zhupei.base_score() RETURNS SETOF public.score
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT * FROM public.score
  WHERE application_id = ANY ((SELECT zhupei.my_placed())::integer[]) AND record IN ('', (SELECT zhupei.my_base()))
$$;
-- Without the seats taken: they would tell of an admission before its publication.
DROP FUNCTION IF EXISTS zhupei.base_plan();
CREATE FUNCTION zhupei.base_plan() RETURNS TABLE (
  batch_id integer, base_code varchar(32), specialty_code varchar(32), quota integer, min_score integer,
  max_own integer, max_entrusted integer, max_social integer, max_postgrad integer,
  reserve_own integer, reserve_entrusted integer, reserve_social integer, reserve_postgrad integer,
  stopped boolean, capacity integer
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT batch_id, base_code, specialty_code, quota, min_score, max_own, max_entrusted, max_social, max_postgrad,
         reserve_own, reserve_entrusted, reserve_social, reserve_postgrad, stopped, capacity
  FROM public.plan WHERE base_code = (SELECT zhupei.my_base())
$$;

CREATE OR REPLACE FUNCTION zhupei.base_snapshot() RETURNS SETOF public.snapshot
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT s.application_id, s.version, s.id_type,
         CASE WHEN whole THEN s.id_number ELSE zhupei.masked('id_number', s.id_number) END::varchar(40),
         s.name, s.gender, CASE WHEN whole THEN s.birth_date ELSE date_trunc('year', s.birth_date)::date END, s.level, s.school, s.major, s.degree, s.graduated_on,
         CASE WHEN whole THEN s.content ELSE zhupei.masked_content(s.content) END, s.reason, s.made_at
  FROM public.snapshot s,
       LATERAL (SELECT s.application_id = ANY ((SELECT zhupei.my_revealed())::integer[]) AS whole) r
  WHERE s.application_id = ANY ((SELECT zhupei.my_applications())::integer[])
$$;
CREATE OR REPLACE FUNCTION zhupei.base_trainee() RETURNS SETOF public.trainee
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT t.id, t.id_type,
         CASE WHEN whole THEN t.id_number ELSE zhupei.masked('id_number', t.id_number) END::varchar(40),
         t.name, t.gender, CASE WHEN whole THEN t.birth_date ELSE date_trunc('year', t.birth_date)::date END, t.ethnicity, t.political_status, t.marital_status, t.origin_province,
         CASE WHEN whole THEN t.mobile ELSE zhupei.masked('mobile', t.mobile) END::varchar(40),
         CASE WHEN whole THEN t.email ELSE zhupei.masked('email', t.email) END::varchar(100),
         CASE WHEN whole THEN t.address ELSE zhupei.masked('address', t.address) END::varchar(200),
         t.emergency_name,
         CASE WHEN whole THEN t.emergency_phone
           ELSE zhupei.masked('emergency_phone', t.emergency_phone) END::varchar(40),
         t.licence_passed,
         CASE WHEN whole THEN t.licence_no ELSE zhupei.masked('licence_no', t.licence_no) END::varchar(40),
         t.has_employer, t.created_at, t.updated_at, t.touched_by, t.order_oriented, t.order_county, t.order_base
  FROM public.trainee t,
       LATERAL (SELECT t.id = ANY ((SELECT zhupei.my_revealed_trainees())::integer[]) AS whole) r
  WHERE t.id = ANY ((SELECT zhupei.my_trainees())::integer[])
$$;
CREATE OR REPLACE FUNCTION zhupei.base_education() RETURNS SETOF public.education
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT id, trainee_id, level, school, major, graduated_on, full_time, degree, degree_type,
         zhupei.masked('diploma_no', diploma_no)::varchar(40), zhupei.masked('degree_no', degree_no)::varchar(40),
         is_fresh
  FROM public.education WHERE trainee_id = ANY ((SELECT zhupei.my_trainees())::integer[])
$$;

CREATE VIEW zhupei_base.application AS SELECT * FROM zhupei.base_application();
CREATE VIEW zhupei_base.choice AS SELECT * FROM zhupei.base_choice();
CREATE VIEW zhupei_base.review AS SELECT * FROM zhupei.base_review();
CREATE VIEW zhupei_base.snapshot AS SELECT * FROM zhupei.base_snapshot();
CREATE VIEW zhupei_base.trainee AS SELECT * FROM zhupei.base_trainee();
CREATE VIEW zhupei_base.education AS SELECT * FROM zhupei.base_education();
CREATE VIEW zhupei_base.work AS SELECT * FROM zhupei.base_work();
CREATE VIEW zhupei_base.admission AS SELECT * FROM zhupei.base_admission();
CREATE VIEW zhupei_base.preplaced AS SELECT * FROM zhupei.base_preplaced();
CREATE VIEW zhupei_base.score AS SELECT * FROM zhupei.base_score();
CREATE VIEW zhupei_base.plan AS SELECT * FROM zhupei.base_plan();
CREATE VIEW zhupei_base.event AS SELECT * FROM zhupei.base_event();
GRANT SELECT ON ALL TABLES IN SCHEMA zhupei_base TO zhupei_base;
