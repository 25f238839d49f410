-- What one action, API token or device did is found by a key, so that an undo of a little does not read all of a space.
ALTER TABLE audit
  ADD KEY cause (space_id, cause),
  ADD KEY token (space_id, token_id),
  ADD KEY device (space_id, device_id);
