-- Applications by the state they are in.
SELECT status, COUNT(*) AS people FROM application WHERE batch_id = :batch_id GROUP BY status ORDER BY status
