// A stack whose Daybook is restricted as deploy/systemd/daybook.service restricts it, as far as that can be had without
// systemd: the parent of the workers is started by confine.c.  MariaDB and nginx are as always.
import { existsSync } from "node:fs";
import { chmod, writeFile } from "node:fs/promises";
import path from "node:path";

const isRoot = process.getuid() === 0;
const OWN = ["run", "keys", "daybook.conf", "database-password", "admin-password"]; // the service's, in the folder
/** The search for leaks at the end of a program, in the build with sanitizers, traces it, which nobody here may. */
export const UNTRACED = { ASAN_OPTIONS: [process.env.ASAN_OPTIONS, "detect_leaks=0"].filter(Boolean).join(":") };

const AS_NOBODY = ["--reuid=nobody", "--regid=nogroup", "--clear-groups", "--"];

const programOf = (programs) => path.join(programs, "tests", "lib", "confine");

// Under root Daybook runs as nobody, if nobody gets to where it lies; else as root without any capability.
async function userFor({ programs, root, run }) {
	if (!isRoot)
		return undefined;
	const { status } = await run("setpriv", [
		...AS_NOBODY, "test", "-x", path.join(programs, "daybook"),
		"-a", "-r", path.join(root, "schema", "collections"),
	]);
	return status === 0 ? "nobody" : "root";
}

// Where people keep their own files: out of sight, unless something of the stack lies there.
const homes = (...needed) => ["/root", "/home"].filter((home) =>
	existsSync(home) && !needed.some((place) => place.startsWith(`${home}/`)));

/**
 * The words with which something is started under the restrictions, writing to the folders alone, and what cannot be
 * had on this machine, as text.
 */
export async function confine({ programs, root, run }, folders, needed) {
	const program = programOf(programs), user = await userFor({ programs, root, run });
	if (!existsSync(program))
		throw new Error(`${program} is not built; run make unit-programs`);
	const words = [
		program, ...user === undefined ? [] : ["--user", user],
		...folders.flatMap((folder) => ["--write", folder]),
		...homes(programs, root, ...needed).flatMap((home) => ["--hide", home]),
	];
	return { words, user };
}

// Files that daybookctl reads are its user's.
async function give(run, user, names) {
	const ours = names.filter((name) => name.startsWith("/") && existsSync(name));
	if (ours.length > 0)
		await run("chown", [user, ...ours]);
}

/**
 * {env, become(words)}: what deploy/run is started with, and what comes before daybookctl with its words, so that it
 * runs as the same user.
 */
export async function confinement({ dir, programs, root, settings, run }) {
	const mail = settings.mail_command === undefined ? [] : [path.dirname(settings.mail_command.split(" ")[0])];
	const theirs = [...mail, ...[settings.issuers, settings.definitions].filter((folder) => folder !== undefined)];
	const writable = [path.join(dir, "run"), ...mail];
	const { words, user } = await confine({ programs, root, run }, writable, [dir, ...theirs]);
	const under = path.join(dir, "under"), own = [...OWN.map((name) => path.join(dir, name)), ...theirs].join(" ");

	await writeFile(under, [
		"#!/bin/sh",
		...isRoot ? [`chmod 711 ${dir} && chown -R ${user} ${own} || exit 1`] : [],
		`exec ${words.join(" ")} "$@"`, "",
	].join("\n"));
	await chmod(under, 0o755);
	return {
		env: { DAYBOOK_UNDER: under, ...UNTRACED },
		async become(words) {
			if (user !== "nobody")
				return [];
			await give(run, user, words);
			return ["setpriv", ...AS_NOBODY];
		},
	};
}
