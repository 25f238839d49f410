-- Ids in few bytes.  An id that Daybook makes (of a user, a space, a session and the like) is BINARY(16): the bytes of
-- its UUID.  The id of a record or an op, which a client chooses, is VARBINARY(65): a text, or for a UUID in lower case
-- a zero byte and its bytes.  No other column has one of these types, because lib/store/db.c tells ids by them.  The
-- tables of records and of the audit are compressed: what stands in each row again, such as the name of the collection
-- and of each field, then takes little.
--
-- Each table is copied into a new one, which takes its place.  Programs of before would find nobody in the new tables,
-- so they have to be stopped first.  Those that are not answer 503 while the tables are copied.
UPDATE meta SET value = CONCAT(value, ' migrating') WHERE name = 'live' AND value IN ('0', '1');

-- Who signs in.  email is stored in lower case.  password is NULL for people who come only through an external issuer.
CREATE TABLE new_user (
  id         BINARY(16)   NOT NULL,
  email      VARCHAR(254) NOT NULL,
  name       VARCHAR(100) NOT NULL,
  password   VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NULL,
  home_space BINARY(16)   NOT NULL,
  disabled   TINYINT      NOT NULL DEFAULT 0,
  created_at DATETIME(3)  NOT NULL,
  deleted_at DATETIME(3)  NULL,
  PRIMARY KEY (id),
  UNIQUE KEY email (email)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
INSERT INTO new_user (id, email, name, password, home_space, disabled, created_at, deleted_at)
SELECT UNHEX(REPLACE(id, '-', '')), email, name, password, UNHEX(REPLACE(home_space, '-', '')), disabled, created_at,
       deleted_at
  FROM user;
RENAME TABLE user TO old_user, new_user TO user;
DROP TABLE old_user;

-- Subjects of external issuers.  Never matched by e-mail.
CREATE TABLE new_identity (
  issuer     VARCHAR(255) NOT NULL,
  subject    VARCHAR(255) NOT NULL,
  user_id    BINARY(16)   NOT NULL,
  created_at DATETIME(3)  NOT NULL,
  PRIMARY KEY (issuer, subject),
  KEY user_id (user_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
INSERT INTO new_identity (issuer, subject, user_id, created_at)
SELECT issuer, subject, UNHEX(REPLACE(user_id, '-', '')), created_at
  FROM identity;
RENAME TABLE identity TO old_identity, new_identity TO identity;
DROP TABLE old_identity;

-- Sign-ins and API tokens.  hash is SHA-256 of the current refresh token or of the API token.  The next refresh token
-- is HMAC-SHA256(seed, current one), so a repeated refresh gives the same answer, and a spent one is recognised by
-- walking the chain from it to hash; neither column alone yields a token.
CREATE TABLE new_session (
  id           BINARY(16)   NOT NULL,
  user_id      BINARY(16)   NOT NULL,
  kind         VARCHAR(8)   CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'sign-in, token or pin',
  hash         BINARY(32)   NOT NULL,
  seed         BINARY(32)   NULL,
  device_id    VARCHAR(64)  CHARACTER SET ascii COLLATE ascii_bin NULL,
  name         VARCHAR(100) NOT NULL COMMENT 'for people: the browser, or what the token is for',
  scope        VARCHAR(8)   CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'read, write, admin',
  space_id     BINARY(16)   NULL COMMENT 'of a token or PIN: the one space it may enter',
  cookie       TINYINT      NOT NULL DEFAULT 0,
  created_at   DATETIME(3)  NOT NULL,
  last_used_at DATETIME(3)  NOT NULL,
  expires_at   DATETIME(3)  NULL,
  revoked_at   DATETIME(3)  NULL,
  handheld_id  BINARY(16)   NULL,
  PRIMARY KEY (id),
  UNIQUE KEY hash (hash),
  KEY user_id (user_id, created_at),
  KEY expires_at (expires_at),
  KEY handheld_id (handheld_id, revoked_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
INSERT INTO new_session (id, user_id, kind, hash, seed, device_id, name, scope, space_id, cookie, created_at,
       last_used_at, expires_at, revoked_at, handheld_id)
SELECT UNHEX(REPLACE(id, '-', '')), UNHEX(REPLACE(user_id, '-', '')), kind, hash, seed, device_id, name, scope,
       UNHEX(REPLACE(space_id, '-', '')), cookie, created_at, last_used_at, expires_at, revoked_at,
       UNHEX(REPLACE(handheld_id, '-', ''))
  FROM session;
RENAME TABLE session TO old_session, new_session TO session;
DROP TABLE old_session;

-- The owner of data.  Its row is the lock writers queue at: seq is gapless and in commit order.
CREATE TABLE new_space (
  id         BINARY(16)   NOT NULL,
  kind       VARCHAR(8)   CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'personal or team',
  name       VARCHAR(100) NOT NULL,
  seq        BIGINT       UNSIGNED NOT NULL DEFAULT 0,
  min_seq    BIGINT       UNSIGNED NOT NULL DEFAULT 0 COMMENT 'tombstones with seq <= min_seq are purged',
  epoch      CHAR(32)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  chain      BINARY(32)   NOT NULL COMMENT 'hash of the last audit row; zeros before the first',
  last_at    DATETIME(3)  NOT NULL COMMENT 'at of the last audit row: the clock of a space never goes back',
  created_at DATETIME(3)  NOT NULL,
  deleted_at DATETIME(3)  NULL,
  erased_at  DATETIME(3)  NULL COMMENT 'nothing but its sealed audit is left',
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
INSERT INTO new_space (id, kind, name, seq, min_seq, epoch, chain, last_at, created_at, deleted_at, erased_at)
SELECT UNHEX(REPLACE(id, '-', '')), kind, name, seq, min_seq, epoch, chain, last_at, created_at, deleted_at, erased_at
  FROM space;
RENAME TABLE space TO old_space, new_space TO space;
DROP TABLE old_space;

-- A user in a space.  view_epoch is drawn from the space's seq whenever what the member may see changes.
CREATE TABLE new_member (
  space_id   BINARY(16)  NOT NULL,
  user_id    BINARY(16)  NOT NULL,
  role       VARCHAR(8)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'owner, manager, member, viewer',
  view_epoch BIGINT      UNSIGNED NOT NULL DEFAULT 0,
  joined_at  DATETIME(3) NOT NULL,
  PRIMARY KEY (space_id, user_id),
  KEY user_id (user_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
INSERT INTO new_member (space_id, user_id, role, view_epoch, joined_at)
SELECT UNHEX(REPLACE(space_id, '-', '')), UNHEX(REPLACE(user_id, '-', '')), role, view_epoch, joined_at
  FROM member;
RENAME TABLE member TO old_member, new_member TO member;
DROP TABLE old_member;

-- The epochs of a space as a tree: an operator's restore starts a new one, cut from its parent at cut_seq.
CREATE TABLE new_space_epoch (
  space_id BINARY(16)  NOT NULL,
  epoch    CHAR(32)    CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  parent   CHAR(32)    CHARACTER SET ascii COLLATE ascii_bin NULL,
  cut_seq  BIGINT      UNSIGNED NOT NULL DEFAULT 0,
  at       DATETIME(3) NOT NULL,
  PRIMARY KEY (space_id, epoch)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
INSERT INTO new_space_epoch (space_id, epoch, parent, cut_seq, at)
SELECT UNHEX(REPLACE(space_id, '-', '')), epoch, parent, cut_seq, at
  FROM space_epoch;
RENAME TABLE space_epoch TO old_space_epoch, new_space_epoch TO space_epoch;
DROP TABLE old_space_epoch;

-- One installation of a client.
CREATE TABLE new_device (
  user_id    BINARY(16)   NOT NULL,
  id         VARCHAR(64)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  name       VARCHAR(100) NOT NULL,
  created_at DATETIME(3)  NOT NULL,
  last_seen  DATETIME(3)  NOT NULL,
  PRIMARY KEY (user_id, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
INSERT INTO new_device (user_id, id, name, created_at, last_seen)
SELECT UNHEX(REPLACE(user_id, '-', '')), id, name, created_at, last_seen
  FROM device;
RENAME TABLE device TO old_device, new_device TO device;
DROP TABLE old_device;

-- Where a device stands in a space: seq it has, head last offered to it by check-update, and whether it was marked by
-- hand.
CREATE TABLE new_device_space (
  user_id   BINARY(16)  NOT NULL,
  device_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  space_id  BINARY(16)  NOT NULL,
  epoch     CHAR(32)    CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  seq       BIGINT      UNSIGNED NOT NULL DEFAULT 0,
  offered   BIGINT      UNSIGNED NOT NULL DEFAULT 0,
  marked    TINYINT     NOT NULL DEFAULT 0,
  synced_at DATETIME(3) NULL,
  PRIMARY KEY (user_id, device_id, space_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
INSERT INTO new_device_space (user_id, device_id, space_id, epoch, seq, offered, marked, synced_at)
SELECT UNHEX(REPLACE(user_id, '-', '')), device_id, UNHEX(REPLACE(space_id, '-', '')), epoch, seq, offered, marked,
       synced_at
  FROM device_space;
RENAME TABLE device_space TO old_device_space, new_device_space TO device_space;
DROP TABLE old_device_space;

-- The records.  doc is the canonical JSON object of the declared fields, written by us and spliced into answers as it
-- is; private fields live in doc_private.  sort_key orders by the definition's order field, byte by byte.
CREATE TABLE new_record (
  space_id    BINARY(16)    NOT NULL,
  collection  VARCHAR(40)   CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  id          VARBINARY(65) NOT NULL,
  version     BIGINT        UNSIGNED NOT NULL,
  seq         BIGINT        UNSIGNED NOT NULL,
  tx_seq      BIGINT        UNSIGNED NOT NULL COMMENT 'seq of the first write of its transaction',
  owner_id    BINARY(16)    NOT NULL,
  deleted     TINYINT       NOT NULL DEFAULT 0,
  sort_key    VARBINARY(64) NOT NULL,
  doc         MEDIUMTEXT    NOT NULL CHECK (JSON_VALID(doc)),
  doc_private MEDIUMTEXT    NULL CHECK (doc_private IS NULL OR JSON_VALID(doc_private)),
  created_at  DATETIME(3)   NOT NULL,
  created_by  BINARY(16)    NOT NULL,
  updated_at  DATETIME(3)   NOT NULL,
  updated_by  BINARY(16)    NOT NULL,
  reader_id   BINARY(16)    NULL COMMENT 'who alone reads it beside its owner; mostly NULL',
  PRIMARY KEY (space_id, collection, id),
  UNIQUE KEY feed (space_id, seq),
  KEY list_own (space_id, collection, owner_id, sort_key, id),
  KEY list_all (space_id, collection, sort_key, id)
) ENGINE=InnoDB ROW_FORMAT=COMPRESSED KEY_BLOCK_SIZE=8 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
INSERT INTO new_record (space_id, collection, id, version, seq, tx_seq, owner_id, deleted, sort_key, doc,
       doc_private, created_at, created_by, updated_at, updated_by, reader_id)
SELECT UNHEX(REPLACE(space_id, '-', '')), collection, IF(id REGEXP '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$',
       CONCAT(X'00', UNHEX(REPLACE(id, '-', ''))), id), version, seq, tx_seq, UNHEX(REPLACE(owner_id, '-', '')),
       deleted, sort_key, doc, doc_private, created_at, UNHEX(REPLACE(created_by, '-', '')), updated_at,
       UNHEX(REPLACE(updated_by, '-', '')), UNHEX(REPLACE(reader_id, '-', ''))
  FROM record;
RENAME TABLE record TO old_record, new_record TO record;
DROP TABLE old_record;

-- One row per write, in its transaction.  changes is {"field":[old,new],…} in canonical JSON.  digest and hash: see
-- include/record/audit.h.
CREATE TABLE new_audit (
  space_id        BINARY(16)    NOT NULL,
  seq             BIGINT        UNSIGNED NOT NULL,
  tx_seq          BIGINT        UNSIGNED NOT NULL,
  collection      VARCHAR(40)   CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  record_id       VARBINARY(65) NOT NULL,
  version         BIGINT        UNSIGNED NOT NULL,
  owner_id        BINARY(16)    NOT NULL COMMENT 'after the write',
  prev_owner_id   BINARY(16)    NULL COMMENT 'before it, where it changed',
  action          VARCHAR(12)   CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  changes         MEDIUMTEXT    NULL,
  private_changes MEDIUMTEXT    NULL,
  salt            VARBINARY(16) NULL,
  digest          BINARY(32)    NOT NULL,
  user_id         BINARY(16)    NOT NULL,
  device_id       VARCHAR(64)   CHARACTER SET ascii COLLATE ascii_bin NULL,
  op_id           VARBINARY(65) NULL,
  cause           VARCHAR(64)   CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'the op, action or import it belongs to',
  at              DATETIME(3)   NOT NULL,
  claimed_at      DATETIME(3)   NULL COMMENT 'when the device says the person did it',
  hash            BINARY(32)    NOT NULL,
  reader_id       BINARY(16)    NULL COMMENT 'as the record has it; never changes, so it needs no seal of its own',
  PRIMARY KEY (space_id, seq),
  KEY record (space_id, collection, record_id, version),
  KEY op (space_id, user_id, op_id),
  KEY left_view (space_id, prev_owner_id, seq),
  KEY at (space_id, at)
) ENGINE=InnoDB ROW_FORMAT=COMPRESSED KEY_BLOCK_SIZE=8 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
INSERT INTO new_audit (space_id, seq, tx_seq, collection, record_id, version, owner_id, prev_owner_id, action,
       changes, private_changes, salt, digest, user_id, device_id, op_id, cause, at, claimed_at, hash, reader_id)
SELECT UNHEX(REPLACE(space_id, '-', '')), seq, tx_seq, collection,
       IF(record_id REGEXP '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$',
       CONCAT(X'00', UNHEX(REPLACE(record_id, '-', ''))), record_id), version, UNHEX(REPLACE(owner_id, '-', '')),
       UNHEX(REPLACE(prev_owner_id, '-', '')), action, changes, private_changes, salt, digest,
       UNHEX(REPLACE(user_id, '-', '')), device_id, IF(op_id REGEXP '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$',
       CONCAT(X'00', UNHEX(REPLACE(op_id, '-', ''))), op_id), cause, at, claimed_at, hash,
       UNHEX(REPLACE(reader_id, '-', ''))
  FROM audit;
RENAME TABLE audit TO old_audit, new_audit TO audit;
DROP TABLE old_audit;

-- The outcome of each op that was applied or changed nothing: what a resent op is answered with.
CREATE TABLE new_op (
  space_id   BINARY(16)    NOT NULL,
  user_id    BINARY(16)    NOT NULL,
  op_id      VARBINARY(65) NOT NULL,
  hash       BINARY(32)    NOT NULL COMMENT 'of collection, id and set or delete; never of base or time',
  collection VARCHAR(40)   CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  record_id  VARBINARY(65) NOT NULL,
  status     VARCHAR(9)    CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'applied, merged, unchanged',
  version    BIGINT        UNSIGNED NOT NULL,
  seq        BIGINT        UNSIGNED NOT NULL,
  at         DATETIME(3)   NOT NULL,
  PRIMARY KEY (space_id, user_id, op_id),
  KEY at (at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
INSERT INTO new_op (space_id, user_id, op_id, hash, collection, record_id, status, version, seq, at)
SELECT UNHEX(REPLACE(space_id, '-', '')), UNHEX(REPLACE(user_id, '-', '')),
       IF(op_id REGEXP '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$',
       CONCAT(X'00', UNHEX(REPLACE(op_id, '-', ''))), op_id), hash, collection,
       IF(record_id REGEXP '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$',
       CONCAT(X'00', UNHEX(REPLACE(record_id, '-', ''))), record_id), status, version, seq, at
  FROM op;
RENAME TABLE op TO old_op, new_op TO op;
DROP TABLE old_op;

-- A link that makes its holder a member.  hash is SHA-256 of the token in the link; the token itself is nowhere.
CREATE TABLE new_invitation (
  id          BINARY(16)   NOT NULL,
  space_id    BINARY(16)   NOT NULL,
  hash        BINARY(32)   NOT NULL,
  role        VARCHAR(8)   CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  email       VARCHAR(254) NULL COMMENT 'where it was sent; only this account may take it',
  created_by  BINARY(16)   NOT NULL,
  created_at  DATETIME(3)  NOT NULL,
  expires_at  DATETIME(3)  NOT NULL,
  accepted_at DATETIME(3)  NULL,
  accepted_by BINARY(16)   NULL,
  revoked_at  DATETIME(3)  NULL,
  PRIMARY KEY (id),
  UNIQUE KEY hash (hash),
  KEY space_id (space_id, created_at),
  KEY created_by (created_by, created_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
INSERT INTO new_invitation (id, space_id, hash, role, email, created_by, created_at, expires_at, accepted_at,
       accepted_by, revoked_at)
SELECT UNHEX(REPLACE(id, '-', '')), UNHEX(REPLACE(space_id, '-', '')), hash, role, email,
       UNHEX(REPLACE(created_by, '-', '')), created_at, expires_at, accepted_at,
       UNHEX(REPLACE(accepted_by, '-', '')), revoked_at
  FROM invitation;
RENAME TABLE invitation TO old_invitation, new_invitation TO invitation;
DROP TABLE old_invitation;

-- A forgotten password: hash of the token in the mail.
CREATE TABLE new_password_reset (
  hash       BINARY(32)  NOT NULL,
  user_id    BINARY(16)  NOT NULL,
  created_at DATETIME(3) NOT NULL,
  expires_at DATETIME(3) NOT NULL,
  used_at    DATETIME(3) NULL,
  PRIMARY KEY (hash),
  KEY user_id (user_id),
  KEY expires_at (expires_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
INSERT INTO new_password_reset (hash, user_id, created_at, expires_at, used_at)
SELECT hash, UNHEX(REPLACE(user_id, '-', '')), created_at, expires_at, used_at
  FROM password_reset;
RENAME TABLE password_reset TO old_password_reset, new_password_reset TO password_reset;
DROP TABLE old_password_reset;

-- What the housekeeper does: mail.
CREATE TABLE new_job (
  id          BINARY(16)   NOT NULL,
  kind        VARCHAR(16)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  payload     MEDIUMTEXT   NOT NULL COMMENT 'JSON; emptied once the job is done',
  state       VARCHAR(8)   CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'waiting, running, done, failed',
  tries       INT          NOT NULL DEFAULT 0,
  run_after   DATETIME(3)  NOT NULL,
  created_at  DATETIME(3)  NOT NULL,
  finished_at DATETIME(3)  NULL,
  error       VARCHAR(255) NULL,
  PRIMARY KEY (id),
  KEY state (state, run_after)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
INSERT INTO new_job (id, kind, payload, state, tries, run_after, created_at, finished_at, error)
SELECT UNHEX(REPLACE(id, '-', '')), kind, payload, state, tries, run_after, created_at, finished_at, error
  FROM job;
RENAME TABLE job TO old_job, new_job TO job;
DROP TABLE old_job;

-- Photos and receipts, by the SHA-256 of their content.  Only whole files stand here.
CREATE TABLE new_attachment (
  space_id   BINARY(16)  NOT NULL,
  sha256     BINARY(32)  NOT NULL,
  type       VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'see include/base/sniff.h',
  size       BIGINT      UNSIGNED NOT NULL,
  upload_id  BINARY(16)  NOT NULL COMMENT 'the upload whose chunks are the content',
  named      TINYINT     NOT NULL DEFAULT 0 COMMENT 'a record names it or did: tidy leaves it alone',
  created_at DATETIME(3) NOT NULL,
  PRIMARY KEY (space_id, sha256),
  KEY named (named, created_at),
  KEY size (space_id, size)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
INSERT INTO new_attachment (space_id, sha256, type, size, upload_id, named, created_at)
SELECT UNHEX(REPLACE(space_id, '-', '')), sha256, type, size, UNHEX(REPLACE(upload_id, '-', '')), named, created_at
  FROM attachment;
RENAME TABLE attachment TO old_attachment, new_attachment TO attachment;
DROP TABLE old_attachment;

-- What a person sends or has sent: one row for each person and file.  received = size: it is whole, and this person had
-- all of it, so they may read it and put it into a record; named = 1: they have done so.
CREATE TABLE new_attachment_upload (
  space_id   BINARY(16)  NOT NULL,
  id         BINARY(16)  NOT NULL,
  sha256     BINARY(32)  NOT NULL,
  user_id    BINARY(16)  NOT NULL,
  size       BIGINT      UNSIGNED NOT NULL,
  received   BIGINT      UNSIGNED NOT NULL DEFAULT 0,
  named      TINYINT     NOT NULL DEFAULT 0,
  changed_at DATETIME(3) NOT NULL,
  PRIMARY KEY (space_id, id),
  UNIQUE KEY sha256 (space_id, sha256, user_id),
  KEY changed_at (changed_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
INSERT INTO new_attachment_upload (space_id, id, sha256, user_id, size, received, named, changed_at)
SELECT UNHEX(REPLACE(space_id, '-', '')), UNHEX(REPLACE(id, '-', '')), sha256, UNHEX(REPLACE(user_id, '-', '')),
       size, received, named, changed_at
  FROM attachment_upload;
RENAME TABLE attachment_upload TO old_attachment_upload, new_attachment_upload TO attachment_upload;
DROP TABLE old_attachment_upload;

-- The bytes, in pieces of at most 512 KiB, so that an upload can be resumed and a download never holds a whole file.
CREATE TABLE new_attachment_chunk (
  space_id  BINARY(16) NOT NULL,
  upload_id BINARY(16) NOT NULL,
  at        BIGINT     UNSIGNED NOT NULL COMMENT 'offset of its first byte',
  body      MEDIUMBLOB NOT NULL,
  PRIMARY KEY (space_id, upload_id, at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
INSERT INTO new_attachment_chunk (space_id, upload_id, at, body)
SELECT UNHEX(REPLACE(space_id, '-', '')), UNHEX(REPLACE(upload_id, '-', '')), at, body
  FROM attachment_chunk;
RENAME TABLE attachment_chunk TO old_attachment_chunk, new_attachment_chunk TO attachment_chunk;
DROP TABLE old_attachment_chunk;

-- Which records name a file, or did: whoever sees one that does may read it.  A history is never cut, so rows stay
-- until the space is erased.
CREATE TABLE new_attachment_ref (
  space_id   BINARY(16)    NOT NULL,
  sha256     BINARY(32)    NOT NULL,
  collection VARCHAR(40)   CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  record_id  VARBINARY(65) NOT NULL,
  PRIMARY KEY (space_id, sha256, collection, record_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
INSERT INTO new_attachment_ref (space_id, sha256, collection, record_id)
SELECT UNHEX(REPLACE(space_id, '-', '')), sha256, collection,
       IF(record_id REGEXP '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$',
       CONCAT(X'00', UNHEX(REPLACE(record_id, '-', ''))), record_id)
  FROM attachment_ref;
RENAME TABLE attachment_ref TO old_attachment_ref, new_attachment_ref TO attachment_ref;
DROP TABLE old_attachment_ref;

-- Who is about: one row a client that reports in.
CREATE TABLE new_presence (
  id          BINARY(16)   NOT NULL,
  space_id    BINARY(16)   NOT NULL,
  user_id     BINARY(16)   NOT NULL,
  device_id   VARCHAR(64)  CHARACTER SET ascii COLLATE ascii_bin NULL,
  device_info VARCHAR(255) NOT NULL DEFAULT '',
  started_at  DATETIME(3)  NOT NULL,
  last_at     DATETIME(3)  NOT NULL,
  ended_at    DATETIME(3)  NULL,
  PRIMARY KEY (id),
  KEY space_id (space_id, last_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
INSERT INTO new_presence (id, space_id, user_id, device_id, device_info, started_at, last_at, ended_at)
SELECT UNHEX(REPLACE(id, '-', '')), UNHEX(REPLACE(space_id, '-', '')), UNHEX(REPLACE(user_id, '-', '')), device_id,
       device_info, started_at, last_at, ended_at
  FROM presence;
RENAME TABLE presence TO old_presence, new_presence TO presence;
DROP TABLE old_presence;

-- What people did in the app, counted.
CREATE TABLE new_usage_event (
  id       BINARY(16)  NOT NULL,
  space_id BINARY(16)  NOT NULL,
  user_id  BINARY(16)  NOT NULL,
  type     VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  count    INT         NOT NULL,
  metadata TEXT        NULL COMMENT 'JSON',
  at       DATETIME(3) NOT NULL,
  PRIMARY KEY (id),
  KEY space_id (space_id, at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
INSERT INTO new_usage_event (id, space_id, user_id, type, count, metadata, at)
SELECT UNHEX(REPLACE(id, '-', '')), UNHEX(REPLACE(space_id, '-', '')), UNHEX(REPLACE(user_id, '-', '')), type, count,
       metadata, at
  FROM usage_event;
RENAME TABLE usage_event TO old_usage_event, new_usage_event TO usage_event;
DROP TABLE old_usage_event;

-- A device that a team shares.  hash is SHA-256 of the token that stays on it.
CREATE TABLE new_handheld (
  id           BINARY(16)   NOT NULL,
  space_id     BINARY(16)   NOT NULL,
  hash         BINARY(32)   NOT NULL,
  device_id    VARCHAR(64)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'what the audit says of its writes',
  name         VARCHAR(100) NOT NULL,
  created_by   BINARY(16)   NOT NULL,
  created_at   DATETIME(3)  NOT NULL,
  last_used_at DATETIME(3)  NOT NULL COMMENT 'the last sign-in there',
  revoked_at   DATETIME(3)  NULL,
  PRIMARY KEY (id),
  UNIQUE KEY hash (hash),
  KEY space_id (space_id, name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
INSERT INTO new_handheld (id, space_id, hash, device_id, name, created_by, created_at, last_used_at, revoked_at)
SELECT UNHEX(REPLACE(id, '-', '')), UNHEX(REPLACE(space_id, '-', '')), hash, device_id, name,
       UNHEX(REPLACE(created_by, '-', '')), created_at, last_used_at, revoked_at
  FROM handheld;
RENAME TABLE handheld TO old_handheld, new_handheld TO handheld;
DROP TABLE old_handheld;

-- A person's PIN on the shared handhelds of a space.
CREATE TABLE new_pin (
  space_id   BINARY(16)   NOT NULL,
  user_id    BINARY(16)   NOT NULL,
  hash       VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  changed_at DATETIME(3)  NOT NULL,
  PRIMARY KEY (space_id, user_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
INSERT INTO new_pin (space_id, user_id, hash, changed_at)
SELECT UNHEX(REPLACE(space_id, '-', '')), UNHEX(REPLACE(user_id, '-', '')), hash, changed_at
  FROM pin;
RENAME TABLE pin TO old_pin, new_pin TO pin;
DROP TABLE old_pin;

UPDATE meta SET value = LEFT(value, 1) WHERE name = 'live';
