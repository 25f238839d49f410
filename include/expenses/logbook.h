/* logbook.h -- the logbook of one person: their trips of some days as an auditor reads them.
 *
 * Each trip is there with all writes of it: when it was entered and whether that was late, every later change with the
 * old value, its time and its author.  Deleted trips are there too, as long as their tombstones are kept.  Odometers
 * are followed from trip to trip and reading to reading, vehicle by vehicle, and every hole is said.
 *
 * The JSON can be checked without the database (logbook_verify): each write has the fields that its hash is made of,
 * and the hash before it.  Where the asking person sees all writes of the space from the first one shown up to the
 * head, the file has these as links, without their content, and the whole chain can be followed to its head.
 *
 * schema/PROTOCOL.md 13 describes the file. */
#ifndef LOGBOOK_H
#define LOGBOOK_H

#include "base/json_out.h"
#include "expenses/odometer.h"
#include "expenses/report_mileage.h"
#include "record/audit.h"

enum {
	LOGBOOK_TRIPS_MAX = 5000,    /* of one logbook, */
	LOGBOOK_ROWS_MAX = 50000,    /* and writes of them */
	LOGBOOK_DELETED_MAX = 1000,
	LOGBOOK_READINGS_MAX = 5000, /* of odometers */
	LOGBOOK_VEHICLES_MAX = 100,
	LOGBOOK_LINKS_MAX = 50000,   /* a longer chain is not shown */
	LOGBOOK_LATE_DAYS = 7        /* what is entered more than so many days after its date is late */
};

#define LOGBOOK_FORMAT "daybook-logbook"

/* Where a reading is not what the readings and trips before it say. */
struct logbook_hole {
	const struct odometer_vehicle *vehicle;
	struct odometer before;      /* what it should be, and who says so */
	const char *kind, *id, *date; /* of the trip or the reading that says something else */
	int64_t reading;             /* tenths */
};

/* A write that is shown. */
struct logbook_row {
	struct audit_row row;
	unsigned char before[SHA256_SIZE];
	const char *by_name;         /* or NULL */
	bool open;                   /* its content may be seen */
};

struct logbook {
	/* from the caller */
	const struct call *call;     /* its arena is that of the whole logbook */
	const char *from, *to;       /* dates, both included */
	const char *person;          /* an id; NULL: the asking person */
	enum report_format format;
	/* the state of the logbook */
	const struct collection *c;  /* mileage */
	const char *name, *zone, *currency;
	struct mileage_trips trips;
	struct rows *deleted;
	struct odometer_vehicle *vehicles; /* the first one is none */
	size_t vehicle_count;
	struct logbook_hole *holes;
	size_t hole_count;
	const struct logbook_hole **before; /* trip by trip, the hole before it, or NULL */
	int64_t head;                /* seq */
	unsigned char chain[SHA256_SIZE];
	const char *epoch;
	int64_t first_seq;           /* of the writes that were shown; 0 before any */
	size_t next, next_deleted;
	int64_t next_link;
	bool begun, links_begun, ended;
	struct json_out out;         /* the open JSON, which continues from piece to piece */
};

/* Read the trips.  PROBLEM_NOT_FOUND for a person whose trips the asking person does not see, PROBLEM_FORBIDDEN when
 * they may not read trips, PROBLEM_TOO_MUCH. */
struct problem *logbook_open(struct logbook *book) MUST_CHECK;

/* Append the next piece to out, with memory from a, which may end before the next call; ->ended after the last one. */
struct problem *logbook_next(struct logbook *book, struct arena *a, struct buf *out) MUST_CHECK;

/* The days between the date of a trip and the day on which it was entered, in the zone of its person; 0 where it was
 * entered in time. */
int64_t logbook_late(const struct logbook *book, const char *date, const char *created_at);

/* The hole before one of book->trips, or NULL. */
const struct logbook_hole *logbook_hole_before(const struct logbook *book, const struct mileage_trip *trip);

/* ---- how a piece is written (logbook_text.c) ---- */

void logbook_text_begin(struct logbook *book, struct buf *out);
void logbook_text_trip(struct logbook *book, const struct mileage_trip *trip, const struct logbook_row *rows,
    size_t count, struct buf *out);
void logbook_text_deleted(struct logbook *book, const char *id, const struct logbook_row *rows, size_t count,
    struct buf *out);
void logbook_text_end_trips(struct logbook *book, struct buf *out);
void logbook_text_link(struct logbook *book, const struct audit_row *row, struct buf *out);
void logbook_text_end(struct logbook *book, bool linked, struct buf *out);

/* ---- checking an exported one (logbook_verify.c) ---- */

struct logbook_verified {
	int64_t trips, writes;       /* how many were checked */
	int64_t sealed;              /* writes of them whose content the file does not have */
	bool linked;                 /* the chain was followed to the head */
	int64_t head;
	const char *head_hash;       /* hex */
	const char *difference;      /* a sentence about the first one, or NULL */
};

/* Check the JSON of a logbook; texts are in a.  A problem means that it is none. */
struct problem *logbook_verify(struct arena *a, const char *text, size_t length,
    struct logbook_verified *verified) MUST_CHECK;

#endif
