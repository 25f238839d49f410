/* audit.c -- the digest and hash of audit rows, and their changes.  audit.h describes the encoding, which never
 * changes; tests/fixtures/protocol/audit.json has test vectors for it. */
#include "record/audit.h"

#include <inttypes.h>
#include <string.h>

#include "base/instant.h"
#include "base/json_out.h"
#include "batch.h"
#include "store/statement.h"

static void
add_u32(struct sha256 *h, uint32_t n)
{
	unsigned char bytes[4] = {
		(unsigned char)(n >> 24), (unsigned char)(n >> 16), (unsigned char)(n >> 8), (unsigned char)n,
	};

	sha256_add(h, bytes, sizeof bytes);
}

static void
add_text(struct sha256 *h, const char *text)
{
	if (text == NULL) {
		add_u32(h, UINT32_MAX);
		return;
	}
	add_u32(h, (uint32_t)strlen(text));
	sha256_add(h, text, strlen(text));
}

static void
add_integer(struct arena *a, struct sha256 *h, int64_t n)
{
	add_text(h, arena_printf(a, "%" PRId64, n));
}

static void
add_instant(struct arena *a, struct sha256 *h, int64_t instant)
{
	add_text(h, instant == 0 ? NULL : instant_text(a, instant));
}

void
audit_digest(struct audit_row *row)
{
	struct sha256 h;

	sha256_start(&h);
	sha256_add(&h, row->salt, sizeof row->salt);
	add_text(&h, row->changes == NULL ? "" : row->changes);
	add_text(&h, row->private_changes == NULL ? "" : row->private_changes);
	sha256_end(&h, row->digest);
}

void
audit_hash(struct arena *a, const unsigned char before[SHA256_SIZE], struct audit_row *row)
{
	struct sha256 h;

	sha256_start(&h);
	sha256_add(&h, before, SHA256_SIZE);
	add_text(&h, row->space_id);
	add_integer(a, &h, row->seq);
	add_integer(a, &h, row->tx_seq);
	add_text(&h, row->collection);
	add_text(&h, row->record_id);
	add_integer(a, &h, row->version);
	add_text(&h, row->owner_id);
	add_text(&h, row->prev_owner_id);
	add_text(&h, row->action);
	add_text(&h, row->user_id);
	add_text(&h, row->device_id);
	add_text(&h, row->op_id);
	add_text(&h, row->cause);
	add_instant(a, &h, row->at);
	add_instant(a, &h, row->claimed_at);
	sha256_add(&h, row->digest, sizeof row->digest);
	sha256_end(&h, row->hash);
}

void
audit_seal(struct arena *a, unsigned char chain[SHA256_SIZE], struct audit_row *row)
{
	random_bytes(row->salt, sizeof row->salt);
	audit_digest(row);
	audit_hash(a, chain, row);
	memcpy(chain, row->hash, SHA256_SIZE);
}

void
audit_append(struct arena *a, struct batch *batch, const char *at_sql, const struct audit_row *row)
{
	batch_add(batch, BATCH_AUDIT,
	    VALUES(value_id(row->space_id), value_integer(row->seq), value_integer(row->tx_seq),
	        value_text(row->collection), value_key(row->record_id), value_integer(row->version),
	        value_id(row->owner_id), value_id(row->prev_owner_id), value_text(row->action),
	        value_text(row->changes), value_text(row->private_changes), value_bytes(row->salt, sizeof row->salt),
	        value_bytes(row->digest, sizeof row->digest), value_id(row->user_id), value_text(row->device_id),
	        value_key(row->op_id), value_text(row->cause), value_text(at_sql),
	        value_text(row->claimed_at == 0 ? NULL : instant_sql(a, row->claimed_at)),
	        value_bytes(row->hash, sizeof row->hash), value_id(row->reader_id),
	        row->op_hash == NULL ? value_null() : value_bytes(row->op_hash, SHA256_SIZE),
	        value_id(row->token_id)));
}

