-- Every table belongs to zhupei_owner and lies under row security, forced on the owner too. What is not
-- granted here is taken away, so that applying twice, or after somebody's experiments, gives the same.
DO $$
DECLARE
  t record;
  known CONSTANT text := 'zhupei_province, zhupei_base, zhupei_auditor, zhupei_keeper';
BEGIN
  EXECUTE 'REVOKE ALL ON ALL TABLES IN SCHEMA public, zhupei, zhupei_base, zhupei_auditor FROM PUBLIC, ' || known;
  EXECUTE 'REVOKE ALL ON ALL SEQUENCES IN SCHEMA public, zhupei FROM PUBLIC, ' || known;
  FOR t IN SELECT n.nspname, c.relname, c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
           WHERE n.nspname IN ('public', 'zhupei') AND c.relkind IN ('r', 'p') ORDER BY 1, 2 LOOP
    EXECUTE format('ALTER TABLE %I.%I OWNER TO zhupei_owner', t.nspname, t.relname);
    -- Taking a table's privilege away takes its columns' with it.
    EXECUTE format('REVOKE ALL ON %I.%I FROM PUBLIC, %s', t.nspname, t.relname, known);
    EXECUTE format('ALTER TABLE %I.%I ENABLE ROW LEVEL SECURITY', t.nspname, t.relname);
    EXECUTE format('ALTER TABLE %I.%I FORCE ROW LEVEL SECURITY', t.nspname, t.relname);
  END LOOP;
  FOR t IN SELECT schemaname, tablename, policyname FROM pg_policies WHERE schemaname IN ('public', 'zhupei') LOOP
    EXECUTE format('DROP POLICY %I ON %I.%I', t.policyname, t.schemaname, t.tablename);
  END LOOP;
  FOR t IN SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
           WHERE n.nspname IN ('public', 'zhupei') AND c.relkind IN ('r', 'p') LOOP
    -- The owner's rights serve whoever migrates, never a view or function that a base reaches.
    EXECUTE format('CREATE POLICY owner ON %I.%I TO zhupei_owner USING ((SELECT pg_has_role(session_user, '
                   '''zhupei_owner'', ''MEMBER'')))', t.nspname, t.relname);
    EXECUTE format('CREATE POLICY keeper ON %I.%I TO zhupei_keeper USING (true)', t.nspname, t.relname);
    EXECUTE format('GRANT SELECT ON %I.%I TO zhupei_keeper', t.nspname, t.relname);
    CONTINUE WHEN t.nspname = 'zhupei';
    EXECUTE format('GRANT SELECT ON public.%I TO zhupei_province', t.relname);
    EXECUTE format('CREATE POLICY auditor ON public.%I FOR SELECT TO zhupei_auditor USING (true)', t.relname);
    IF t.relname IN ('event', 'alembic_version') THEN
      EXECUTE format('CREATE POLICY province ON public.%I FOR SELECT TO zhupei_province USING (true)', t.relname);
    ELSE
      EXECUTE format('GRANT INSERT, UPDATE, DELETE ON public.%I TO zhupei_province', t.relname);
      EXECUTE format('CREATE POLICY province ON public.%I TO zhupei_province USING (true)', t.relname);
    END IF;
    -- Tables with personal data or secrets are read masked, through views of the same names.
    IF t.relname NOT IN ('trainee', 'snapshot', 'education', 'account', 'trainee_photo', 'import_row', 'bar',
                         'objection', 'review', 'admission') THEN
      EXECUTE format('GRANT SELECT ON public.%I TO zhupei_auditor', t.relname);
    END IF;
  END LOOP;
END $$;

-- Events are appended, each by the login that acts: who cannot be forged.
GRANT INSERT ON public.event TO zhupei_province;
CREATE POLICY province_append ON public.event FOR INSERT TO zhupei_province WITH CHECK (who = session_user::text);

-- What the functions write for a base.
GRANT INSERT ON public.event, public.review, public.import_run, public.import_row TO zhupei_keeper;
GRANT INSERT, UPDATE ON public.counter TO zhupei_keeper;
GRANT UPDATE (status, touched_by) ON public.application TO zhupei_keeper;
GRANT UPDATE (status) ON public.batch TO zhupei_keeper;  -- to hold a batch while something of it is decided
GRANT INSERT, UPDATE, DELETE ON zhupei.revealed TO zhupei_keeper;

-- The province keeps the map of logins' bases by `db user`; who may make logins is the server's question.
GRANT SELECT, INSERT, UPDATE, DELETE ON zhupei.login TO zhupei_owner;

-- A base reads reference data here. Whatever speaks of people it reads through functions (05_base.sql), not from
-- the tables: EXPLAIN ANALYZE counts the rows that row security removed, and would tell what exists elsewhere.
GRANT SELECT ON public.alembic_version, public.batch, public.batch_setting, public.specialty TO zhupei_base;
GRANT SELECT (code, name, aliases, level, city, uscc, status, main_code, is_joint, institution) ON public.base TO zhupei_base;
CREATE POLICY base ON public.alembic_version FOR SELECT TO zhupei_base USING (true);
CREATE POLICY base ON public.batch FOR SELECT TO zhupei_base USING (true);
CREATE POLICY base ON public.batch_setting FOR SELECT TO zhupei_base USING (true);
CREATE POLICY base ON public.specialty FOR SELECT TO zhupei_base USING (true);
CREATE POLICY base ON public.base FOR SELECT TO zhupei_base USING (true);

-- The second wall: should somebody grant a base one of these tables, it still finds no more than its own rows. The
-- sub-select runs once a statement.
CREATE POLICY base ON public.plan FOR SELECT TO zhupei_base USING (base_code = (SELECT zhupei.my_base()));
CREATE POLICY base ON public.event FOR SELECT TO zhupei_base USING (who = session_user::text);
CREATE POLICY base ON public.application FOR SELECT TO zhupei_base
  USING (id = ANY ((SELECT zhupei.my_applications())::integer[]));
CREATE POLICY base ON public.choice FOR SELECT TO zhupei_base
  USING (application_id = ANY ((SELECT zhupei.my_applications())::integer[]));
CREATE POLICY base ON public.review FOR SELECT TO zhupei_base
  USING (application_id = ANY ((SELECT zhupei.my_applications())::integer[]));
CREATE POLICY base ON public.snapshot FOR SELECT TO zhupei_base
  USING (application_id = ANY ((SELECT zhupei.my_applications())::integer[]));
CREATE POLICY base ON public.trainee FOR SELECT TO zhupei_base
  USING (id = ANY ((SELECT zhupei.my_trainees())::integer[]));
CREATE POLICY base ON public.education FOR SELECT TO zhupei_base
  USING (trainee_id = ANY ((SELECT zhupei.my_trainees())::integer[]));
CREATE POLICY base ON public.work FOR SELECT TO zhupei_base
  USING (trainee_id = ANY ((SELECT zhupei.my_trainees())::integer[]));
CREATE POLICY base ON public.admission FOR SELECT TO zhupei_base
  USING (application_id = ANY ((SELECT zhupei.my_applications())::integer[])
         AND batch_id IN (SELECT id FROM public.batch WHERE status IN ('publicity', 'final', 'archived')));
CREATE POLICY base ON public.score FOR SELECT TO zhupei_base
  USING (application_id = ANY ((SELECT zhupei.my_placed())::integer[])
         AND record IN ('', (SELECT zhupei.my_base())));

-- An auditor: columns without the numbers of papers and phones, nor the date of birth, which is part of one.
GRANT SELECT (application_id, version, id_type, name, gender, level, school, major, degree, graduated_on,
  made_at) ON public.snapshot TO zhupei_auditor;
GRANT SELECT (id, id_type, name, gender, ethnicity, political_status, marital_status, origin_province,
  licence_passed, has_employer, created_at, updated_at, touched_by) ON public.trainee TO zhupei_auditor;
GRANT SELECT (id, trainee_id, level, school, major, graduated_on, full_time, degree, degree_type, is_fresh)
  ON public.education TO zhupei_auditor;
GRANT SELECT (trainee_id, username, business, role, failed_checks, locked_until, created_at)
  ON public.account TO zhupei_auditor;
GRANT SELECT (trainee_id, mime) ON public.trainee_photo TO zhupei_auditor;
GRANT SELECT (id, application_id, decision, base_code, snapshot_version, decided_by, decided_at)
  ON public.review TO zhupei_auditor;
GRANT SELECT (application_id, application_status, batch_id, status, live_key, identity, base_code, specialty_code, via,
  total, rank, run_id, decided_at) ON public.admission TO zhupei_auditor;
GRANT SELECT (import_id, entity, key, action) ON public.import_row TO zhupei_auditor;
