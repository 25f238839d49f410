/* team.c -- teams and their members.  A change of a membership is one action under the lock of the space.  The row in
 * the table `member`, which decides what somebody may do, and the record in `members`, which devices read, change
 * together. */
#include "team/team.h"

#include <string.h>

#include "base/crypto.h"
#include "base/id.h"
#include "base/instant.h"
#include "record/record.h"
#include "record/space.h"
#include "store/statement.h"

/* ---- the record of a member ---- */

/* One member, as in the tables. */
struct membership {
	const char *user_id, *name, *email;
	enum role role;
	int64_t joined_at;
	bool lowered; /* the role was a higher one before */
};

static struct problem *
no_member(struct arena *a)
{
	return problem_new(a, PROBLEM_NOT_FOUND, "There is no such member.");
}

static struct problem *
read_member(struct writer *w, const char *user_id, struct membership *m)
{
	struct arena *a = w->call->a;
	struct problem *p;
	struct rows *rows;

	if (!uuid_valid(user_id))
		return no_member(a);
	p = db_run(w->call->db, a, SQL(MEMBER_READ),
	    VALUES(value_id(w->call->person->space_id), value_id(user_id)), &rows);
	if (p != NULL)
		return p;
	if (rows->count == 0)
		return no_member(a);
	*m = (struct membership){
		.user_id = user_id,
		.role = role_named(row_text(rows, 0, MEMBER_ROLE)),
		.joined_at = row_instant(rows, 0, MEMBER_JOINED_AT),
		.name = row_text(rows, 0, MEMBER_NAME),
		.email = row_text(rows, 0, MEMBER_EMAIL),
	};
	return NULL;
}

static struct problem *
find_record(struct writer *w, const struct collection *c, const char *id, bool *live)
{
	struct problem *p;
	struct record record;
	bool found;

	if ((p = record_find(w->call, c, id, &record, &found)) != NULL)
		return p;
	*live = found && !record.deleted;
	return NULL;
}

/* Create, revive or change the record of a member.  The member's row must exist. */
static struct problem *
mirror(struct writer *w, const struct membership *m, struct outcome *outcome)
{
	struct arena *a = w->call->a;
	const struct collection *members = collection_find(w->call->set, "members");
	struct op op = {
		.collection = members,
		.record_id = m->user_id,
		.system = true,
		.base = BASE_CURRENT,
		.new_owner = m->user_id,
		.takes_rights = m->lowered,
	};
	struct problem *p;
	bool live;

	*outcome = (struct outcome){ 0 };
	if (members == NULL)
		return NULL;
	if ((p = find_record(w, members, m->user_id, &live)) != NULL)
		return p;
	op.intent = live ? INTENT_CHANGE : INTENT_CREATE;
	op_give(a, &op, "name", json_quoted(a, m->name));
	op_give(a, &op, "email", json_quoted(a, m->email));
	op_give(a, &op, "role", json_quoted(a, role_names[m->role]));
	if (!live)
		op_give(a, &op, "joined", json_quoted(a, instant_text(a, m->joined_at)));
	return writer_must(w, &op, outcome);
}

static struct problem *
unmirror(struct writer *w, const char *user_id)
{
	const struct collection *members = collection_find(w->call->set, "members");
	struct op op = {
		.collection = members,
		.record_id = user_id,
		.system = true,
		.kind = OP_DELETE,
		.intent = INTENT_CHANGE,
		.base = BASE_CURRENT,
	};
	struct outcome outcome;
	struct problem *p;
	bool live;

	if (members == NULL)
		return NULL;
	if ((p = find_record(w, members, user_id, &live)) != NULL || !live)
		return p;
	return writer_must(w, &op, &outcome);
}

/* ---- the row of a member ---- */

/* Whoever is in a space costs a row of it at each poll, and a write at each change of the account. */
static struct problem *
check_memberships(struct writer *w, const char *user_id)
{
	struct arena *a = w->call->a;
	struct problem *p;
	struct rows *rows;

	p = db_run(w->call->db, a, SQL(MEMBERSHIPS_COUNT), VALUES(value_id(user_id)), &rows);
	if (p != NULL || row_integer(rows, 0, COUNTED) < MEMBERSHIPS_MAX)
		return p;
	return problem_new(a, PROBLEM_FORBIDDEN,
	    "You are in %d spaces already, with those deleted in the last %d days; please leave one first.",
	    MEMBERSHIPS_MAX, TEAM_UNDO_DAYS);
}

