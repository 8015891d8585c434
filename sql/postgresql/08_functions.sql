-- Functions and views belong to the keeper, and only those meant for people may be called by them.
DO $$
DECLARE
  f record;
BEGIN
  FOR f IN SELECT p.oid::regprocedure AS name FROM pg_proc p WHERE p.pronamespace = 'zhupei'::regnamespace LOOP
    EXECUTE format('ALTER FUNCTION %s OWNER TO zhupei_keeper', f.name);
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC, zhupei_province, zhupei_base, zhupei_auditor', f.name);
  END LOOP;
  FOR f IN SELECT schemaname, viewname FROM pg_views WHERE schemaname IN ('zhupei_base', 'zhupei_auditor') LOOP
    EXECUTE format('ALTER VIEW %I.%I OWNER TO zhupei_keeper', f.schemaname, f.viewname);
  END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION zhupei.tail, zhupei.masked, zhupei.masked_fields, zhupei.masked_content
  TO zhupei_base, zhupei_auditor;
GRANT EXECUTE ON FUNCTION zhupei.my_base TO zhupei_base, zhupei_auditor, zhupei_province;
GRANT EXECUTE ON FUNCTION zhupei.my_applications, zhupei.my_placed, zhupei.my_trainees, zhupei.my_revealed,
  zhupei.my_revealed_trainees, zhupei.note, zhupei.reveal, zhupei.begin_import, zhupei.decide TO zhupei_base;
