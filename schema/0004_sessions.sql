-- Sign-ins as their owners see them, and refresh tokens that are no use to a thief.

-- Steps between the refresh token that was used last and the newest one: 1, and one more for each answer that was lost.
ALTER TABLE session ADD COLUMN ahead SMALLINT UNSIGNED NOT NULL DEFAULT 1;

-- What happened to an account, for its owner: sign-ins, wrong passwords, new API tokens.  failed_on is the day of a row
-- that counts wrong passwords from one network; else NULL.
CREATE TABLE sign_in (
  user_id    BINARY(16)   NOT NULL,
  id         BINARY(16)   NOT NULL,
  kind       VARCHAR(8)   CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'sign-up, sign-in, failed, token',
  at         DATETIME(3)  NOT NULL,
  name       VARCHAR(100) NOT NULL COMMENT 'of the device; of a token, that of the token',
  device_id  VARCHAR(64)  CHARACTER SET ascii COLLATE ascii_bin NULL,
  network    VARCHAR(45)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'a /24 or a /48, never an address',
  session_id BINARY(16)   NULL,
  failed_on  DATE         NULL,
  count      INT UNSIGNED NOT NULL DEFAULT 1,
  mailed     TINYINT      NOT NULL DEFAULT 0,
  PRIMARY KEY (user_id, id),
  UNIQUE KEY failed (user_id, failed_on, network),
  KEY at (at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
