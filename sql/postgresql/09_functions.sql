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
-- The masks, because a view's functions run as whoever asks; what a policy asks, for the same reason.
GRANT EXECUTE ON FUNCTION zhupei.tail, zhupei.masked, zhupei.masked_fields, zhupei.masked_content,
  zhupei.masked_text TO zhupei_auditor;
GRANT EXECUTE ON FUNCTION zhupei.my_base, zhupei.my_applications, zhupei.my_placed, zhupei.my_trainees,
  zhupei.base_application, zhupei.base_choice, zhupei.base_review, zhupei.base_snapshot, zhupei.base_trainee,
  zhupei.base_education, zhupei.base_work, zhupei.base_admission, zhupei.base_preplaced, zhupei.base_score,
  zhupei.base_plan, zhupei.base_event, zhupei.note, zhupei.reveal, zhupei.begin_import, zhupei.decide TO zhupei_base;
GRANT EXECUTE ON FUNCTION zhupei.take_turn TO zhupei_province, zhupei_base, zhupei_owner;