struct problem *
member_join(struct writer *w, const char *user_id, const char *name, const char *email, enum role role)
{
	struct membership m = { .user_id = user_id, .name = name, .email = email, .role = role, .joined_at = w->now };
	struct outcome outcome;
	struct problem *p;

	w->people = true;
	if ((p = check_memberships(w, user_id)) != NULL)
		return p;
	p = db_run(w->call->db, w->call->a, SQL(MEMBER_CREATE),
	    VALUES(value_id(w->call->person->space_id), value_id(user_id), value_text(role_names[role]),
	        value_integer(w->seq + 1)), NULL);
	if (p != NULL)
		return p;
	return mirror(w, &m, &outcome);
}

/* Revoke the invitations that a member in their new role could not make.  Managers still invite people below them. */
static struct problem *
end_invitations(struct writer *w, const char *user_id, enum role role)
{
	return db_run(w->call->db, w->call->a, SQL(INVITATIONS_REVOKE_BY),
	    VALUES(value_id(w->call->person->space_id), value_id(user_id),
	        value_text(role == ROLE_MANAGER ? "viewer,member" : "")), NULL);
}

static struct problem *
count_owned(struct db *db, struct arena *a, const char *user_id, int64_t *live, int64_t *all)
{
	struct problem *p;
	struct rows *rows;

	if ((p = db_run(db, a, SQL(TEAMS_OWNED), VALUES(value_id(user_id)), &rows)) != NULL)
		return p;
	*live = row_integer(rows, 0, OWNED_LIVE);
	*all = row_integer(rows, 0, OWNED_ALL);
	return NULL;
}

static struct problem *
too_many(struct arena *a, int64_t live, const char *who)
{
	if (live < TEAMS_MAX)
		return NULL;
	return problem_new(a, PROBLEM_FORBIDDEN, "%s %d teams already.", who, TEAMS_MAX);
}

/* Nobody gets more teams from others than they can make. */
static struct problem *
check_taker(struct writer *w, const struct membership *was, enum role role)
{
	struct problem *p;
	int64_t live, all;

	if (role != ROLE_OWNER || was->role == ROLE_OWNER)
		return NULL;
	if ((p = count_owned(w->call->db, w->call->a, was->user_id, &live, &all)) != NULL)
		return p;
	return too_many(w->call->a, live, "The new owner owns");
}

/* Change the role and set a new view_epoch: the member may see other records now, so their devices load everything
 * again. */
static struct problem *
set_role(struct writer *w, const struct membership *was, enum role role, struct outcome *outcome)
{
	struct membership m = *was;
	struct problem *p;

	m.role = role;
	m.lowered = role < was->role;
	if ((p = check_taker(w, was, role)) != NULL || (p = mirror(w, &m, outcome)) != NULL)
		return p;
	p = db_run(w->call->db, w->call->a, SQL(MEMBER_SET_ROLE),
	    VALUES(value_text(role_names[role]), value_integer(w->seq), value_id(w->call->person->space_id),
	        value_id(m.user_id)), NULL);
	if (p != NULL || role == ROLE_OWNER)
		return p;
	return end_invitations(w, m.user_id, role);
}

struct problem *
member_drop(struct writer *w, const char *user_id)
{
	struct db *db = w->call->db;
	struct arena *a = w->call->a;
	const struct value space = value_id(w->call->person->space_id), user = value_id(user_id);
	struct problem *p;

	w->people = true;
	if ((p = unmirror(w, user_id)) != NULL ||
	    (p = db_run(db, a, SQL(OVERSIGHT_FORGET), VALUES(space, user), NULL)) != NULL ||
	    (p = db_run(db, a, SQL(MEMBER_DELETE), VALUES(space, user), NULL)) != NULL ||
	    (p = db_run(db, a, SQL(MEMBER_SESSIONS_END), VALUES(space, user), NULL)) != NULL ||
	    (p = db_run(db, a, SQL(MEMBER_DEVICES_FORGET), VALUES(space, user), NULL)) != NULL ||
	    (p = db_run(db, a, SQL(MEMBER_PIN_FORGET), VALUES(space, user), NULL)) != NULL)
		return p;
	return end_invitations(w, user_id, ROLE_NONE);
}

