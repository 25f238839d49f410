/* dated.h -- what holds from a day on: the records of workRules and workTerms. */
#ifndef DATED_H
#define DATED_H

enum {
	DATED_MAX = 200 /* records of workRules of a space; of workTerms of a person */
};

#endif
