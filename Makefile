# Daybook: two programs from fcgi/ and lib/, a web app from www/, and tests.
# `make` builds into build/release; `make help` lists the rest.  A new .c file in a folder below is picked up by itself.
#   MODE=release   the default       MODE=check   gcc, sanitizers, warnings are errors
#   MODE=clang     clang, the same   MODE=fuzz    clang with libFuzzer

MODE  ?= release
B     ?= build/$(MODE)
WWW   := build/www
PREFIX ?= /usr/local

PKGS  := libmariadb json-c libjwt libsodium libcrypto libutf8proc libzstd
WARN  := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wformat=2 -Wcast-qual \
         -Wwrite-strings -Wundef -Wimplicit-fallthrough -Wconversion -Wno-sign-conversion
SAN   := -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer

CC.release     := gcc
CC.check       := gcc
CC.clang       := clang
CC.fuzz        := clang
CFLAGS.release := -O2 -g -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE
CFLAGS.check   := -O1 -g -Werror $(SAN)
CFLAGS.clang   := -O1 -g -Werror $(SAN)
CFLAGS.fuzz    := -O1 -g -Werror $(SAN) -fsanitize=fuzzer-no-link
LDFLAGS.release := -pie -Wl,-z,relro,-z,now
LDFLAGS.check  := $(SAN)
LDFLAGS.clang  := $(SAN)
LDFLAGS.fuzz   := $(SAN)

ifeq ($(origin CC),default)
CC := $(CC.$(MODE))
endif
ALL_CFLAGS := -std=gnu17 -D_GNU_SOURCE $(WARN) $(CFLAGS.$(MODE)) -Iinclude -Ifcgi $(shell pkg-config --cflags $(PKGS)) $(CFLAGS)
LIBS  := -lfcgi $(shell pkg-config --libs $(PKGS)) -lm
LINK  = $(CC) $(LDFLAGS.$(MODE)) $(LDFLAGS) -o $@ $^ -Wl,--as-needed