/* ---- another name ---- */

struct renaming {
	const char *user_id, *name;
};

static struct problem *
rename_account(struct db *db, struct arena *a, void *arg)
{
	const struct renaming *r = arg;
	struct problem *p;
	struct rows *rows;

	if ((p = db_run(db, a, SQL(USER_RENAME_SPACE),
	        VALUES(value_text(r->name), value_id(r->user_id)), NULL)) != NULL ||
	    (p = db_run(db, a, SQL(USER_RENAME), VALUES(value_text(r->name), value_id(r->user_id)), &rows)) != NULL)
		return p;
	return rows->affected == 1 ? NULL : problem_new(a, PROBLEM_UNAUTHORIZED, "Please sign in again.");
}

/* Read the name of the account under the lock, so that after two renamings at once every team has the last name. */
static struct problem *
mirror_name(struct writer *w, void *arg)
{
	struct membership m;
	struct outcome outcome;
	struct problem *p;

	(void)arg;
	if ((p = read_member(w, w->call->person->user_id, &m)) != NULL)
		return p->kind == PROBLEM_NOT_FOUND ? NULL : p; /* they have left the team meanwhile */
	return mirror(w, &m, &outcome);
}

struct problem *
person_rename(const struct call *call, const char *name)
{
	struct db *db = call->db;
	struct arena *a = call->a;
	struct renaming r = { .user_id = call->person->user_id, .name = name };
	struct written written;
	struct problem *p;
	struct rows *teams;

	if ((p = db_transaction(db, a, rename_account, &r)) != NULL ||
	    (p = db_run(db, a, SQL(TEAMS_OF_USER), VALUES(value_id(r.user_id)), &teams)) != NULL)
		return p;
	for (size_t i = 0; i < teams->count; i++) {
		struct person there = *call->person;
		const struct call in_team = call_as(call, &there);

		there.space_id = row_text(teams, i, ID_FOUND);
		if ((p = write_action(&in_team, ROLE_NONE, mirror_name, NULL, &written)) != NULL)
			return p;
	}
	return NULL;
}

/* ---- roles ---- */

struct problem *
team_only(struct arena *a, const struct person *person)
{
	if (person->space_kind != NULL && strcmp(person->space_kind, "team") == 0)
		return NULL;
	return problem_new(a, PROBLEM_FORBIDDEN, "This is one person's own space; make a team to share something.");
}

/* PROBLEM_LAST_OWNER when no other owner could sign in. */
static struct problem *
keep_owner(struct writer *w, const struct membership *m)
{
	struct problem *p;
	struct rows *rows;

	if (m->role != ROLE_OWNER)
		return NULL;
	p = db_run(w->call->db, w->call->a, SQL(OWNERS_BESIDE),
	    VALUES(value_id(w->call->person->space_id), value_id(m->user_id)), &rows);
	if (p != NULL || row_integer(rows, 0, COUNTED) > 0)
		return p;
	return problem_new(w->call->a, PROBLEM_LAST_OWNER,
	    "A space keeps an owner; make somebody else the owner first.");
}

static bool
is_self(const struct writer *w, const struct membership *m)
{
	return strcmp(w->call->person->user_id, m->user_id) == 0;
}

static struct problem *
check_rank(struct writer *w, const struct membership *m, enum role wanted)
{
	enum role mine = w->call->person->role;

	if (mine == ROLE_OWNER || (mine == ROLE_MANAGER && mine > m->role && mine > wanted) ||
	    (is_self(w, m) && wanted < mine))
		return NULL;
	return problem_new(w->call->a, PROBLEM_FORBIDDEN, "Your role in this space does not allow this.");
}

/* ---- making a team ---- */

