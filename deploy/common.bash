# common.bash -- what backup and restore share: settings, the clients of MariaDB, what a backup's folder says of itself.
#
# A backup is a folder named by the moment it was made, 20261201T062421Z.  While it is made, its name ends in .part.
#   dump.00000.zst …  the dump, cut into pieces of at most 64 MiB before packing; each is a frame of zstd of its own
#   settings.tar.zst  the settings, passwords and signing keys (not with --no-keys)
#   manifest          lines of words, in this order:
#     daybook-backup 1                the format
#     id, made, program, schema, database VALUE
#     size BYTES                      what the database took when it was dumped: so much room a restore needs
#     log LOG FILE POSITION           where the binary log goes on after the dump, if there is one
#     live SPACE SEQ CHAIN            what the server said of each space before the dump began
#     table NAME ROWS                 how many rows of each table went into the dump
#     head SPACE SEQ CHAIN            each space as it is in the dump
#     file SHA256 BYTES NAME          the files above
#     end SHA256                      of all lines before
# Beside them, log/LOG/FILE.zst are files of the binary log, each with FILE.sum: "daybook-log 1 SHA256 BYTES RAWBYTES
# CLOSED", CLOSED being an instant up to which all writes are in this file and those before it.  LOG is the number of
# the server, with .2, .3 … when it began its log anew; log/LOG.ended says that one has come to its end.
# .daybook-backups marks a folder as the one that was meant, and .proven names the last backup that a drill has proven.

# Nothing of this is for others to read.
umask 077
LC_ALL=C
TZ=UTC
export LC_ALL TZ
PATH=$PATH:/usr/local/bin:/usr/sbin:/sbin

config=''           # the settings file
defaults=''         # an option file for the clients of MariaDB, if one was given
quiet=no
work=''             # a folder that goes when this ends
name_of_backup='^[0-9]{8}T[0-9]{6}Z$'
name_of_file='^(dump\.[0-9]{5}\.zst|settings\.tar\.zst)$'
name_of_database='^[A-Za-z0-9_][A-Za-z0-9_-]{0,39}$'

say() { [ "$quiet" = yes ] || echo "$*"; }

# need_tools TOOL…: each by the package of Debian that brings it.
need_tools() {
	local tool missing=''
	for tool; do
		command -v "$tool" >/dev/null 2>&1 || missing="$missing $tool (package $(package_of "$tool"))"
	done
	[ -z "$missing" ] || die "not installed:$missing"
}

package_of() {
	case $1 in
	mariadb-dump | mariadb-binlog) echo mariadb-client ;;
	mariadbd | mariadb-install-db) echo mariadb-server-core ;;
	mariadb) echo mariadb-client-core ;;
	sha256sum | split | df | timeout) echo coreutils ;;
	flock | setpriv) echo util-linux ;;
	awk) echo mawk ;;
	*) echo "$1" ;;
	esac
}

# The work folder of a run that was killed is found by its lock, which nobody holds any more.  A drill loads a whole
# database there, and /tmp may be in memory.
make_work() {
	local around=${TMPDIR:-/var/tmp} old
	for old in "$around"/daybook-work.*; do
		[ ! -L "$old" ] && [ -O "$old" ] && [ -e "$old/lock" ] && flock -n "$old/lock" rm -rf "$old"
	done
	work=$(mktemp -d "$around/daybook-work.XXXXXX") || die "cannot write in $around"
	exec 8>"$work/lock" && flock -n 8 || die "cannot write in $work"
}

# --- settings ---

# setting KEY [FALLBACK]: from the settings file.
setting() {
	local value
	value=$(sed -n "s/^[[:space:]]*$1[[:space:]]*=[[:space:]]*//p" "$config" |
		sed 's/[[:space:]]#.*//; s/[[:space:]]*$//' | tail -n 1)
	echo "${value:-${2:-}}"
}

