/* io.h -- where a request comes from and where its answer goes: FastCGI, or a CGI host's environment and pipes.
 * Everything else in this folder reads and writes through these calls and knows neither. */
#ifndef IO_H
#define IO_H

#include <stddef.h>

struct io;

struct io_way {
	const char *(*param)(struct io *io, const char *name); /* a CGI variable, or NULL; valid until the request ends */
	long (*read)(struct io *io, char *bytes, size_t room); /* bytes read, 0 at the end, -1 on an error */
	int (*write)(struct io *io, const char *bytes, size_t size); /* 0, or -1 when the client is gone */
	void (*spoil)(struct io *io); /* let the client see that what was written is not the whole, as far as the way can */
};

struct io {
	const struct io_way *way;
	void *state; /* of the way: an FCGX_Request, or nothing */
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
