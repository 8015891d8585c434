-- Tables with personal data as a base or an auditor reads them: the same names and columns, masked. A login's
-- search_path puts its schema first, so one and the same query serves everybody; who changes the path finds the
-- tables themselves, whose columns are not granted. The views belong to zhupei_keeper and choose the rows
-- themselves, by session_user; security_barrier keeps a cheap function in a WHERE from looking at others first.
DROP VIEW IF EXISTS zhupei_base.snapshot, zhupei_base.trainee, zhupei_base.education;
CREATE VIEW zhupei_base.snapshot WITH (security_barrier) AS
  SELECT s.application_id, s.version, s.id_type,
         CASE WHEN whole THEN s.id_number ELSE zhupei.masked('id_number', s.id_number) END::varchar(40) AS id_number,
         s.name, s.gender, s.birth_date, s.level, s.school, s.major, s.degree, s.graduated_on,
         CASE WHEN whole THEN s.content ELSE zhupei.masked_content(s.content) END AS content,
         s.reason, s.made_at
  FROM public.snapshot s,
       LATERAL (SELECT s.application_id = ANY ((SELECT zhupei.my_revealed())::integer[]) AS whole) r
  WHERE s.application_id = ANY ((SELECT zhupei.my_applications())::integer[]);

CREATE VIEW zhupei_base.trainee WITH (security_barrier) AS
  SELECT t.id, t.id_type,
         CASE WHEN whole THEN t.id_number ELSE zhupei.masked('id_number', t.id_number) END::varchar(40) AS id_number,
         t.name, t.gender, t.birth_date, t.ethnicity, t.political_status, t.marital_status, t.origin_province,
         CASE WHEN whole THEN t.mobile ELSE zhupei.masked('mobile', t.mobile) END AS mobile,
         CASE WHEN whole THEN t.email ELSE zhupei.masked('email', t.email) END AS email,
         CASE WHEN whole THEN t.address ELSE zhupei.masked('address', t.address) END AS address,
         t.emergency_name,
         CASE WHEN whole THEN t.emergency_phone ELSE zhupei.masked('emergency_phone', t.emergency_phone) END
           AS emergency_phone,
         t.licence_passed,
         CASE WHEN whole THEN t.licence_no ELSE zhupei.masked('licence_no', t.licence_no) END AS licence_no,
         t.has_employer, t.created_at, t.updated_at, t.touched_by
  FROM public.trainee t,
       LATERAL (SELECT t.id = ANY ((SELECT zhupei.my_revealed_trainees())::integer[]) AS whole) r
  WHERE t.id = ANY ((SELECT zhupei.my_trainees())::integer[]);

CREATE VIEW zhupei_base.education WITH (security_barrier) AS
  SELECT e.id, e.trainee_id, e.level, e.school, e.major, e.graduated_on, e.full_time, e.degree, e.degree_type,
         zhupei.masked('diploma_no', e.diploma_no) AS diploma_no, zhupei.masked('degree_no', e.degree_no) AS degree_no,
         e.is_fresh
  FROM public.education e
  WHERE e.trainee_id = ANY ((SELECT zhupei.my_trainees())::integer[]);

DROP VIEW IF EXISTS zhupei_auditor.snapshot, zhupei_auditor.trainee, zhupei_auditor.education, zhupei_auditor.account,
  zhupei_auditor.import_row;
CREATE VIEW zhupei_auditor.snapshot WITH (security_barrier) AS
  SELECT application_id, version, id_type, zhupei.masked('id_number', id_number) AS id_number,
         name, gender, birth_date, level, school, major, degree, graduated_on,
         zhupei.masked_content(content) AS content, reason, made_at
  FROM public.snapshot;

CREATE VIEW zhupei_auditor.trainee WITH (security_barrier) AS
  SELECT id, id_type, zhupei.masked('id_number', id_number) AS id_number,
         name, gender, birth_date, ethnicity, political_status, marital_status, origin_province,
         zhupei.masked('mobile', mobile) AS mobile, zhupei.masked('email', email) AS email,
         zhupei.masked('address', address) AS address, emergency_name,
         zhupei.masked('emergency_phone', emergency_phone) AS emergency_phone, licence_passed,
         zhupei.masked('licence_no', licence_no) AS licence_no, has_employer, created_at, updated_at, touched_by
  FROM public.trainee;

CREATE VIEW zhupei_auditor.education WITH (security_barrier) AS
  SELECT id, trainee_id, level, school, major, graduated_on, full_time, degree, degree_type,
         zhupei.masked('diploma_no', diploma_no) AS diploma_no, zhupei.masked('degree_no', degree_no) AS degree_no,
         is_fresh
  FROM public.education;

CREATE VIEW zhupei_auditor.account WITH (security_barrier) AS
  SELECT trainee_id, username, ''::varchar(255) AS password_hash, business, role, failed_checks, locked_until, created_at
  FROM public.account;

CREATE VIEW zhupei_auditor.import_row WITH (security_barrier) AS
  SELECT import_id, entity, key, action, NULL::text AS before FROM public.import_row;

GRANT SELECT ON zhupei_base.snapshot, zhupei_base.trainee, zhupei_base.education TO zhupei_base;
GRANT SELECT ON zhupei_auditor.snapshot, zhupei_auditor.trainee, zhupei_auditor.education, zhupei_auditor.account,
  zhupei_auditor.import_row TO zhupei_auditor;