/* Deleted teams are there for TEAM_UNDO_DAYS.  So whoever makes and deletes teams in turn has to wait at last. */
static struct problem *
check_made(struct db *db, struct arena *a, const char *user_id)
{
	struct problem *p;
	int64_t live, all;

	if ((p = count_owned(db, a, user_id, &live, &all)) != NULL)
		return p;
	if (live < TEAMS_MAX && all >= TEAMS_MADE_MAX)
		return problem_new(a, PROBLEM_FORBIDDEN,
		    "You have deleted %d teams in the last %d days; please wait, or bring one back.",
		    (int)(all - live), TEAM_UNDO_DAYS);
	return too_many(a, live, "You own");
}

struct founding {
	const struct call *call;
	const char *name, *epoch;
	const char *id;          /* of the space; with a key, one half is made from the key, the other from the
	                          * request */
	bool keyed;
	struct op *settings;     /* or NULL */
	bool duplicate;          /* an earlier request made the team */
};

/* Find the space with this id, which the same request made before.  PROBLEM_OP_REUSED when another request with the
 * same key made one. */
static struct problem *
find_made(const struct call *call, struct founding *f)
{
	struct arena *a = call->a;
	struct problem *p;
	struct rows *rows;

	f->duplicate = false;
	if (!f->keyed)
		return NULL;
	p = db_run(call->db, a, SQL(SPACE_OF_KEY),
	    VALUES(value_id(arena_printf(a, "%.18s-0000-000000000000", f->id)),
	        value_id(arena_printf(a, "%.18s-ffff-ffffffffffff", f->id))), &rows);
	if (p != NULL || rows->count == 0)
		return p;
	if (strcmp(row_text(rows, 0, ID_FOUND), f->id) != 0)
		return problem_at(a, PROBLEM_OP_REUSED, "Idempotency-Key",
		    "This key was used before, for another team.");
	f->duplicate = true;
	return NULL;
}

/* If the same request comes twice at once, the second one waits for the first and finds its space. */
static struct problem *
make_space(struct writer *w, void *arg)
{
	static const unsigned char no_chain[SHA256_SIZE];
	struct founding *f = arg;
	struct problem *p;
	struct rows *rows;

	if ((p = find_made(f->call, f)) != NULL || f->duplicate)
		return p;
	if ((p = check_made(f->call->db, f->call->a, f->call->person->user_id)) != NULL)
		return p;
	p = db_run(w->call->db, w->call->a, SQL(TEAM_CREATE),
	    VALUES(value_id(f->id), value_text(f->name), value_text(f->epoch),
	        value_bytes(no_chain, sizeof no_chain)), &rows);
	if (p != NULL || (f->duplicate = rows->affected == 0))
		return p;
	return db_run(w->call->db, w->call->a, SQL(SPACE_EPOCH_CREATE),
	    VALUES(value_id(f->id), value_text(f->epoch)), NULL);
}

static struct problem *
found(struct writer *w, void *arg)
{
	const struct founding *f = arg;
	const struct person *person = w->call->person;
	struct outcome outcome;
	struct problem *p;

	if (f->duplicate)
		return NULL;
	if ((p = member_join(w, person->user_id, person->name, person->email, ROLE_OWNER)) != NULL ||
	    f->settings == NULL)
		return p;
	return writer_must(w, f->settings, &outcome);
}

/* Make the id of a space from the key and the request, so that a repeated request finds the same space. */
static const char *
id_of_key(const struct call *call, const char *key, const char *name, struct json_object *profile)
{
	struct arena *a = call->a;
	const char *who = arena_printf(a, "team %s %s", call->person->user_id, key);
	const char *what = arena_printf(a,
	    "%s %s", name, profile == NULL ? "{}" : json_object_to_json_string_ext(profile, JSON_C_TO_STRING_PLAIN));
	unsigned char first[SHA256_SIZE], second[SHA256_SIZE];
	const char *half, *other;

	sha256(who, strlen(who), first);
	sha256(what, strlen(what), second);
	half = hex_text(a, first, 8);
	other = hex_text(a, second, 8);
	return arena_printf(a, "%.8s-%.4s-8%.3s-8%.3s-%.12s", half, half + 8, half + 12, other, other + 3);
}

