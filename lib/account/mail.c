/* mail.c -- the queue of mail in the table `job`, and the child process that takes a message.  A job is claimed before
 * its message is handed over.  If the process that claimed it dies, the job becomes due again, so a message is sent at
 * least once.  Its payload may hold a link and is emptied when the job is done. */
#include "account/mail.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "account/email.h"
#include "base/crypto.h"
#include "base/instant.h"
#include "base/json.h"
#include "base/json_out.h"
#include "base/log.h"
#include "base/text.h"
#include "store/statement.h"

enum {
	WORDS_MAX = 32,         /* of the command */
	CHILD_SECONDS = 60,     /* then it is killed */
	CHILD_PAUSE_MS = 20,
	SUBJECT_CHUNK = 42      /* bytes of a subject in one encoded word */
};

bool
mail_is_set_up(const struct config *config)
{
	return config->mail_command != NULL && config->mail_from != NULL && config->public_url != NULL;
}

bool
mail_address_fits(const char *address)
{
	for (const char *c = address; *c != '\0'; c++)
		if (*c <= ' ' || *c >= 0x7F || strchr("\"(),:;<>[\\]", *c) != NULL)
			return false;
	return *address != '\0';
}

/* ---- the queue ---- */

static struct problem *
queue(struct db *db, struct arena *a, const char *payload)
{
	return db_run(db, a, SQL(JOB_CREATE),
	    VALUES(value_id(uuid7_text(a)), value_text("mail"), value_text(payload)), NULL);
}

struct problem *
mail_queue(struct db *db, struct arena *a, const char *to, const char *subject, const char *text)
{
	struct buf b;
	struct json_out out;

	buf_init(&b, a);
	json_out_start(&out, &b);
	put_object(&out, NULL);
	put_text(&out, "subject", subject);
	put_text(&out, "text", text);
	put_text(&out, "to", to);
	put_end(&out);
	return queue(db, a, b.text);
}

struct problem *
mail_queue_reset(struct db *db, struct arena *a, const char *email)
{
	struct buf b;
	struct json_out out;

	buf_init(&b, a);
	json_out_start(&out, &b);
	put_object(&out, NULL);
	put_text(&out, "reset", email);
	put_end(&out);
	return queue(db, a, b.text);
}

/* ---- the message ---- */

/* Append a subject: as it is if it is plain ASCII, else as encoded words of base64 (RFC 2047), cut between
 * characters. */
static void
add_subject(struct buf *b, const char *subject)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *at = (const unsigned char *)subject;
	size_t left = strlen(subject);

	while (left > 0) {
		size_t size = left <= SUBJECT_CHUNK ? left : utf8_cut((const char *)at, SUBJECT_CHUNK);

		buf_text(b, at == (const unsigned char *)subject ? "=?utf-8?B?" : "\n =?utf-8?B?");
		for (size_t i = 0; i < size; i += 3) {
			unsigned bits = at[i] * 65536U + (i + 1 < size ? at[i + 1] * 256U : 0) +
			    (i + 2 < size ? at[i + 2] : 0);

			buf_char(b, digits[bits >> 18]);
			buf_char(b, digits[bits >> 12 & 63]);
			buf_char(b, i + 1 < size ? digits[bits >> 6 & 63] : '=');
			buf_char(b, i + 2 < size ? digits[bits & 63] : '=');
		}
		buf_text(b, "?=");
		at += size;
		left -= size;
	}
}

/* Text that looks like an encoded word (RFC 2047) is encoded too, or a name could imitate another. */
static bool
is_plain(const char *text)
{
	if (strstr(text, "=?") != NULL)
		return false;
	for (; *text != '\0'; text++)
		if (*text < ' ' || *text > '~')
			return false;
	return true;
}

static void
add_date(struct buf *b, int64_t now)
{
	static const char *const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
	static const char *const months[] = {
		"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
	};
	time_t seconds = (time_t)(now / 1000);
	struct tm t;

	gmtime_r(&seconds, &t);
	buf_printf(b, "%s, %02d %s %d %02d:%02d:%02d +0000",
	    days[t.tm_wday], t.tm_mday, months[t.tm_mon], t.tm_year + 1900, t.tm_hour, t.tm_min, t.tm_sec);
}