# The fuzzers read what strangers send; what operators run, and the processes of the server, are not built for them.
UNREAD := $(if $(filter fuzz,$(MODE)),fcgi/ctl/% fcgi/process/%)
LIB   := $(patsubst %.c,$(B)/%.o,$(filter-out $(UNREAD),$(wildcard lib/*.c lib/*/*.c)))
FRONT := $(patsubst %.c,$(B)/%.o,$(filter-out fcgi/main.c fcgi/ctl.c $(UNREAD),$(wildcard fcgi/*.c fcgi/*/*.c)))
UNIT  := $(patsubst %.c,$(B)/%,$(wildcard tests/unit/test_*.c))
AIDS  := $(patsubst %.c,$(B)/%.o,$(filter-out tests/unit/test_%,$(wildcard tests/unit/*.c)))
FUZZ  := $(patsubst %.c,$(B)/%,$(wildcard tests/fuzz/fuzz_*.c))
CONFINE := $(B)/tests/lib/confine
BENCH_C := $(B)/tests/bench/load $(B)/tests/bench/floor
HERE  := DAYBOOK_MODE=$(MODE) $(if $(filter-out build/$(MODE),$(B)),DAYBOOK_BUILD=$(abspath $(B)))

all: programs www                               ## build the programs and the web app

programs: $(B)/daybook $(B)/daybookctl          ## build the programs alone

$(B)/daybook: $(B)/fcgi/main.o $(B)/libfront.a $(B)/libdaybook.a
	$(LINK) $(LIBS)

$(B)/daybookctl: $(B)/fcgi/ctl.o $(B)/libfront.a $(B)/libdaybook.a
	$(LINK) $(LIBS)

$(B)/libdaybook.a: $(LIB)
	@rm -f $@
	ar rcs $@ $^

$(B)/libfront.a: $(FRONT)
	@rm -f $@
	ar rcs $@ $^

$(B)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(UNIT): $(B)/tests/unit/%: $(B)/tests/unit/%.o $(AIDS) $(B)/libfront.a $(B)/libdaybook.a
	$(LINK) -lcmocka $(LIBS)

$(FUZZ): $(B)/tests/fuzz/%: $(B)/tests/fuzz/%.o $(B)/tests/unit/place.o $(B)/tests/unit/forge.o $(B)/tests/unit/pieces.o $(B)/libfront.a $(B)/libdaybook.a
	$(LINK) -fsanitize=fuzzer $(LIBS)

$(B)/tests/%.o: ALL_CFLAGS += -Itests/unit

www:                                            ## put the web app together in build/www
	@deploy/build-www $(WWW)

unit: $(UNIT)                                   ## unit tests (cmocka)
	@$(HERE) tests/run unit

unit-programs: $(UNIT) $(CONFINE)

www-test: all                                   ## tests of the web app's engine, and of what uses what (node)
	@$(HERE) tests/run www

api: all $(CONFINE)                             ## tests through nginx, workers and MariaDB (node)
	@$(HERE) tests/run api

browser: all                                    ## whole stories in Chromium
	@$(HERE) tests/run browser

soak: all                                       ## many devices over a bad wire, for DAYBOOK_SOAK_SECONDS (60)
	@$(HERE) tests/run soak

faults: all                                     ## servers that die in the middle
	@$(HERE) tests/run faults

fuzz:                                           ## each fuzzer for FUZZ_SECONDS (10), from its kept corpus
	@tests/run fuzz

fuzz-programs: $(FUZZ)

bench: all bench-programs                       ## what this machine reaches; BENCH="--compare FILE": see tests/bench/
	@$(HERE) tests/run bench

bench-programs: $(BENCH_C)

$(CONFINE): $(B)/tests/lib/confine.o
	$(LINK)

$(BENCH_C): $(B)/tests/bench/%: $(B)/tests/bench/%.o
	$(LINK) $(shell pkg-config --libs libmariadb) -lpthread

test:                                           ## every test; the last line counts them
	@deploy/test --no-install

check:                                          ## every test on the sanitizer build, and both compilers
	@$(MAKE) --no-print-directory MODE=clang all unit
	@DAYBOOK_MODE=check deploy/test --no-install

run: all                                        ## a whole Daybook on http://127.0.0.1:8080
	@$(HERE) deploy/run

$(B)/open-backup: deploy/open-backup $(wildcard www/backup/*.js) | www
	@www/node_modules/.bin/esbuild $< --bundle --platform=node --target=node18 --format=cjs --loader:=js --log-level=warning --outfile=$@
	@chmod 755 $@

install: all $(B)/open-backup                   ## into DESTDIR and PREFIX
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/daybook/deploy
	install -m 755 $(B)/daybook $(B)/daybookctl $(DESTDIR)$(PREFIX)/bin/
	cp -R schema $(WWW) $(DESTDIR)$(PREFIX)/share/daybook/
	cp -R deploy/nginx.conf deploy/nginx-site.conf deploy/nginx-facade.conf deploy/htaccess deploy/backup deploy/restore deploy/stamp deploy/common.bash deploy/*.md deploy/*.example deploy/systemd $(B)/open-backup $(DESTDIR)$(PREFIX)/share/daybook/deploy/

compile_commands.json: Makefile                 ## for editors and clang-tidy; needs bear
	bear -- $(MAKE) -B MODE=check all

format:                                         ## clang-format, where it agrees with the authors
	clang-format -i $(wildcard fcgi/*.[ch] fcgi/*/*.[ch] lib/*/*.[ch] include/*/*.h)

clean:                                          ## remove build/
	rm -rf build

help:                                           ## show this list
	@sed -n 's/^\([a-z_.-]*\):.*## \(.*\)/  \1\t\2/p' Makefile | expand -t 26

.PHONY: all programs www unit www-test api browser soak faults fuzz fuzz-programs unit-programs bench bench-programs test check run install format clean help
.DELETE_ON_ERROR:
.SECONDARY:
-include $(LIB:.o=.d) $(FRONT:.o=.d) $(AIDS:.o=.d) $(UNIT:=.d) $(FUZZ:=.d) $(B)/fcgi/main.d $(B)/fcgi/ctl.d