/* Validate the profile before the space is created. */
static struct problem *
prepare_profile(const struct call *call, struct json_object *profile, struct op *op, struct op **settings)
{
	*settings = NULL;
	if (profile == NULL || json_object_object_length(profile) == 0)
		return NULL;
	*op = (struct op){
		.collection = collection_find(call->set, "spaceSettings"),
		.intent = INTENT_CREATE,
		.system = true,
		.set = profile,
	};
	if (op->collection == NULL)
		return problem_new(call->a, PROBLEM_INVALID, "This installation keeps no settings of spaces.");
	op_prepare(call->a, call->person, op);
	*settings = op;
	return op->refused != NULL ? op->refused : op->bad_private;
}

static void
drop_tree(void *tree)
{
	json_object_put(tree);
}

/* Add the maker's zone to a profile that does not name one. */
static struct problem *
add_zone(const struct call *call, struct json_object **profile)
{
	struct problem *p;
	const char *zone;

	if (*profile != NULL && json_object_object_get_ex(*profile, "zone", NULL))
		return NULL;
	if ((p = home_zone(call, &zone)) != NULL || zone == NULL)
		return p;
	if (*profile == NULL)
		arena_defer(call->a, drop_tree, *profile = json_object_new_object());
	json_object_object_add(*profile, "zone", json_object_new_string(zone));
	return NULL;
}

/* The space, its owner and its profile are written in one transaction, so there is never a space without an owner. */
struct problem *
team_create(const struct call *call, const char *key, const char *name, struct json_object *profile,
    struct space_row *space)
{
	struct arena *a = call->a;
	struct founding f = {
		.call = call,
		.name = name,
		.epoch = random_hex(a),
		.id = key == NULL ? uuid7_text(a) : id_of_key(call, key, name, profile),
		.keyed = key != NULL,
	};
	struct person founder = *call->person;
	const struct call as_founder = call_as(call, &founder);
	struct written written;
	struct problem *p;
	struct op op;

	founder.space_id = f.id;
	founder.role = ROLE_NONE;
	if ((p = add_zone(call, &profile)) != NULL ||
	    (p = prepare_profile(call, profile, &op, &f.settings)) != NULL ||
	    (p = write_founding(&as_founder, make_space, found, &f, &written)) != NULL)
		return p;
	return space_read(call->db, a, founder.user_id, f.id, space);
}

/* ---- the space itself ---- */

struct problem *
space_read(struct db *db, struct arena *a, const char *user_id, const char *space_id, struct space_row *space)
{
	struct problem *p;
	struct rows *rows;

	if ((p = db_run(db, a, SQL(SPACE_OF_USER), VALUES(value_id(user_id), value_id(space_id)), &rows)) != NULL)
		return p;
	if (rows->count == 0)
		return problem_new(a, PROBLEM_NOT_FOUND, "There is no such space.");
	*space = space_of_row(rows, 0);
	return NULL;
}

static struct problem *
rename_space(struct writer *w, void *arg)
{
	return db_run(w->call->db, w->call->a, SQL(SPACE_RENAME),
	    VALUES(value_text(arg), value_id(w->call->person->space_id)), NULL);
}

struct problem *
space_rename(const struct call *call, const char *name)
{
	struct written written;

	return write_action(call, ROLE_MANAGER, rename_space, arena_strdup(call->a, name), &written);
}

static struct problem *
delete_team(struct writer *w, void *arg)
{
	struct problem *p;

	(void)arg;
	if ((p = team_only(w->call->a, w->call->person)) != NULL)
		return p;
	return db_run(w->call->db, w->call->a, SQL(SPACE_DELETE), VALUES(value_id(w->call->person->space_id)), NULL);
}

struct problem *
team_delete(const struct call *call)
{
	struct written written;

	return write_action(call, ROLE_OWNER, delete_team, NULL, &written);
}