char *
mail_message(struct arena *a, const char *from, const char *to, const char *subject, const char *text,
    const char *id, int64_t now)
{
	struct buf b;

	buf_init(&b, a);
	buf_printf(&b, "From: %s\nTo: %s\nSubject: ", from, to);
	if (is_plain(subject) && strlen(subject) < 70)
		buf_text(&b, subject);
	else
		add_subject(&b, subject);
	buf_text(&b, "\nDate: ");
	add_date(&b, now);
	buf_printf(&b, "\nMessage-ID: <%s@daybook>\nAuto-Submitted: auto-generated\nMIME-Version: 1.0\n", id);
	buf_text(&b, "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n");
	buf_text(&b, text);
	return b.text;
}

/* ---- the child ---- */

/* The words of the command, split at blanks. */
static char **
split_words(struct arena *a, const char *command)
{
	char **words = arena_alloc(a, (WORDS_MAX + 1) * sizeof *words);
	size_t count = 0;

	while (*(command += strspn(command, " \t")) != '\0' && count < WORDS_MAX) {
		size_t length = strcspn(command, " \t");

		words[count++] = arena_strndup(a, command, length);
		command += length;
	}
	return words;
}

/* Put the message into a file without a name.  The child can read it at any speed, and there is no pipe that breaks or
 * fills up. */
static int
hold_message(const char *message)
{
	size_t left = strlen(message);
	int fd = memfd_create("mail", MFD_CLOEXEC);

	while (fd >= 0 && left > 0) {
		ssize_t n = write(fd, message, left);

		if (n <= 0) {
			close(fd);
			return -1;
		}
		message += n;
		left -= (size_t)n;
	}
	if (fd >= 0)
		lseek(fd, 0, SEEK_SET);
	return fd;
}

/* The child gets default signal handlers, and no open files but the message and the log. */
static int
spawn_child(char **words, int message, pid_t *child)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t none, all;
	char *environment[] = { (char[]){ "PATH=/usr/sbin:/usr/bin:/sbin:/bin" }, (char[]){ "LC_ALL=C" }, NULL };
	int error;

	sigemptyset(&none);
	sigfillset(&all);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, message, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&files, STDERR_FILENO, STDOUT_FILENO);
	posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, &all);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	error = posix_spawnp(child, words[0], &files, &attributes, words, environment);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&files);
	return error;
}

/* Wait for the child, at most CHILD_SECONDS.  Returns what went wrong, or NULL when it exited with 0. */
static const char *
await_child(struct arena *a, pid_t child)
{
	const struct timespec pause = { .tv_nsec = CHILD_PAUSE_MS * 1000000L };
	int status = 0, waited = 0;

	while (waitpid(child, &status, WNOHANG) == 0) {
		nanosleep(&pause, NULL);
		waited += CHILD_PAUSE_MS;
		if (waited < CHILD_SECONDS * 1000)
			continue;
		kill(child, SIGKILL);
		waitpid(child, &status, 0);
		return "mail_command took too long";
	}
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return NULL;
	if (WIFEXITED(status))
		return arena_printf(a, "mail_command ended with status %d", WEXITSTATUS(status));
	return arena_printf(a, "mail_command was ended by signal %d", WTERMSIG(status));
}

/* Hand a message to the command.  Returns what went wrong, or NULL. */
static const char *
hand_over(struct arena *a, const char *command, const char *text)
{
	char **words = split_words(a, command);
	pid_t child;
	int message, error;

	if (words[0] == NULL)
		return "mail_command is empty";
	if ((message = hold_message(text)) < 0)
		return "no memory for a message";
	error = spawn_child(words, message, &child);
	close(message);
	if (error != 0)
		return arena_printf(a, "mail_command cannot be started: %s", strerror(error));
	return await_child(a, child);
}

/* ---- a forgotten password ---- */

struct letter {
	const char *to, *subject, *text;
	bool is_reset;
	unsigned char hash[SHA256_SIZE]; /* of its token */
};

/* The token is made here and is nowhere but in the message.  letter->to stays NULL when there is nothing to send:
 * nobody has this address, or they are disabled, have no password, or were sent enough. */
