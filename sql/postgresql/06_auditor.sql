-- Tables with personal data as an auditor reads them: the same names and columns, every row, masked. The views
-- belong to zhupei_keeper; an auditor who changes the search_path finds tables without the columns.
DROP VIEW IF EXISTS zhupei_auditor.snapshot, zhupei_auditor.trainee, zhupei_auditor.education, zhupei_auditor.account,
  zhupei_auditor.import_row, zhupei_auditor.bar, zhupei_auditor.objection, zhupei_auditor.review,
  zhupei_auditor.admission;
CREATE VIEW zhupei_auditor.snapshot WITH (security_barrier) AS
  SELECT application_id, version, id_type, zhupei.masked('id_number', id_number) AS id_number,
         name, gender, date_trunc('year', birth_date)::date AS birth_date, level, school, major, degree, graduated_on,
         zhupei.masked_content(content) AS content, zhupei.masked_text(reason) AS reason, made_at
  FROM public.snapshot;

CREATE VIEW zhupei_auditor.trainee WITH (security_barrier) AS
  SELECT id, id_type, zhupei.masked('id_number', id_number) AS id_number,
         name, gender, date_trunc('year', birth_date)::date AS birth_date, ethnicity, political_status, marital_status, origin_province,
         zhupei.masked('mobile', mobile) AS mobile, zhupei.masked('email', email) AS email,
         zhupei.masked('address', address) AS address, emergency_name,
         zhupei.masked('emergency_phone', emergency_phone) AS emergency_phone, licence_passed,
         zhupei.masked('licence_no', licence_no) AS licence_no, has_employer, created_at, updated_at, touched_by,
         order_oriented, order_county, order_base
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

CREATE VIEW zhupei_auditor.bar WITH (security_barrier) AS
  SELECT id, id_type, zhupei.masked('id_number', id_number) AS id_number, name, kind, from_date, until,
         zhupei.masked_text(reason) AS reason, zhupei.masked_text(source) AS source, state, application_id
  FROM public.bar;

-- Reasons are what somebody typed, numbers of people among it.
CREATE VIEW zhupei_auditor.review WITH (security_barrier) AS
  SELECT id, application_id, decision, zhupei.masked_text(reason) AS reason, base_code, snapshot_version, decided_by,
         decided_at
  FROM public.review;

CREATE VIEW zhupei_auditor.admission WITH (security_barrier) AS
  SELECT application_id, application_status, batch_id, status, live_key, identity, base_code, specialty_code, via, total,
         rank, run_id, zhupei.masked_text(reason) AS reason, decided_at
  FROM public.admission;

-- Whoever objected trusts the office with the name.
CREATE VIEW zhupei_auditor.objection WITH (security_barrier) AS
  SELECT id, batch_id, application_id, base_code, specialty_code,
         CASE WHEN signed IS NOT NULL THEN '***' END::varchar(100) AS signed, zhupei.masked_text(content) AS content,
         received_on, assigned_to, zhupei.masked_text(answer) AS answer, state, upheld,
         zhupei.masked_text(reason) AS reason
  FROM public.objection;

GRANT SELECT ON ALL TABLES IN SCHEMA zhupei_auditor TO zhupei_auditor;
