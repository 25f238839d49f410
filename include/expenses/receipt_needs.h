/* receipt_needs.h -- what the settings of a space say of the categories of receipts. */
#ifndef RECEIPT_NEEDS_H
#define RECEIPT_NEEDS_H

#include "model/call.h"

struct receipt_needs {
	struct texts description;    /* categories that need one */
	struct texts file;           /* that need an image or a PDF */
	struct texts not_reimbursed;
};

/* Read them for the call's space, in its arena; what the settings leave empty is as usual. */
struct problem *receipt_needs_read(const struct call *call, struct receipt_needs *needs) MUST_CHECK;

#endif