static void
copy_bytes(void *to, size_t size, const struct value *cell)
{
	memset(to, 0, size);
	if (cell->kind == VALUE_BYTES && cell->length == size)
		memcpy(to, cell->bytes, size);
}

void
audit_of_row(const struct rows *rows, size_t row, const char *space_id, struct audit_row *out)
{
	*out = (struct audit_row){
		.space_id = space_id,
		.seq = row_integer(rows, row, AUDIT_SEQ),
		.tx_seq = row_integer(rows, row, AUDIT_TX_SEQ),
		.collection = row_text(rows, row, AUDIT_COLLECTION),
		.record_id = row_text(rows, row, AUDIT_RECORD),
		.version = row_integer(rows, row, AUDIT_VERSION),
		.owner_id = row_text(rows, row, AUDIT_OWNER),
		.prev_owner_id = row_text(rows, row, AUDIT_PREV_OWNER),
		.action = row_text(rows, row, AUDIT_ACTION),
		.changes = row_text(rows, row, AUDIT_CHANGES),
		.private_changes = row_text(rows, row, AUDIT_PRIVATE_CHANGES),
		.erased = row_null(rows, row, AUDIT_SALT),
		.user_id = row_text(rows, row, AUDIT_USER),
		.device_id = row_text(rows, row, AUDIT_DEVICE),
		.op_id = row_text(rows, row, AUDIT_OP),
		.cause = row_text(rows, row, AUDIT_CAUSE),
		.at = row_instant(rows, row, AUDIT_AT),
		.claimed_at = row_instant(rows, row, AUDIT_CLAIMED_AT),
		.reader_id = row_text(rows, row, AUDIT_READER),
	};
	copy_bytes(out->salt, sizeof out->salt, row_cell(rows, row, AUDIT_SALT));
	copy_bytes(out->digest, sizeof out->digest, row_cell(rows, row, AUDIT_DIGEST));
	copy_bytes(out->hash, sizeof out->hash, row_cell(rows, row, AUDIT_HASH));
}

static const char *
value_of_slice(struct arena *a, struct json_slice slice)
{
	return slice.length == 4 && memcmp(slice.text, "null", 4) == 0
	    ? NULL : arena_strndup(a, slice.text, slice.length);
}

bool
change_values(struct arena *a, struct json_slice pair, const char **old, const char **new_value)
{
	const char *at = arena_strndup(a, pair.text, pair.length);
	struct json_slice first, second;

	if (!json_next_element(&at, &first) || !json_next_element(&at, &second))
		return false;
	*old = value_of_slice(a, first);
	*new_value = value_of_slice(a, second);
	return true;
}

static void
put_change(struct json_out *out, const char *name, const char *old, const char *new_value)
{
	put_array(out, name);
	put_json(out, NULL, old);
	put_json(out, NULL, new_value);
	put_end(out);
}

char *
changes_between(struct arena *a, const struct collection *c, const char *const *before, const char *const *after,
    bool private_ones, const char *renamed_from)
{
	struct buf b;
	struct json_out out;

	buf_init(&b, a);
	json_out_start(&out, &b);
	put_object(&out, NULL);
	for (size_t i = 0; i < c->field_count; i++) {
		const struct field *f = &c->fields[c->sorted[i]];
		const char *old = before == NULL ? NULL : before[f->index];
		const char *new_value = after == NULL ? NULL : after[f->index];

		if (renamed_from != NULL && strcmp(f->name, "renamedFrom") > 0) {
			put_change(&out, "renamedFrom", NULL, json_quoted(a, renamed_from));
			renamed_from = NULL;
		}
		if (f->is_private == private_ones && !value_equal(old, new_value))
			put_change(&out, f->name, old, new_value);
	}
	if (renamed_from != NULL)
		put_change(&out, "renamedFrom", NULL, json_quoted(a, renamed_from));
	put_end(&out);
	return b.length > 2 ? b.text : NULL;
}
