-- Backups of spaces, jobs with progress, alarms, and stamps of the chain.

-- What a space holds in backups, in bytes, and how much it may: NULL is that of the settings, 0 is none.  The schedule
-- makes one when the space is past backup_seq and backup_due is over.
ALTER TABLE space
  ADD COLUMN backup_bytes     BIGINT      NOT NULL DEFAULT 0 COMMENT 'of the chunks of its backups',
  ADD COLUMN backup_bytes_max BIGINT      NULL,
  ADD COLUMN backup_seq       BIGINT      UNSIGNED NOT NULL DEFAULT 0 COMMENT 'of the last whole one of the schedule',
  ADD COLUMN backup_due       DATETIME(3) NULL COMMENT 'not before; NULL: at once';

-- A backup of a space, as it was at seq.  bytes and sha256 are those of the file that a download gives.
CREATE TABLE backup (
  space_id    BINARY(16)   NOT NULL,
  id          BINARY(16)   NOT NULL,
  kind        VARCHAR(16)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL
              COMMENT 'manual, automatic, daily, before-restore, client, uploaded',
  state       VARCHAR(8)   CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'making, whole, damaged, gone',
  at          DATETIME(3)  NOT NULL,
  seq         BIGINT       UNSIGNED NOT NULL DEFAULT 0,
  epoch       CHAR(32)     CHARACTER SET ascii COLLATE ascii_bin NULL,
  chain       BINARY(32)   NULL COMMENT 'hash of the audit row at seq',
  fingerprint BINARY(32)   NULL COMMENT 'of the definitions it was made with',
  bytes       BIGINT       UNSIGNED NOT NULL DEFAULT 0,
  sha256      BINARY(32)   NULL,
  counts      MEDIUMTEXT   NULL COMMENT 'JSON: records by collection',
  files       INT          UNSIGNED NOT NULL DEFAULT 0,
  sealed      TINYINT      NOT NULL DEFAULT 0 COMMENT 'to a public key: its content cannot be read here',
  user_id     BINARY(16)   NULL COMMENT 'who asked for it; NULL: the schedule',
  name        VARCHAR(100) NULL COMMENT 'of a client copy: its key',
  took_ms     BIGINT       UNSIGNED NOT NULL DEFAULT 0 COMMENT 'for how long it was made',
  checked_at  DATETIME(3)  NULL COMMENT 'when it was last verified',
  checked     VARCHAR(255) NULL COMMENT 'NULL: as it should be; else what differs',
  PRIMARY KEY (space_id, id),
  KEY at (space_id, at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The members of the file of a backup, in order.  Rows without a name are bytes of the file as they are, one after the
-- other: of a sealed backup, and of one that was uploaded.
CREATE TABLE backup_part (
  space_id   BINARY(16)    NOT NULL,
  backup_id  BINARY(16)    NOT NULL,
  number     INT           NOT NULL,
  name       VARCHAR(100)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'of the member',
  sha256     BINARY(32)    NOT NULL COMMENT 'of its bytes: of a chunk, or of an attachment',
  bytes      BIGINT        UNSIGNED NOT NULL,
  is_file    TINYINT       NOT NULL DEFAULT 0 COMMENT 'an attachment, which the backup keeps from being removed',
  collection VARCHAR(40)   CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'of the first record in it',
  record_id  VARBINARY(65) NULL COMMENT 'of the first record in it',
  counts     TEXT          CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'JSON: records in it by collection',
  PRIMARY KEY (space_id, backup_id, number),
  KEY chunk (space_id, sha256)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The bytes of parts, once for each content: backups of a space share what did not change between them.
CREATE TABLE backup_chunk (
  space_id BINARY(16) NOT NULL,
  sha256   BINARY(32) NOT NULL,
  body     MEDIUMBLOB NOT NULL,
  PRIMARY KEY (space_id, sha256)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- A job of a space says how far it is.  Who works at it holds the lock daybook.job.ID of the database server, so a job
-- whose process died is free at once.
ALTER TABLE job
  ADD COLUMN space_id    BINARY(16)  NULL,
  ADD COLUMN user_id     BINARY(16)  NULL COMMENT 'who asked',
  ADD COLUMN stage       VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN progress    BIGINT      UNSIGNED NOT NULL DEFAULT 0,
  ADD COLUMN total       BIGINT      UNSIGNED NOT NULL DEFAULT 0,
  ADD COLUMN result      MEDIUMTEXT  NULL COMMENT 'JSON',
  ADD KEY space_id (space_id, created_at);

-- What somebody has to look at.  One row for each kind and subject.  One that is over stays until mail has said so,
-- and for a day after the last mail, so that one that comes and goes is mailed of once a day.
CREATE TABLE alarm (
  kind      VARCHAR(32)   CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  subject   VARCHAR(64)   CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'a space, a target, or empty',
  detail    VARCHAR(1000) NOT NULL,
  raised_at DATETIME(3)   NOT NULL,
  last_at   DATETIME(3)   NOT NULL,
  count     INT UNSIGNED  NOT NULL DEFAULT 1,
  over_at   DATETIME(3)   NULL,
  mailed_at DATETIME(3)   NULL COMMENT 'when the operator was last told that it is there',
  told      TINYINT       NOT NULL DEFAULT 0 COMMENT 'the operator takes it to be there',
  PRIMARY KEY (kind, subject)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Figures for monitoring that the housekeeper takes every few minutes, so that reading them costs nothing.
CREATE TABLE measure (
  name  VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  label VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'of what: a kind, a disk, or empty',
  value BIGINT      NOT NULL,
  at    DATETIME(3) NOT NULL,
  PRIMARY KEY (name, label)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Stamps of an authority (RFC 3161) on the hash of an audit row.
CREATE TABLE stamp (
  space_id BINARY(16)   NOT NULL,
  seq      BIGINT       UNSIGNED NOT NULL,
  hash     BINARY(32)   NOT NULL COMMENT 'of the audit row at seq: what was stamped',
  at       DATETIME(3)  NOT NULL COMMENT 'when it was asked for',
  token    BLOB         NOT NULL COMMENT 'TimeStampResp as DER',
  PRIMARY KEY (space_id, seq)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- By which API token a write was made, so that what a program did can be undone.  It is no part of the chain.
ALTER TABLE audit ADD COLUMN token_id BINARY(16) NULL;
