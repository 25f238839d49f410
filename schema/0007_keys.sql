-- What one person has of presence and usage is bounded, so it is found by a key.
ALTER TABLE presence ADD KEY person (user_id, space_id, last_at);
ALTER TABLE usage_event ADD KEY person (user_id, space_id, at);
