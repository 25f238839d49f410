-- The core of Daybook.  Everything of a space is keyed by space_id first: one space's pages lie together, and spaces
-- can be spread over servers later.  Instants are UTC.  Ids and names of collections compare byte by byte.  Statements
-- end with a semicolon at the end of a line; `daybookctl migrate` runs them one by one and remembers each.

-- Facts about this database: live (0 after a dump was loaded by hand: every request is answered 503 until `daybookctl`
-- has given the spaces new epochs), instance (a random id).
CREATE TABLE meta (
  name  VARCHAR(64)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  value VARCHAR(255) NOT NULL,
  PRIMARY KEY (name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Who signs in.  email is stored in lower case.  password is NULL for people who come only through an external issuer.
CREATE TABLE user (
  id         CHAR(36)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  email      VARCHAR(254) NOT NULL,
  name       VARCHAR(100) NOT NULL,
  password   VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NULL,
  home_space CHAR(36)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  disabled   TINYINT      NOT NULL DEFAULT 0,
  created_at DATETIME(3)  NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY email (email)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Subjects of external issuers.  Never matched by e-mail.
CREATE TABLE identity (
  issuer     VARCHAR(255) NOT NULL,
  subject    VARCHAR(255) NOT NULL,
  user_id    CHAR(36)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  created_at DATETIME(3)  NOT NULL,
  PRIMARY KEY (issuer, subject),
  KEY user_id (user_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Sign-ins and API tokens.  hash is SHA-256 of the current refresh token or of the API token.  The next refresh token
-- is HMAC-SHA256(seed, current one), so a repeated refresh gives the same answer, and a spent one is recognised by
-- walking the chain from it to hash; neither column alone yields a token.
CREATE TABLE session (
  id           CHAR(36)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  user_id      CHAR(36)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  kind         VARCHAR(8)   CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'sign-in, token or pin',
  hash         BINARY(32)   NOT NULL,
  seed         BINARY(32)   NULL,
  device_id    VARCHAR(64)  CHARACTER SET ascii COLLATE ascii_bin NULL,
  name         VARCHAR(100) NOT NULL COMMENT 'for people: the browser, or what the token is for',
  scope        VARCHAR(8)   CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'read, write, admin',
  space_id     CHAR(36)     CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'of a token or PIN: the one space it may enter',
  cookie       TINYINT      NOT NULL DEFAULT 0,
  created_at   DATETIME(3)  NOT NULL,
  last_used_at DATETIME(3)  NOT NULL,
  expires_at   DATETIME(3)  NULL,
  revoked_at   DATETIME(3)  NULL,
  PRIMARY KEY (id),
  UNIQUE KEY hash (hash),
  KEY user_id (user_id, created_at),
  KEY expires_at (expires_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Failed sign-ins, by account and network together and by network alone.  subject is a hash: no e-mail stands here.
CREATE TABLE throttle (
  subject  BINARY(32)  NOT NULL,
  failures INT         NOT NULL,
  last_at  DATETIME(3) NOT NULL,
  PRIMARY KEY (subject),
  KEY last_at (last_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The owner of data.  Its row is the lock writers queue at: seq is gapless and in commit order.
CREATE TABLE space (
  id         CHAR(36)        CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  kind       VARCHAR(8)      CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'personal or team',
  name       VARCHAR(100)    NOT NULL,
  seq        BIGINT UNSIGNED NOT NULL DEFAULT 0,
  min_seq    BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'tombstones with seq <= min_seq are purged',
  epoch      CHAR(32)        CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  chain      BINARY(32)      NOT NULL COMMENT 'hash of the last audit row; zeros before the first',
  last_at    DATETIME(3)     NOT NULL COMMENT 'at of the last audit row: the clock of a space never goes back',
  created_at DATETIME(3)     NOT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- A user in a space.  view_epoch is drawn from the space's seq whenever what the member may see changes.
CREATE TABLE member (
  space_id   CHAR(36)        CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  user_id    CHAR(36)        CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  role       VARCHAR(8)      CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'owner, manager, member, viewer',
  view_epoch BIGINT UNSIGNED NOT NULL DEFAULT 0,
  joined_at  DATETIME(3)     NOT NULL,
  PRIMARY KEY (space_id, user_id),
  KEY user_id (user_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The epochs of a space as a tree: an operator's restore starts a new one, cut from its parent at cut_seq.
CREATE TABLE space_epoch (
  space_id CHAR(36)        CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  epoch    CHAR(32)        CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  parent   CHAR(32)        CHARACTER SET ascii COLLATE ascii_bin NULL,
  cut_seq  BIGINT UNSIGNED NOT NULL DEFAULT 0,
  at       DATETIME(3)     NOT NULL,
  PRIMARY KEY (space_id, epoch)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- One installation of a client.
CREATE TABLE device (
  user_id    CHAR(36)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  id         VARCHAR(64)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  name       VARCHAR(100) NOT NULL,
  created_at DATETIME(3)  NOT NULL,
  last_seen  DATETIME(3)  NOT NULL,
  PRIMARY KEY (user_id, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Where a device stands in a space: seq it has, head last offered to it by check-update, and whether it was marked by
-- hand.
CREATE TABLE device_space (
  user_id   CHAR(36)        CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  device_id VARCHAR(64)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  space_id  CHAR(36)        CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  epoch     CHAR(32)        CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  seq       BIGINT UNSIGNED NOT NULL DEFAULT 0,
  offered   BIGINT UNSIGNED NOT NULL DEFAULT 0,
  marked    TINYINT         NOT NULL DEFAULT 0,
  synced_at DATETIME(3)     NULL,
  PRIMARY KEY (user_id, device_id, space_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The records.  doc is the canonical JSON object of the declared fields, written by us and spliced into answers as it
-- is; private fields live in doc_private.  sort_key orders by the definition's order field, byte by byte.
CREATE TABLE record (
  space_id    CHAR(36)        CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  collection  VARCHAR(40)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  id          VARCHAR(64)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version     BIGINT UNSIGNED NOT NULL,
  seq         BIGINT UNSIGNED NOT NULL,
  tx_seq      BIGINT UNSIGNED NOT NULL COMMENT 'seq of the first write of its transaction',
  owner_id    CHAR(36)        CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  deleted     TINYINT         NOT NULL DEFAULT 0,
  sort_key    VARBINARY(64)   NOT NULL,
  doc         MEDIUMTEXT      NOT NULL CHECK (JSON_VALID(doc)),
  doc_private MEDIUMTEXT      NULL CHECK (doc_private IS NULL OR JSON_VALID(doc_private)),
  created_at  DATETIME(3)     NOT NULL,
  created_by  CHAR(36)        CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updated_at  DATETIME(3)     NOT NULL,
  updated_by  CHAR(36)        CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  reader_id   CHAR(36)        CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'who alone reads it beside its owner; mostly NULL',
  PRIMARY KEY (space_id, collection, id),
  UNIQUE KEY feed (space_id, seq),
  KEY list_own (space_id, collection, owner_id, sort_key, id),
  KEY list_all (space_id, collection, sort_key, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- One row per write, in its transaction.  changes is {"field":[old,new],…} in canonical JSON.  digest and hash: see
-- include/record/audit.h.
CREATE TABLE audit (
  space_id        CHAR(36)        CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  seq             BIGINT UNSIGNED NOT NULL,
  tx_seq          BIGINT UNSIGNED NOT NULL,
  collection      VARCHAR(40)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  record_id       VARCHAR(64)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version         BIGINT UNSIGNED NOT NULL,
  owner_id        CHAR(36)        CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'after the write',
  prev_owner_id   CHAR(36)        CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'before it, where it changed',
  action          VARCHAR(12)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  changes         MEDIUMTEXT      NULL,
  private_changes MEDIUMTEXT      NULL,
  salt            BINARY(16)      NULL,
  digest          BINARY(32)      NOT NULL,
  user_id         CHAR(36)        CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  device_id       VARCHAR(64)     CHARACTER SET ascii COLLATE ascii_bin NULL,
  op_id           VARCHAR(64)     CHARACTER SET ascii COLLATE ascii_bin NULL,
  cause           VARCHAR(64)     CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'the op, action or import this write belongs to',
  at              DATETIME(3)     NOT NULL,
  claimed_at      DATETIME(3)     NULL COMMENT 'when the device says the person did it',
  hash            BINARY(32)      NOT NULL,
  reader_id       CHAR(36)        CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'as the record has it; never changes, so it needs no seal of its own',
  PRIMARY KEY (space_id, seq),
  KEY record (space_id, collection, record_id, version),
  KEY op (space_id, user_id, op_id),
  KEY left_view (space_id, prev_owner_id, seq),
  KEY at (space_id, at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The outcome of each op that was applied or changed nothing: what a resent op is answered with.
CREATE TABLE op (
  space_id   CHAR(36)        CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  user_id    CHAR(36)        CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  op_id      VARCHAR(64)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  hash       BINARY(32)      NOT NULL COMMENT 'of collection, id and set or delete; never of base or time',
  collection VARCHAR(40)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  record_id  VARCHAR(64)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  status     VARCHAR(9)      CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'applied, merged, unchanged',
  version    BIGINT UNSIGNED NOT NULL,
  seq        BIGINT UNSIGNED NOT NULL,
  at         DATETIME(3)     NOT NULL,
  PRIMARY KEY (space_id, user_id, op_id),
  KEY at (at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

INSERT INTO meta (name, value) VALUES ('live', '1');
