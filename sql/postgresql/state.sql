-- Everything that 01 to 09 decide, a row each: what, of which object, for whom, how. Not applied, compared.
WITH
ours AS (SELECT oid, nspname FROM pg_namespace WHERE nspname IN ('public', 'zhupei', 'zhupei_base', 'zhupei_auditor')),
relations AS (SELECT c.*, n.nspname || '.' || c.relname AS name FROM pg_class c JOIN ours n ON n.oid = c.relnamespace
              WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')),
functions AS (SELECT p.*, p.oid::regprocedure::text AS name FROM pg_proc p
              WHERE p.pronamespace = to_regnamespace('zhupei')),
held (kind, name, owner, acl) AS (
  SELECT 'database', datname::text, datdba, coalesce(datacl, acldefault('d', datdba)) FROM pg_database
    WHERE datname = current_database()
  UNION ALL SELECT 'schema', nspname::text, nspowner, coalesce(nspacl, acldefault('n', nspowner)) FROM pg_namespace
    WHERE oid IN (SELECT oid FROM ours)
  UNION ALL SELECT 'table', name, relowner, coalesce(relacl, acldefault('r', relowner)) FROM relations
  UNION ALL SELECT 'column', r.name || '.' || a.attname, r.relowner, a.attacl FROM relations r
    JOIN pg_attribute a ON a.attrelid = r.oid WHERE a.attacl IS NOT NULL AND NOT a.attisdropped
  UNION ALL SELECT 'function', name, proowner, coalesce(proacl, acldefault('f', proowner)) FROM functions
)
SELECT kind, name, coalesce(g.rolname, 'PUBLIC')::text AS role, string_agg(DISTINCT x.privilege_type, ', ') AS holds
  FROM held CROSS JOIN LATERAL aclexplode(acl) x LEFT JOIN pg_roles g ON g.oid = x.grantee
  WHERE x.grantee <> held.owner GROUP BY 1, 2, 3
UNION ALL
SELECT 'owner', name, pg_get_userbyid(relowner), relkind::text FROM relations
UNION ALL
SELECT 'rowsecurity', name, '', concat_ws(' ', CASE WHEN relrowsecurity THEN 'ENABLE' END,
                                          CASE WHEN relforcerowsecurity THEN 'FORCE' END)
  FROM relations WHERE relkind IN ('r', 'p')
UNION ALL
SELECT 'policy', schemaname || '.' || tablename || ' ' || policyname, array_to_string(roles, ', '),
       concat_ws(' ', permissive, cmd, 'USING', qual, 'CHECK', with_check)
  FROM pg_policies WHERE schemaname IN ('public', 'zhupei')
UNION ALL
SELECT 'view', schemaname || '.' || viewname, viewowner::text, md5(definition) FROM pg_views
  WHERE schemaname IN (SELECT nspname FROM ours)
UNION ALL
SELECT 'body', name, pg_get_userbyid(proowner),
       concat_ws(' ', CASE WHEN prosecdef THEN 'SECURITY DEFINER' END, array_to_string(proconfig, ' '), md5(prosrc))
  FROM functions
UNION ALL
SELECT 'role', rolname::text, '', concat_ws(' ', CASE WHEN rolcanlogin THEN 'LOGIN' END, CASE WHEN rolsuper THEN 'SUPERUSER' END,
       CASE WHEN rolbypassrls THEN 'BYPASSRLS' END, CASE WHEN rolcreaterole THEN 'CREATEROLE' END)
  FROM pg_roles WHERE rolname IN ('zhupei_owner', 'zhupei_keeper', 'zhupei_province', 'zhupei_base', 'zhupei_auditor')
ORDER BY 1, 2, 3
