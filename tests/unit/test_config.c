/* test_config.c -- the settings file: what is read, what stops the start, and the printed example. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <stdlib.h>
#include <unistd.h>

#include "base/config.h"
#include "place.h"

/* A folder of its own for each test, with a settings file in it; what is said on standard error is kept. */
struct place {
	struct arena *arena;
	char folder[256];
	char *path;
	char said[2000];
};

static int
make(void **state)
{
	static struct place place;

	memset(&place, 0, sizeof(place));
	place.arena = arena_new();
	if (mkdtemp(place_of("config", place.folder, sizeof place.folder)) == NULL)
		return -1;
	place.path = arena_printf(place.arena, "%s/daybook.conf", place.folder);
	*state = &place;
	return 0;
}

static int
end(void **state)
{
	struct place *place = *state;

	unlink(place->path);
	rmdir(place->folder);
	arena_free(place->arena);
	return 0;
}

static void
write_file(const char *path, const char *bytes, size_t length)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, length, file), length);
	assert_int_equal(fclose(file), 0);
}

/* config_read, keeping what it says. */
static int
read_quietly(struct place *place, const char *path, struct config *config)
{
	FILE *said = tmpfile();
	int real, result;
	size_t length;

	assert_non_null(said);
	fflush(stderr);
	real = dup(STDERR_FILENO);
	dup2(fileno(said), STDERR_FILENO);
	result = config_read(place->arena, path, config);
	fflush(stderr);
	dup2(real, STDERR_FILENO);
	close(real);
	rewind(said);
	length = fread(place->said, 1, sizeof(place->said) - 1, said);
	place->said[length] = '\0';
	fclose(said);
	return result;
}

static struct config
read_text(struct place *place, const char *text)
{
	struct config config;

	write_file(place->path, text, strlen(text));
	if (read_quietly(place, place->path, &config) != 0)
		fail_msg("%s", place->said);
	assert_string_equal(place->said, "");
	return config;
}