# The same for a path: relative ones begin at the folder of the settings file.
path_setting() {
	local value
	value=$(setting "$@")
	case $value in
	'' | /*) echo "$value" ;;
	*) echo "$(dirname "$config")/$value" ;;
	esac
}

find_config() {
	if [ -z "$config" ]; then
		config=${DAYBOOK_CONFIG:-/etc/daybook/daybook.conf}
		[ -e "$config" ] || [ ! -e "$root/.daybook/daybook.conf" ] || config=$root/.daybook/daybook.conf
	fi
	[ -r "$config" ] || die "cannot read the settings $config; --config FILE names others"
	config=$(cd "$(dirname "$config")" && pwd)/$(basename "$config")
	database=$(setting db_name daybook)
	[[ $database =~ $name_of_database ]] ||
		die "the database's name $database has signs that are not expected there"
}

# Where backups are if nobody says otherwise: beside the settings of deploy/run, or in the machine's own place.
usual_store() {
	if [ -e "$(dirname "$config")/mariadb.cnf" ]; then
		echo "$(dirname "$config")/backups"
	else
		echo /var/backups/daybook
	fi
}

find_daybookctl() {
	local one
	for one in "${DAYBOOK_BUILD:-$root/build/${DAYBOOK_MODE:-release}}/daybookctl" "$root/../../bin/daybookctl" \
		"$root/daybookctl"; do
		[ ! -x "$one" ] || { ctl=$one; return 0; }
	done
	ctl=$(command -v daybookctl) || ctl=''
}

# printable TEXT LENGTH: what an alarm takes of it, whatever a program has said.
printable() { tr -c ' -~' '?' <<<"$1" | head -c -1 | cut -c 1-"$2"; }

# raise KIND SUBJECT DETAIL, clear KIND SUBJECT: what people who watch are told.  A database that is gone cannot be
# told anything; the exit status and the words on standard error are there in any case.
raise() {
	[ -z "${ctl:-}" ] || "$ctl" --config "$config" alarm raise "$1" "$2" "$(printable "$3" 900)" \
		>/dev/null 2>&1 || true
}
clear() { [ -z "${ctl:-}" ] || "$ctl" --config "$config" alarm clear "$1" "$2" >/dev/null 2>&1 || true; }

# --- the database ---

# option KEY VALUE: a line of an option file, where quotes and backslashes are special.
option() {
	local value=${2//\\/\\\\}
	echo "$1=\"${value//\"/\\\"}\""
}

where_it_listens() {
	if [ -n "$(setting db_host)" ]; then
		option host "$(setting db_host)"
		option port "$(setting db_port 3306)"
		option protocol tcp
		[ -z "$(path_setting db_ca_file)" ] || option ssl-ca "$(path_setting db_ca_file)"
	else
		option socket "$(path_setting db_socket /run/mysqld/mysqld.sock)"
	fi
}

# Passwords go into a file, never into the words of a command, which everybody on the machine can see.
as_user() {
	{
		echo '[client]'
		where_it_listens
		option user "$1"
		[ -z "${2:-}" ] || option password "$2"
	} >"$work/client.cnf"
	client_user=$1
	client_password=${2:-}
}

given_option() { sed -n "s/^[[:space:]]*$1[[:space:]]*=[[:space:]]*//p" "$defaults" | tail -n 1 | tr -d '"'; }

# Who asks the database: --defaults; or the person who runs this, whom the server knows by its socket (root on Debian,
# and the owner of deploy/run's folder); or the settings' own admin, who may dump but not make a database.
connect() {
	local password=''
	if [ -n "$defaults" ]; then
		[ -r "$defaults" ] || die "cannot read $defaults"
		cp "$defaults" "$work/client.cnf" || die "cannot write in $work"
		client_user=$(given_option user)
		client_password=$(given_option password)
	else
		as_user "$(id -un)"
		! sql 'DO 0' >/dev/null 2>&1 || return 0
		client_user=$(setting db_admin_user "$(setting db_user daybook)")
		password=$(path_setting db_admin_password_file "$(path_setting db_password_file)")
		[ -z "$password" ] || password=$(cat "$password") ||
			die "cannot read a password file that $config names"
		as_user "$client_user" "$password"
	fi
	sql 'DO 0' >/dev/null 2>"$work/said" || die "the database does not answer: $(tail -n 1 "$work/said")"
}

# sql TEXT [DATABASE]: rows as words with tabs between them.
sql() { mariadb --defaults-file="$work/client.cnf" --batch --skip-column-names ${2:+"$2"} <<<"$1"; }

has_log() { [ "$(sql 'SELECT @@log_bin' 2>/dev/null)" = 1 ]; }

# The heads of all spaces of a database, as the manifest has them after its first word.
heads_of() { sql 'SELECT LOWER(HEX(id)), seq, LOWER(HEX(chain)) FROM space ORDER BY id' "$1" | tr '\t' ' '; }

# --- a backup's folder ---

# free_in FOLDER: how many bytes may still be written there.
free_in() { df -P -B 1 -- "$1" 2>/dev/null | awk 'NR == 2 { print $4 }'; }

# lack_of_room BYTES FOLDER: nothing, or how much there is instead.  What cannot be found out is no lack.
lack_of_room() {
	local free
	free=$(free_in "$2")
	[ -z "$1" ] || [ -z "$free" ] || [ "$free" -ge "$1" ] ||
		echo "$2 has $((free >> 20)) MiB left, and $((($1 >> 20) + 1)) MiB are needed"
}

sum_of() { sha256sum <"$1" | cut -d ' ' -f 1; }
bytes_of() { stat -c %s "$1"; }

# value_of MANIFEST WORD: what follows the word in its line.
value_of() { sed -n "s/^$2 //p" "$1"; }

# The whole backups of a folder, oldest first.
backups_in() {
	local one
	for one in "$1"/*; do
		[[ ${one##*/} =~ $name_of_backup ]] && [ -e "$one/manifest" ] && echo "${one##*/}"
	done
	return 0
}

