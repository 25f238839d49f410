-- Sign-ins as their owners see them, and refresh tokens that are no use to a thief.

-- Steps between the refresh token that was used last and the newest one: 1, and one more for each answer that was lost.
ALTER TABLE session ADD COLUMN ahead SMALLINT UNSIGNED NOT NULL DEFAULT 1;
