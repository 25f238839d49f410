/* answer.h -- the path of a request: the function that main.c gives to the processes. */
#ifndef ANSWER_H
#define ANSWER_H

#include "http/io.h"
#include "http/worker.h"

/* Read one request from io, answer it, and write its line to the log. */
void answer(struct worker *w, struct io *io);

#endif
