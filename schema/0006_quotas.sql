-- What a space holds, counted in its row with each write: the records that are not deleted, and bytes.  A row of
-- record, audit or op counts 200 bytes and those of its JSON (ROW_BYTES in include/store/statement.h).  records_max and
-- bytes_max are limits of this space alone: NULL is that of the settings, 0 is none.
ALTER TABLE space
  ADD COLUMN records     BIGINT NOT NULL DEFAULT 0 COMMENT 'that are not deleted',
  ADD COLUMN bytes       BIGINT NOT NULL DEFAULT 0 COMMENT 'of records, audit and outcomes of ops',
  ADD COLUMN records_max BIGINT NULL,
  ADD COLUMN bytes_max   BIGINT NULL;
-- It reads each table once.  Programs of before would write without counting, so they have to be stopped first; until
-- the end of this file those that are not answer 503.
UPDATE meta SET value = CONCAT(value, ' migrating') WHERE name = 'live' AND value IN ('0', '1');
UPDATE space p
  LEFT JOIN (SELECT space_id, SUM(deleted = 0) AS live, SUM(200 + LENGTH(doc) + COALESCE(LENGTH(doc_private), 0)) AS size
               FROM record GROUP BY space_id) r ON r.space_id = p.id
  LEFT JOIN (SELECT space_id, SUM(200 + COALESCE(LENGTH(changes), 0) + COALESCE(LENGTH(private_changes), 0)) AS size
               FROM audit GROUP BY space_id) a ON a.space_id = p.id
  LEFT JOIN (SELECT space_id, 200 * COUNT(*) AS size FROM op GROUP BY space_id) o ON o.space_id = p.id
   SET p.records = COALESCE(r.live, 0), p.bytes = COALESCE(r.size, 0) + COALESCE(a.size, 0) + COALESCE(o.size, 0);
UPDATE meta SET value = LEFT(value, 1) WHERE name = 'live';