static void
expect_refused(struct place *place, const char *text, int line, const char *says)
{
	struct config config;
	char *place_said = arena_printf(place->arena, "%s:%d: ", place->path, line);

	write_file(place->path, text, strlen(text));
	assert_int_equal(read_quietly(place, place->path, &config), -1);
	assert_memory_equal(place->said, place_said, strlen(place_said));
	if (strstr(place->said, says) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", place->said, says);
	assert_ptr_equal(strchr(place->said, '\n'), place->said + strlen(place->said) - 1);
}

/* The text of a whole file. */
static char *
contents(struct arena *a, FILE *file)
{
	char *text = arena_alloc(a, 100000);
	size_t length;

	rewind(file);
	length = fread(text, 1, 99999, file);
	text[length] = '\0';
	fclose(file);
	return text;
}

static char *
printed(struct arena *a)
{
	FILE *file = tmpfile();

	assert_non_null(file);
	config_print(file);
	return contents(a, file);
}

static void
expect_defaults(const struct config *config)
{
	assert_string_equal(config->db_socket, "/run/mysqld/mysqld.sock");
	assert_null(config->db_host);
	assert_int_equal(config->db_port, 3306);
	assert_string_equal(config->db_user, "daybook");
	assert_null(config->db_password_file);
	assert_string_equal(config->db_name, "daybook");
	assert_null(config->db_ca_file);
	assert_string_equal(config->listen, "/run/daybook/daybook.sock");
	assert_null(config->listen_group);
	assert_string_equal(config->run_dir, "/run/daybook");
	assert_string_equal(config->state_dir, "/var/lib/daybook");
	assert_int_equal(config->workers, 8);
	assert_int_equal(config->requests_per_worker, 100000);
	assert_int_equal(config->tidy_minutes, 60);
	assert_string_equal(config->definitions, "/usr/share/daybook/schema/collections");
	assert_string_equal(config->schema, "/usr/share/daybook/schema");
	assert_string_equal(config->keys, "/etc/daybook/keys");
	assert_null(config->issuers);
	assert_string_equal(config->issuer, "daybook");
	assert_int_equal(config->access_minutes, 15);
	assert_int_equal(config->refresh_days, 60);
	assert_int_equal(config->pin_idle_minutes, 15);
	assert_int_equal(config->registration, 1);
	assert_string_equal(config->origins, "");
	assert_int_equal(config->op_days, 90);
	assert_int_equal(config->file_max_bytes, 10 << 20);
	assert_int_equal(config->space_quota_bytes, 1 << 30);
	assert_int_equal(config->space_records, 1000000);
	assert_int_equal(config->space_bytes, (int64_t)4 << 30);
	assert_int_equal(config->tombstone_days, 180);
	assert_string_equal(config->log_level, "info");
}

static void
without_a_file_the_defaults_hold(void **state)
{
	struct place *place = *state;
	struct config config;

	assert_int_equal(config_read(place->arena, NULL, &config), 0);
	expect_defaults(&config);
	config = read_text(place, "");
	expect_defaults(&config);
	config = read_text(place, "\n  \n# a comment\n\t# another\n");
	expect_defaults(&config);
}

static void
values_are_taken_without_the_space_around_them(void **state)
{
	struct config config = read_text(*state, "db_name=work\n  workers  =  3  \r\nissuer = My Daybook # ours\n"
						 "origins = https://a.example https://b.example/#x\nregistration = no");

	assert_string_equal(config.db_name, "work");
	assert_int_equal(config.workers, 3);
	assert_string_equal(config.issuer, "My Daybook");
	assert_string_equal(config.origins, "https://a.example https://b.example/#x");
	assert_int_equal(config.registration, 0);
	assert_string_equal(config.db_user, "daybook");
}

static void
without_an_admin_the_one_user_does_all(void **state)
{
	struct place *place = *state;
	struct config config;

	assert_int_equal(config_read(place->arena, NULL, &config), 0);
	assert_string_equal(config.db_admin_user, "daybook");
	config = read_text(place, "db_user = one\ndb_password_file = secret\ndb_admin_user =\n");
	assert_string_equal(config.db_admin_user, "one");
	assert_string_equal(config.db_admin_password_file, config.db_password_file);
	config = read_text(place, "db_password_file = secret\ndb_admin_user = boss\n");
	assert_string_equal(config.db_user, "daybook");
	assert_string_equal(config.db_admin_user, "boss");
	assert_null(config.db_admin_password_file);
	config = read_text(place, "db_admin_user = boss\ndb_admin_password_file = /etc/boss\n");
	assert_string_equal(config.db_admin_password_file, "/etc/boss");
	assert_null(config.db_password_file);
}

static void
sizes_have_units(void **state)
{
	struct place *place = *state;

	assert_int_equal(read_text(place, "file_max_bytes = 65536\n").file_max_bytes, 65536);
	assert_int_equal(read_text(place, "file_max_bytes = 100K\n").file_max_bytes, 102400);
	assert_int_equal(read_text(place, "space_quota_bytes = 0\n").space_quota_bytes, 0);
	assert_int_equal(read_text(place, "space_quota_bytes = 20G\n").space_quota_bytes, (int64_t)20 << 30);
}

static void
booleans_have_three_spellings(void **state)
{
	struct place *place = *state;

	assert_int_equal(read_text(place, "registration = yes\n").registration, 1);
	assert_int_equal(read_text(place, "registration = true\n").registration, 1);
	assert_int_equal(read_text(place, "registration = 1\n").registration, 1);
	assert_int_equal(read_text(place, "registration = no\n").registration, 0);
	assert_int_equal(read_text(place, "registration = false\n").registration, 0);
	assert_int_equal(read_text(place, "registration = 0\n").registration, 0);
	expect_refused(place, "registration = maybe\n", 1, "registration: must be yes or no");
	expect_refused(place, "registration = 2\n", 1, "registration");
}

static void
relative_paths_start_at_the_folder_of_the_file(void **state)
{
	struct place *place = *state;
	struct config config = read_text(place,
	    "keys = keys\nlisten = run/daybook.sock\nrun_dir = /var/run/elsewhere\n");

	assert_string_equal(config.keys, arena_printf(place->arena, "%s/keys", place->folder));
	assert_string_equal(config.listen, arena_printf(place->arena, "%s/run/daybook.sock", place->folder));
	assert_string_equal(config.run_dir, "/var/run/elsewhere");
}

static void
a_relative_path_of_the_file_itself_makes_no_difference(void **state)
{
	struct place *place = *state;
	char before[4096];
	struct config config;

	read_text(place, "keys = keys\n");
	assert_non_null(getcwd(before, sizeof(before)));
	assert_int_equal(chdir(place->folder), 0);
	assert_int_equal(read_quietly(place, "daybook.conf", &config), 0);
	assert_int_equal(chdir(before), 0);
	assert_string_equal(config.keys, arena_printf(place->arena, "%s/keys", place->folder));
}

static void
numbers_outside_their_range_stop_the_start(void **state)
{
	struct place *place = *state;

	assert_int_equal(read_text(place, "workers = 1\n").workers, 1);
	assert_int_equal(read_text(place, "workers = 256\n").workers, 256);
	expect_refused(place, "workers = 0\n", 1, "workers: must be a whole number from 1 to 256");
	expect_refused(place, "workers = 257\n", 1, "workers");
	expect_refused(place, "workers = -1\n", 1, "workers");
	expect_refused(place, "workers = 8x\n", 1, "workers");
	expect_refused(place, "workers = 8.0\n", 1, "workers");
	expect_refused(place, "workers = +8\n", 1, "workers");
	expect_refused(place, "workers = 0x8\n", 1, "workers");
	expect_refused(place, "workers = 99999999999999999999\n", 1, "workers");
	expect_refused(place, "db_port = 65536\n", 1, "db_port");
	expect_refused(place, "file_max_bytes = 65535\n", 1,
	    "file_max_bytes: must be a number of bytes from 64K to 1G");
	expect_refused(place, "file_max_bytes = 2G\n", 1, "file_max_bytes");
	expect_refused(place, "file_max_bytes = 10MB\n", 1, "file_max_bytes");
	expect_refused(place, "file_max_bytes = 10m\n", 1, "file_max_bytes");
	expect_refused(place, "file_max_bytes = -1M\n", 1, "file_max_bytes");
	expect_refused(place, "space_quota_bytes = 9999999999999G\n", 1, "space_quota_bytes");
	expect_refused(place, "space_quota_bytes = M\n", 1, "space_quota_bytes");
}

static void
mistakes_are_named_with_file_and_line(void **state)
{
	struct place *place = *state;

	expect_refused(place, "# first\n\nworker = 8\n", 3, "worker: there is no such setting");
	expect_refused(place, "workers = 8\ndb_name = a\nworkers = 8\n", 3, "workers: is given twice");
	expect_refused(place, "workers\n", 1, "not of the form key = value");
	expect_refused(place, "= 8\n", 1, "there is no such setting");
	expect_refused(place, "log_level = loud\n", 1, "log_level: must be error, warn, info or debug");
	expect_refused(place, "Workers = 8\n", 1, "Workers: there is no such setting");
}

static void
a_key_without_a_value_is_refused_where_one_is_needed(void **state)
{
	struct place *place = *state;
	struct config config = read_text(place, "db_host =\norigins =\nissuers = # none\n");

	expect_defaults(&config);
	expect_refused(place, "db_user =\n", 1, "db_user: needs a value");
	expect_refused(place, "listen =\n", 1, "listen: needs a value");
	expect_refused(place, "workers =\n", 1, "workers: needs a value");
}

static void
a_server_elsewhere_replaces_the_socket(void **state)
{
	struct config config = read_text(*state, "db_host = db.example.org\ndb_port = 3307\n");

	assert_null(config.db_socket);
	assert_string_equal(config.db_host, "db.example.org");
	assert_int_equal(config.db_port, 3307);
}

static void
a_file_that_cannot_be_read_is_named(void **state)
{
	struct place *place = *state;
	struct config config;

	assert_int_equal(read_quietly(place, "/nowhere/daybook.conf", &config), -1);
	assert_non_null(strstr(place->said, "/nowhere/daybook.conf"));
	assert_int_equal(read_quietly(place, place->path, &config), -1);
	assert_non_null(strstr(place->said, place->path));
	assert_int_equal(read_quietly(place, place->folder, &config), -1);
	assert_non_null(strstr(place->said, place->folder));
	write_file(place->path, "workers = 3\0\n", 13);
	assert_int_equal(read_quietly(place, place->path, &config), -1);
	assert_non_null(strstr(place->said, "NUL"));
}

static void
mail_needs_a_sender_and_an_address_for_its_links(void **state)
{
	struct place *place = *state;
	struct config config;

	write_file(place->path, "mail_command = /usr/sbin/sendmail -t -i\n", 40);
	assert_int_equal(read_quietly(place, place->path, &config), -1);
	assert_non_null(strstr(place->said, "mail_from"));
	config = read_text(place, "mail_command = m\nmail_from = d@example.org\npublic_url = https://d.example.org/\n");
	assert_string_equal(config.public_url, "https://d.example.org");
	write_file(place->path, "public_url = d.example.org\n", 27);
	assert_int_equal(read_quietly(place, place->path, &config), -1);
}

static void
the_printed_file_says_what_holds_anyway(void **state)
{
	struct place *place = *state;
	char *text = printed(place->arena), *set = arena_strdup(place->arena, text);
	struct config config = read_text(place, text);

	expect_defaults(&config);
	for (char *at = set; (at = strstr(at, "\n#")) != NULL; at++)
		if (at[2] != ' ')
			at[1] = ' '; /* every key set, to its default */
	config = read_text(place, set);
	expect_defaults(&config);
}

static void
the_printed_file_has_every_key(void **state)
{
	struct place *place = *state;
	char *text = printed(place->arena);
	size_t count = 0;

	for (char *at = text; (at = strstr(at, "\n#")) != NULL; at++)
		count += at[2] != ' ';
	assert_int_equal(count, 49);
}

static void
the_example_in_deploy_is_the_printed_file(void **state)
{
	struct place *place = *state;
	FILE *example = fopen("deploy/daybook.conf.example", "r"); /* tests start at the top of the tree */

	assert_non_null(example);
	assert_string_equal(contents(place->arena, example), printed(place->arena));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(without_a_file_the_defaults_hold),
		TEST(values_are_taken_without_the_space_around_them),
		TEST(without_an_admin_the_one_user_does_all),
		TEST(sizes_have_units),
		TEST(booleans_have_three_spellings),
		TEST(relative_paths_start_at_the_folder_of_the_file),
		TEST(a_relative_path_of_the_file_itself_makes_no_difference),
		TEST(numbers_outside_their_range_stop_the_start),
		TEST(mistakes_are_named_with_file_and_line),
		TEST(a_key_without_a_value_is_refused_where_one_is_needed),
		TEST(a_server_elsewhere_replaces_the_socket),
		TEST(a_file_that_cannot_be_read_is_named),
		TEST(mail_needs_a_sender_and_an_address_for_its_links),
		TEST(the_printed_file_says_what_holds_anyway),
		TEST(the_printed_file_has_every_key),
		TEST(the_example_in_deploy_is_the_printed_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