static struct problem *
write_reset(struct db *db, struct arena *a, const struct config *config, const char *email, struct letter *letter)
{
	unsigned char secret[32];
	const char *token;
	struct problem *p;
	struct rows *rows;

	*letter = (struct letter){ 0 };
	if ((p = email_find_user(db, a, email, &rows)) != NULL || rows->count == 0)
		return p;
	email = row_text(rows, 0, USER_EMAIL);
	if (!mail_address_fits(email))
		return NULL;
	random_bytes(secret, sizeof secret);
	token = base64url_text(a, secret, sizeof secret);
	sha256(token, strlen(token), letter->hash);
	p = db_run(db, a, SQL(RESET_CREATE),
	    VALUES(value_bytes(letter->hash, sizeof letter->hash), value_integer(RESET_MINUTES), value_text(email),
	        value_integer(RESETS_AN_HOUR)), &rows);
	if (p != NULL || rows->affected == 0)
		return p;
	letter->is_reset = true;
	letter->to = email;
	letter->subject = "A new password for Daybook";
	letter->text = arena_printf(a,
	    "Somebody, probably you, asked for a new password for this address.\n\n"
	    "Open this link within an hour to choose one:\n\n%s/#reset=%s\n\n"
	    "If it was not you, leave this alone: your password stays as it is.\n", config->public_url, token);
	return NULL;
}

/* ---- sending ---- */

static struct problem *
read_payload(struct db *db, struct arena *a, const struct config *config, const char *payload, struct letter *letter)
{
	struct problem *p;
	struct json_object *tree;
	const char *reset;

	*letter = (struct letter){ 0 };
	if ((p = json_parse_object(a, payload, strlen(payload), &tree)) != NULL ||
	    (p = json_get_text(a, tree, "reset", &reset)) != NULL)
		return p;
	if (reset != NULL)
		return write_reset(db, a, config, reset, letter);
	if ((p = json_get_text(a, tree, "to", &letter->to)) != NULL ||
	    (p = json_get_text(a, tree, "subject", &letter->subject)) != NULL)
		return p;
	return json_get_text(a, tree, "text", &letter->text);
}

static struct problem *
finish(struct db *db, struct arena *a, const char *id, int64_t tries, const char *wrong)
{
	int64_t minutes = tries < 10 ? (int64_t)1 << (tries - 1) : 1440;

	if (wrong == NULL)
		return db_run(db, a, SQL(JOB_DONE), VALUES(value_text("done"), value_text(NULL), value_id(id)), NULL);
	log_line(LOG_LEVEL_WARN, "mail", "job=%s try=%" PRId64 " cause=%s", id, tries, log_quote(a, wrong));
	if (tries >= MAIL_TRIES)
		return db_run(db, a, SQL(JOB_DONE),
		    VALUES(value_text("failed"), value_text(wrong), value_id(id)), NULL);
	return db_run(db, a, SQL(JOB_AGAIN), VALUES(value_integer(minutes), value_text(wrong), value_id(id)), NULL);
}

/* Send the message of one claimed job, and note how it went. */
static struct problem *
send_one(struct db *db, struct arena *a, const struct config *config, const char *id, const char *payload,
    int64_t tries, int *sent)
{
	struct problem *p = NULL;
	struct letter letter;
	const char *wrong = NULL;

	if ((p = read_payload(db, a, config, payload, &letter)) != NULL) {
		if (problem_is_fatal(p))
			return p;
		wrong = p->detail;
	} else if (letter.to != NULL) {
		wrong = hand_over(a, config->mail_command,
		    mail_message(a, config->mail_from, letter.to, letter.subject, letter.text, id, instant_now()));
		*sent += wrong == NULL;
	}
	if (wrong != NULL && letter.is_reset && /* a token that nobody received must not count against the limit */
	    (p = db_run(db, a, SQL(RESET_FORGET), VALUES(value_bytes(letter.hash, sizeof letter.hash)), NULL)) != NULL)
		return p;
	return finish(db, a, id, tries, wrong);
}

struct problem *
mail_send(struct db *db, struct arena *a, const struct config *config, int most, int *sent)
{
	struct problem *p;
	struct rows *job, *claimed;
	const char *id;
	int64_t tries;

	*sent = 0;
	for (int i = 0; mail_is_set_up(config) && i < most; i++) {
		arena_reset(a);
		if ((p = db_run(db, a, SQL(JOB_NEXT), VALUES(value_text("mail")), &job)) != NULL || job->count == 0)
			return p;
		id = row_text(job, 0, JOB_ID);
		tries = row_integer(job, 0, JOB_TRIES);
		p = db_run(db, a, SQL(JOB_CLAIM), VALUES(value_id(id), value_integer(tries)), &claimed);
		if (p != NULL)
			return p;
		if (claimed->affected == 1 &&
		    (p = send_one(db, a, config, id, row_text(job, 0, JOB_PAYLOAD), tries + 1, sent)) != NULL)
			return p;
	}
	return NULL;
}
