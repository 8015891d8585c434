-- Optional, on OceanBase alone, tried there: logins of bases that read their own first-choice applicants, and
-- write nothing. No row security exists there: the wall is that a login has no right on any table, only on views
-- with the rights of who made them, that pick its rows. So the commands of zhupei do not run behind these logins:
-- a base looks by SQL, and reviews through workbooks as before.
--
-- After `zhupei db init`, by the administrator, who is the definer; `zhupei` below is the database. Again after an
-- upgrade. Not for MariaDB or MySQL: nobody attacked it there.
--
--     mysql -h HOST -P 2881 -u root -p < walls.sql
--
-- A login of a base (give it a name once; the name says the base, whoever has it):
--
--     CREATE USER 'zhao' IDENTIFIED BY '…';
--     INSERT INTO zhupei_walls.login VALUES ('zhao', '4101001');
--     GRANT SELECT ON zhupei_base.* TO 'zhao';

CREATE DATABASE IF NOT EXISTS zhupei_walls CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE DATABASE IF NOT EXISTS zhupei_base CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE TABLE IF NOT EXISTS zhupei_walls.login (
  user VARCHAR(64) NOT NULL PRIMARY KEY,
  base_code VARCHAR(32) NOT NULL
);

-- Who asks is USER(), CURRENT_USER() is the definer in here. A name may hold an @ itself: the host is after the last.
CREATE OR REPLACE VIEW zhupei_walls.mine AS
SELECT l.base_code FROM zhupei_walls.login l
WHERE l.user = LEFT(USER(), CHAR_LENGTH(USER()) - LOCATE('@', REVERSE(USER())));

-- What a base is the first choice of, as on PostgreSQL: what was returned or withdrawn may be of another one now, so
-- only who decided on this version goes on seeing it, everybody else when it is handed in again.
CREATE OR REPLACE VIEW zhupei_walls.form AS
SELECT a.id, c.specialty_code
FROM zhupei.application a
JOIN zhupei.choice c ON c.application_id = a.id AND c.number = 1
WHERE c.base_code IN (SELECT base_code FROM zhupei_walls.mine) AND a.status <> 'draft'
AND (a.status NOT IN ('returned', 'withdrawn') OR EXISTS (
  SELECT 1 FROM zhupei.review d
  WHERE d.application_id = a.id AND d.base_code = c.base_code AND d.snapshot_version = a.snapshot_version));

-- LIMIT holds conditions of the asker off: tried on rows of others, they would tell of them by their warnings.
CREATE OR REPLACE VIEW zhupei_base.batch AS
SELECT id, code, name, year, status, apply_from, apply_until, review_until FROM zhupei.batch;
CREATE OR REPLACE VIEW zhupei_base.specialty AS SELECT code, name FROM zhupei.specialty;
CREATE OR REPLACE VIEW zhupei_base.base AS SELECT code, name, level, city FROM zhupei.base;
CREATE OR REPLACE VIEW zhupei_base.application AS
SELECT a.id, a.application_no, a.batch_id, a.identity, a.source_type, a.train_years, a.status, a.submitted_at,
       f.specialty_code
FROM zhupei.application a JOIN zhupei_walls.form f ON f.id = a.id
LIMIT 1000000000;
-- Neither numbers of papers and phones, nor the day of birth, which is part of one.
CREATE OR REPLACE VIEW zhupei_base.person AS
SELECT s.application_id, s.name, s.gender, s.level, s.school, s.major, s.degree, s.graduated_on
FROM zhupei.snapshot s
JOIN zhupei.application a ON a.id = s.application_id AND a.snapshot_version = s.version
JOIN zhupei_walls.form f ON f.id = a.id
LIMIT 1000000000;
CREATE OR REPLACE VIEW zhupei_base.review AS
SELECT r.id, r.application_id, r.decision, r.reason, r.decided_at
FROM zhupei.review r
JOIN zhupei_walls.form f ON f.id = r.application_id
LIMIT 1000000000;
-- Without the seats taken: they would tell of an admission before its publication.
CREATE OR REPLACE VIEW zhupei_base.plan AS
SELECT p.batch_id, p.base_code, p.specialty_code, p.quota, p.min_score, p.stopped
FROM zhupei.plan p WHERE p.base_code IN (SELECT base_code FROM zhupei_walls.mine)
LIMIT 1000000000;
