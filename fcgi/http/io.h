/* io.h -- where a request comes from and where its answer goes: FastCGI, or the environment and pipes of a CGI host.
 * process/fastcgi.c and process/cgi.c implement it; everything else in fcgi/ reads and writes through these calls. */
#ifndef IO_H
#define IO_H

#include <stddef.h>

struct io;

/* The functions of one kind of io. */
struct io_way {
	/* A CGI variable, or NULL; valid until the request ends. */
	const char *(*param)(struct io *io, const char *name);
	/* The number of bytes read, 0 at the end, -1 on an error. */
	long (*read)(struct io *io, char *bytes, size_t room);
	/* 0, or -1 when the client is gone. */
	int (*write)(struct io *io, const char *bytes, size_t size);
	/* Break the answer off so that the client sees that it is incomplete, if that is possible. */
	void (*spoil)(struct io *io);
};

struct io {
	const struct io_way *way;
	void *state; /* for the functions of way: an FCGX_Request, or NULL */
};

static inline const char *
io_param(struct io *io, const char *name)
{
	return io->way->param(io, name);
}

static inline long
io_read(struct io *io, char *bytes, size_t room)
{
	return io->way->read(io, bytes, room);
}

static inline int
io_write(struct io *io, const char *bytes, size_t size)
{
	return io->way->write(io, bytes, size);
}

static inline void
io_spoil(struct io *io)
{
	io->way->spoil(io);
}

#endif