# future_in FOLDER: nothing, or a backup whose moment is still to come.  It was made, or is looked at, while a clock is
# wrong, and nobody knows then which is the newest.
future_in() {
	local newest
	newest=$(newest_in "$1")
	[[ ! $newest > $(date -d '+1 day' +%Y%m%dT%H%M%SZ) ]] ||
		echo "$1/$newest is of the future: a clock is or was wrong"
}

# newest_in FOLDER: the newest whole backup, or nothing.
newest_in() { backups_in "$1" | tail -n 1; }

# check_manifest FILE: nothing, or what is wrong with it.
check_manifest() {
	local first='' word sum
	[ -s "$1" ] || { echo "$1 is missing"; return; }
	read -r first <"$1"
	read -r word sum < <(tail -n 1 "$1")
	if [ "$word" != end ] || [ "$(head -n -1 "$1" | sha256sum | cut -d ' ' -f 1)" != "$sum" ]; then
		echo "$1 is damaged: it is not what was written"
	elif [ "$first" != 'daybook-backup 1' ]; then
		echo "$1 is of another version: $first"
	fi
}

# check_file PATH SHA256 BYTES: nothing, or what is wrong with it.
check_file() {
	if [ ! -f "$1" ]; then
		echo "$1 is missing"
	elif [ "$(bytes_of "$1")" != "$3" ]; then
		echo "$1 is damaged: it has $(bytes_of "$1") bytes, not $3"
	elif [ "$(sum_of "$1")" != "$2" ]; then
		echo "$1 is damaged: its SHA-256 is not $2"
	fi
}

# check_backup FOLDER: nothing, or the first thing that is wrong with it.
check_backup() {
	local sum bytes name wrong
	wrong=$(check_manifest "$1/manifest")
	[ -z "$wrong" ] || { echo "$wrong"; return; }
	value_of "$1/manifest" file >"$work/files"
	while read -r sum bytes name; do
		[[ $name =~ $name_of_file ]] || { echo "$1/manifest names a file that no backup has"; return; }
		wrong=$(check_file "$1/$name" "$sum" "$bytes")
		[ -z "$wrong" ] || { echo "$wrong"; return; }
	done <"$work/files"
	grep -q ' dump\.00000\.zst$' "$work/files" || echo "$1 has no dump"
}
