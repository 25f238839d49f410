-- Teams, files, and what runs beside requests.

-- A space that its owner deleted can be brought back for 30 days; an account likewise.
ALTER TABLE space ADD COLUMN deleted_at DATETIME(3) NULL;
ALTER TABLE space ADD COLUMN erased_at DATETIME(3) NULL COMMENT 'nothing but its sealed audit is left';
ALTER TABLE user ADD COLUMN deleted_at DATETIME(3) NULL;

-- A link that makes its holder a member.  hash is SHA-256 of the token in the link; the token itself is nowhere.
CREATE TABLE invitation (
  id          CHAR(36)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  space_id    CHAR(36)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  hash        BINARY(32)   NOT NULL,
  role        VARCHAR(8)   CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  email       VARCHAR(254) NULL COMMENT 'where it was sent; only this account may take it',
  created_by  CHAR(36)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  created_at  DATETIME(3)  NOT NULL,
  expires_at  DATETIME(3)  NOT NULL,
  accepted_at DATETIME(3)  NULL,
  accepted_by CHAR(36)     CHARACTER SET ascii COLLATE ascii_bin NULL,
  revoked_at  DATETIME(3)  NULL,
  PRIMARY KEY (id),
  UNIQUE KEY hash (hash),
  KEY space_id (space_id, created_at),
  KEY created_by (created_by, created_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- A forgotten password: hash of the token in the mail.
CREATE TABLE password_reset (
  hash       BINARY(32)  NOT NULL,
  user_id    CHAR(36)    CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  created_at DATETIME(3) NOT NULL,
  expires_at DATETIME(3) NOT NULL,
  used_at    DATETIME(3) NULL,
  PRIMARY KEY (hash),
  KEY user_id (user_id),
  KEY expires_at (expires_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- What the housekeeper does: mail.
CREATE TABLE job (
  id          CHAR(36)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
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

-- Photos and receipts, by the SHA-256 of their content.  Only whole files stand here.
CREATE TABLE attachment (
  space_id   CHAR(36)        CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  sha256     BINARY(32)      NOT NULL,
  type       VARCHAR(64)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'by its content, see include/base/sniff.h',
  size       BIGINT UNSIGNED NOT NULL,
  upload_id  CHAR(36)        CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'the upload whose chunks are the content',
  named      TINYINT         NOT NULL DEFAULT 0 COMMENT 'a record names it or did: tidy leaves it alone',
  created_at DATETIME(3)     NOT NULL,
  PRIMARY KEY (space_id, sha256),
  KEY named (named, created_at),
  KEY size (space_id, size)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- What a person sends or has sent: one row for each person and file.  received = size: it is whole, and this person had
-- all of it, so they may read it and put it into a record; named = 1: they have done so.
CREATE TABLE attachment_upload (
  space_id   CHAR(36)        CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  id         CHAR(36)        CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  sha256     BINARY(32)      NOT NULL,
  user_id    CHAR(36)        CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  size       BIGINT UNSIGNED NOT NULL,
  received   BIGINT UNSIGNED NOT NULL DEFAULT 0,
  named      TINYINT         NOT NULL DEFAULT 0,
  changed_at DATETIME(3)     NOT NULL,
  PRIMARY KEY (space_id, id),
  UNIQUE KEY sha256 (space_id, sha256, user_id),
  KEY changed_at (changed_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The bytes, in pieces of at most 512 KiB, so that an upload can be resumed and a download never holds a whole file.
CREATE TABLE attachment_chunk (
  space_id  CHAR(36)        CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  upload_id CHAR(36)        CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  at        BIGINT UNSIGNED NOT NULL COMMENT 'offset of its first byte',
  body      MEDIUMBLOB      NOT NULL,
  PRIMARY KEY (space_id, upload_id, at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Which records name a file, or did: whoever sees one that does may read it.  A history is never cut, so rows stay
-- until the space is erased.
CREATE TABLE attachment_ref (
  space_id   CHAR(36)    CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  sha256     BINARY(32)  NOT NULL,
  collection VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  record_id  VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (space_id, sha256, collection, record_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Who is about: one row a client that reports in.
CREATE TABLE presence (
  id          CHAR(36)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  space_id    CHAR(36)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  user_id     CHAR(36)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  device_id   VARCHAR(64)  CHARACTER SET ascii COLLATE ascii_bin NULL,
  device_info VARCHAR(255) NOT NULL DEFAULT '',
  started_at  DATETIME(3)  NOT NULL,
  last_at     DATETIME(3)  NOT NULL,
  ended_at    DATETIME(3)  NULL,
  PRIMARY KEY (id),
  KEY space_id (space_id, last_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- What people did in the app, counted.
CREATE TABLE usage_event (
  id         CHAR(36)    CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  space_id   CHAR(36)    CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  user_id    CHAR(36)    CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  type       VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  count      INT         NOT NULL,
  metadata   TEXT        NULL COMMENT 'JSON',
  at         DATETIME(3) NOT NULL,
  PRIMARY KEY (id),
  KEY space_id (space_id, at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- A device that a team shares.  hash is SHA-256 of the token that stays on it.
CREATE TABLE handheld (
  id           CHAR(36)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  space_id     CHAR(36)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  hash         BINARY(32)   NOT NULL,
  device_id    VARCHAR(64)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'what the audit says of writes made there',
  name         VARCHAR(100) NOT NULL,
  created_by   CHAR(36)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  created_at   DATETIME(3)  NOT NULL,
  last_used_at DATETIME(3)  NOT NULL COMMENT 'the last sign-in there',
  revoked_at   DATETIME(3)  NULL,
  PRIMARY KEY (id),
  UNIQUE KEY hash (hash),
  KEY space_id (space_id, name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- A session of the kind pin belongs to a handheld, and expires_at is when its PIN is asked for again.
ALTER TABLE session ADD COLUMN handheld_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NULL;
ALTER TABLE session ADD KEY handheld_id (handheld_id, revoked_at);

-- A person's PIN on the shared handhelds of a space.
CREATE TABLE pin (
  space_id   CHAR(36)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  user_id    CHAR(36)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  hash       VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  changed_at DATETIME(3)  NOT NULL,
  PRIMARY KEY (space_id, user_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
