-- The roles of the office. None of them can log in: people have logins of their own, each a member of one.
--   zhupei_owner     owns tables and schemas; whoever may migrate the database is its member
--   zhupei_keeper    owns the functions and views through which bases and auditors reach what is hidden
--   zhupei_province  does all the work, but cannot change events nor the tables themselves
--   zhupei_base      reads what its base reviews or got, and decides through functions; writes nothing
--   zhupei_auditor   reads everything masked, and the events
DO $$
DECLARE wanted text;
BEGIN
  FOREACH wanted IN ARRAY ARRAY['zhupei_owner', 'zhupei_keeper', 'zhupei_province', 'zhupei_base', 'zhupei_auditor'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
      EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
    END IF;
  END LOOP;
  IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    ALTER ROLE zhupei_owner NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB;
    ALTER ROLE zhupei_keeper NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB;
    ALTER ROLE zhupei_province NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB;
    ALTER ROLE zhupei_base NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB;
    ALTER ROLE zhupei_auditor NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB;
    -- Large objects belong to no table: nobody but the superuser needs to make or read them here.
    REVOKE EXECUTE ON FUNCTION lo_creat(integer), lo_create(oid), lo_from_bytea(oid, bytea), lo_open(oid, integer),
      lo_get(oid), lo_get(oid, bigint, integer), lo_put(oid, bigint, bytea) FROM PUBLIC;
    -- Who holds the writers' lock keeps everybody else from writing: it is taken by zhupei.take_turn() alone.
    FOR wanted IN SELECT oid::regprocedure::text FROM pg_proc
        WHERE pronamespace = 'pg_catalog'::regnamespace AND proname ~ '^pg_(try_)?advisory_' LOOP
      EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', wanted);
    END LOOP;
    GRANT EXECUTE ON FUNCTION pg_advisory_xact_lock(bigint) TO zhupei_owner, zhupei_keeper;
  ELSE
    -- An administrator without superuser rights hands the tables over and must still be able to migrate them.
    EXECUTE format('GRANT zhupei_owner, zhupei_keeper TO %I WITH INHERIT TRUE, SET TRUE', current_user);
  END IF;
END $$;

CREATE SCHEMA IF NOT EXISTS zhupei;          -- functions, the map of logins
CREATE SCHEMA IF NOT EXISTS zhupei_base;     -- tables as a base may see them, under the tables' own names
CREATE SCHEMA IF NOT EXISTS zhupei_auditor;  -- … and as an auditor may

DO $$
DECLARE this name := current_database();
BEGIN
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC, zhupei_province, zhupei_base, zhupei_auditor', this);
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO zhupei_province, zhupei_base, zhupei_auditor', this);
END $$;
REVOKE ALL ON SCHEMA public, zhupei, zhupei_base, zhupei_auditor
  FROM PUBLIC, zhupei_province, zhupei_base, zhupei_auditor, zhupei_keeper;
GRANT USAGE ON SCHEMA public TO zhupei_province, zhupei_base, zhupei_auditor, zhupei_keeper;
GRANT USAGE ON SCHEMA zhupei TO zhupei_province, zhupei_base, zhupei_auditor;
GRANT USAGE ON SCHEMA zhupei_base TO zhupei_base;
GRANT USAGE ON SCHEMA zhupei_auditor TO zhupei_auditor;
GRANT USAGE, CREATE ON SCHEMA public, zhupei TO zhupei_owner;
GRANT USAGE, CREATE ON SCHEMA zhupei, zhupei_base, zhupei_auditor TO zhupei_keeper;
