-- Whose records a member sees beside their own, by the supervisors, seniors and finance people of `employees`.  A row
-- with an owner of zeros stands for everybody.  Whoever oversees somebody has a row of themselves too, so that one
-- look-up says whose records they see.
CREATE TABLE oversight (
  space_id BINARY(16) NOT NULL,
  user_id  BINARY(16) NOT NULL COMMENT 'who sees',
  owner_id BINARY(16) NOT NULL COMMENT 'whose records',
  PRIMARY KEY (space_id, user_id, owner_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The same beside the role, so that who asks is read with whom they oversee: the ids of the owners in ascending order,
-- 16 bytes each, without the member's own.  NULL: nobody.
ALTER TABLE member ADD COLUMN oversees MEDIUMBLOB NULL;

-- Supervisors were known before.
SET SESSION group_concat_max_len = 1048576;
INSERT IGNORE INTO oversight (space_id, user_id, owner_id)
SELECT e.space_id, s.owner_id, e.owner_id
  FROM record e
  JOIN record s ON s.space_id = e.space_id AND s.collection = 'employees' AND s.deleted = 0
   AND s.id = IF(JSON_VALUE(e.doc, '$.supervisor') REGEXP
       '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
       CAST(CONCAT(X'00', UNHEX(REPLACE(JSON_VALUE(e.doc, '$.supervisor'), '-', ''))) AS BINARY),
       CAST(JSON_VALUE(e.doc, '$.supervisor') AS BINARY))
   AND s.owner_id = UNHEX(REPLACE(JSON_VALUE(s.doc, '$.user'), '-', ''))
   AND COALESCE(JSON_VALUE(s.doc, '$.status'), 'active') = 'active'
  JOIN member m ON m.space_id = s.space_id AND m.user_id = s.owner_id
 WHERE e.collection = 'employees' AND e.deleted = 0 AND s.owner_id <> e.owner_id
   AND e.owner_id = UNHEX(REPLACE(JSON_VALUE(e.doc, '$.user'), '-', ''));
UPDATE member m
  JOIN (SELECT space_id, user_id, GROUP_CONCAT(owner_id ORDER BY owner_id SEPARATOR '') AS ids
          FROM oversight
         WHERE owner_id <> user_id
         GROUP BY space_id, user_id) o ON o.space_id = m.space_id AND o.user_id = m.user_id
   SET m.oversees = o.ids;
INSERT IGNORE INTO oversight (space_id, user_id, owner_id)
SELECT space_id, user_id, user_id
  FROM member
 WHERE oversees IS NOT NULL;
