-- Optional, on OceanBase alone: spread the large tables over the nodes of a cluster. No query changes, no key,
-- no promise; `zhupei db check` finds the tables as they should be. After `zhupei db init` (or at any time: the
-- tables are rewritten), while nobody works, by the administrator:
--
--     mysql -h HOST -P 2881 -u USER -p DATABASE < partitions.sql
--
-- Every unique key of a partitioned table must hold what it is partitioned by. So the seats of a batch lie
-- together by the batch; what belongs to one run, import or application, which are of one batch each, by the
-- number of that. `application`, `admission`, `trainee` and `event` stay whole: that a person applies once in a
-- batch, and has one seat in a year, is one key over all of them, and each event is chained to the one before.
--
-- As many partitions as there are processors in the cluster, or a few times that; 16 here. Where a statement fails,
-- those before it hold; each may be run again.

ALTER TABLE plan PARTITION BY HASH (batch_id) PARTITIONS 16;
ALTER TABLE exam_room PARTITION BY HASH (batch_id) PARTITIONS 16;
ALTER TABLE run_row PARTITION BY HASH (run_id) PARTITIONS 16;
ALTER TABLE run_input PARTITION BY HASH (run_id) PARTITIONS 16;
ALTER TABLE import_row PARTITION BY HASH (import_id) PARTITIONS 16;
ALTER TABLE choice PARTITION BY HASH (application_id) PARTITIONS 16;
ALTER TABLE snapshot PARTITION BY HASH (application_id) PARTITIONS 16;
ALTER TABLE score PARTITION BY HASH (application_id) PARTITIONS 16;
