-- Lists pass over no tombstones, of which a collection may have far more than records.
ALTER TABLE record
  DROP KEY list_own, ADD KEY list_own (space_id, collection, owner_id, deleted, sort_key, id),
  DROP KEY list_all, ADD KEY list_all (space_id, collection, deleted, sort_key, id);
