/* test_audit.c -- the digest and hash of audit rows, as audit.h defines them.  The expected values were
 * computed independently of this code, by the script in the comment of each; tests/fixtures/protocol holds
 * more of them for other implementations. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/instant.h"
#include "model/collection.h"
#include "record/audit.h"
#include "rules/rules.h"

static struct arena *a;

static int
setup(void **state)
{
	(void)state;
	a = arena_new();
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	arena_free(a);
	return 0;
}

static struct audit_row
sample(void)
{
	struct audit_row row = {
		.space_id = "s1",
		.seq = 1,
		.tx_seq = 1,
		.collection = "cars",
		.record_id = "128489",
		.version = 1,
		.owner_id = "u1",
		.action = "created",
		.changes = "{\"location\":[null,\"Yard\"]}",
		.user_id = "u1",
		.op_id = "op-1",
	};

	assert_true(instant_parse("2026-11-21T08:34:00.000Z", &row.at));
	memset(row.salt, 7, sizeof row.salt);
	return row;
}

/* python3: u=lambda t:b'\xff'*4 if t is None else len(t).to_bytes(4,'big')+t.encode()
 * d=sha256(b'\x07'*16+u('{"location":[null,"Yard"]}')+u('')).digest()
 * h=sha256(b'\0'*32+b''.join(map(u,['s1','1','1','cars','128489','1','u1',None,'created','u1',None,'op-1',None,
 *   '2026-11-21T08:34:00.000Z',None]))+d) */
static void
a_row_is_sealed_as_written_down(void **state)
{
	static const unsigned char zeros[SHA256_SIZE];
	struct audit_row row = sample();

	(void)state;
	audit_digest(&row);
	assert_string_equal(hex_text(a, row.digest, sizeof row.digest),
	    "5b436e95e7ec3efb939dcb28e7d88fb48d5a20c96eace1753dd3cb37f97797e9");
	audit_hash(a, zeros, &row);
	assert_string_equal(hex_text(a, row.hash, sizeof row.hash),
	    "4ac2cb54c2b71d543ce4e3c55d0d8939e6ed8161d1247679c042e182917f3133");
}

static void
every_column_is_under_the_seal(void **state)
{
	static const unsigned char zeros[SHA256_SIZE];
	struct audit_row plain = sample(), row;

	(void)state;
	audit_digest(&plain);
	audit_hash(a, zeros, &plain);
#define DIFFERS(change)                                                         \
	do {                                                                    \
		row = sample();                                                 \
		change;                                                         \
		audit_digest(&row);                                             \
		audit_hash(a, zeros, &row);                                     \
		assert_memory_not_equal(row.hash, plain.hash, sizeof row.hash); \
	} while (0)
	DIFFERS(row.space_id = "s2");
	DIFFERS(row.seq = 2);
	DIFFERS(row.tx_seq = 2);
	DIFFERS(row.collection = "car");
	DIFFERS(row.record_id = "128488");
	DIFFERS(row.version = 2);
	DIFFERS(row.owner_id = "u2");
	DIFFERS(row.prev_owner_id = "u2");
	DIFFERS(row.action = "revived");
	DIFFERS(row.changes = "{}");
	DIFFERS(row.private_changes = "{}");
	DIFFERS(row.salt[3] = 1);
	DIFFERS(row.user_id = "u2");
	DIFFERS(row.device_id = "d");
	DIFFERS(row.op_id = NULL);
	DIFFERS(row.cause = "");
	DIFFERS(row.at++);
	DIFFERS(row.claimed_at = row.at);
#undef DIFFERS
}

static void
changes_are_sorted_pairs_of_what_differs(void **state)
{
	const struct collections *set;
	const struct collection *c;
	const char **before, **after;

	(void)state;
	assert_null(collections_load(a, "schema/collections", rules, &set));
	c = collection_find(set, "cars");
	before = values_new(a, c);
	after = values_new(a, c);
	before[collection_field(c, "location")->index] = "\"Yard\"";
	after[collection_field(c, "location")->index] = "\"100\"";
	after[collection_field(c, "arrived")->index] = "true";
	before[collection_field(c, "late")->index] = after[collection_field(c, "late")->index] = "false";
	assert_string_equal(changes_between(a, c, before, after, false, NULL),
	    "{\"arrived\":[null,true],\"location\":[\"Yard\",\"100\"]}");
	assert_string_equal(changes_between(a, c, NULL, after, false, "old"),
	    "{\"arrived\":[null,true],\"late\":[null,false],\"location\":[null,\"100\"],"
	    "\"renamedFrom\":[null,\"old\"]}");
	assert_null(changes_between(a, c, before, before, false, NULL));
	assert_null(changes_between(a, c, before, after, true, NULL));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_row_is_sealed_as_written_down),
		cmocka_unit_test(every_column_is_under_the_seal),
		cmocka_unit_test(changes_are_sorted_pairs_of_what_differs),
	};

	crypto_init();
	return cmocka_run_group_tests(tests, setup, teardown);
}