struct problem *
team_restore(struct db *db, struct arena *a, const char *user_id, const char *space_id)
{
	struct problem *p;
	int64_t live, all;
	struct rows *rows;

	if ((p = count_owned(db, a, user_id, &live, &all)) != NULL || (p = too_many(a, live, "You own")) != NULL)
		return p;
	p = db_run(db, a, SQL(SPACE_UNDELETE),
	    VALUES(value_id(user_id), value_id(space_id), value_integer(TEAM_UNDO_DAYS)), &rows);
	if (p == NULL && rows->affected == 0)
		return problem_new(a, PROBLEM_NOT_FOUND, "There is no such space.");
	return p;
}

struct problem *
teams_deleted(struct db *db, struct arena *a, const char *user_id, struct deleted_team **teams, size_t *count)
{
	struct problem *p;
	struct rows *rows;

	if ((p = db_run(db, a, SQL(TEAMS_DELETED),
	    VALUES(value_id(user_id), value_integer(TEAM_UNDO_DAYS)), &rows)) != NULL)
		return p;
	*count = rows->count;
	*teams = arena_alloc(a, rows->count * sizeof **teams);
	for (size_t i = 0; i < rows->count; i++)
		(*teams)[i] = (struct deleted_team){
			.id = row_text(rows, i, DELETED_TEAM_ID),
			.name = row_text(rows, i, DELETED_TEAM_NAME),
			.deleted_at = row_instant(rows, i, DELETED_TEAM_AT),
		};
	return NULL;
}

/* ---- members ---- */

struct member_change {
	const char *user_id;
	enum role role;
	struct outcome *outcome;
};

static struct problem *
change_role(struct writer *w, void *arg)
{
	const struct member_change *change = arg;
	struct membership m;
	struct problem *p;

	if ((p = read_member(w, change->user_id, &m)) != NULL ||
	    (p = team_only(w->call->a, w->call->person)) != NULL ||
	    (p = check_rank(w, &m, change->role)) != NULL)
		return p;
	if (change->role == m.role)
		return mirror(w, &m, change->outcome);
	if ((p = keep_owner(w, &m)) != NULL)
		return p;
	return set_role(w, &m, change->role, change->outcome);
}

struct problem *
member_change_role(const struct call *call, const char *user_id, enum role role, struct outcome *outcome)
{
	struct member_change change = { .user_id = user_id, .role = role, .outcome = outcome };
	struct written written;

	return write_action(call, ROLE_VIEWER, change_role, &change, &written);
}

static struct problem *
remove_member(struct writer *w, void *arg)
{
	struct membership m;
	struct problem *p;

	if ((p = read_member(w, arg, &m)) != NULL ||
	    (p = team_only(w->call->a, w->call->person)) != NULL ||
	    (p = check_rank(w, &m, ROLE_NONE)) != NULL ||
	    (p = keep_owner(w, &m)) != NULL)
		return p;
	return member_drop(w, m.user_id);
}

struct problem *
member_remove(const struct call *call, const char *user_id)
{
	struct written written;

	return write_action(call, ROLE_VIEWER, remove_member, arena_strdup(call->a, user_id), &written);
}

static struct problem *
transfer(struct writer *w, void *arg)
{
	struct arena *a = w->call->a;
	const struct member_change *change = arg;
	struct membership giver, taker;
	struct outcome outcome;
	struct problem *p;

	if ((p = team_only(a, w->call->person)) != NULL ||
	    (p = read_member(w, w->call->person->user_id, &giver)) != NULL ||
	    (p = read_member(w, change->user_id, &taker)) != NULL)
		return p->kind == PROBLEM_NOT_FOUND
		    ? problem_at(a, PROBLEM_INVALID, "user", "The new owner must be a member of the space.") : p;
	if (strcmp(giver.user_id, taker.user_id) == 0)
		return problem_at(a, PROBLEM_INVALID, "user", "The new owner must be somebody else.");
	if ((p = set_role(w, &taker, ROLE_OWNER, change->outcome)) != NULL ||
	    (p = keep_owner(w, &giver)) != NULL)
		return p;
	return set_role(w, &giver, ROLE_MANAGER, &outcome);
}

struct problem *
team_transfer(const struct call *call, const char *user_id, struct outcome *outcome)
{
	struct member_change change = { .user_id = user_id, .outcome = outcome };
	struct written written;

	return write_action(call, ROLE_OWNER, transfer, &change, &written);
}
