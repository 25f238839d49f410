// Which folder of the server may use which, as README.md and lib/README.md say it.  Includes and symbols point one way,
// from the programs down to the base, so that each room can be read and tested without what stands above it.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const top = fileURLToPath(new URL("../../", import.meta.url));
const built = process.env.DAYBOOK_BUILD ?? path.join(top, "build", process.env.DAYBOOK_MODE ?? "release");

// lib/ and include/: a room uses itself and those before it.
const rooms = [
	"base", "store", "host", "account", "model", "record", "sync", "transfer", "team", "period", "time", "fleet",
	"expenses", "routine", "upkeep", "backup", "rules",
];
// fcgi/: a folder uses itself, these, and all of include/.  "" is what lies directly in fcgi/.
const programs = {
	http: [], process: ["http"], api: ["http"], ctl: ["http"], compat: ["http"],
	"": ["process", "ctl", "api", "compat", "http"],
};

// The lists of statements, include/store/statements/, are the store's.
const folderOf = (file) => file.includes("/") ? file.split("/")[0] : "";

// The rooms that a file of a folder may use: {lib: [...], fcgi: [...]}.
function mayUse(tree, folder) {
	if (tree === "fcgi")
		return { lib: rooms, fcgi: [folder, ...programs[folder]] };
	return { lib: rooms.slice(0, rooms.indexOf(folder) + 1), fcgi: [] };
}

function filesOf(tree, ending) {
	return readdirSync(path.join(top, tree), { recursive: true }).filter((name) => ending.test(name))
		.map((name) => ({ tree, name, folder: folderOf(name) }));
}

const sources = ["lib", "include", "fcgi"].flatMap((tree) => filesOf(tree, /\.[ch]$/));

// Every header by the name it is included by, and whose it is.
const headers = new Map(sources.filter(({ tree, name }) => name.endsWith(".h") && tree !== "lib")
	.map((header) => [header.name, header]));

// Why a file that uses something of another folder may not; or null.
function upward(user, used) {
	const allowed = mayUse(user.tree, user.folder);
	const tree = used.tree === "fcgi" ? "fcgi" : "lib";
	return allowed[tree].includes(used.folder) ? null
		: `${user.tree}/${user.name} uses ${used.what} of ${used.tree}/${used.folder}`;
}

test("every file is in a room", () => {
	assert.ok(sources.length > 200);
	assert.deepEqual(sources.filter(({ tree, folder }) =>
		tree === "fcgi" ? !(folder in programs) : !rooms.includes(folder)), []);
});

// Which list of include/store/statements/ has each statement: a list is named after its room.
const listed = new Map(sources.filter(({ name }) => name.startsWith("store/statements/")).flatMap(({ name }) =>
	[...readFileSync(path.join(top, "include", name), "utf8").matchAll(/^(?:STATEMENT|CHANGE|QUERY)\((\w+),/gm)]
		.map(([, statement]) => [
			statement, { tree: "lib", folder: path.basename(name, ".h"), what: statement },
		])));

test("a statement is sent by its room and by those below it", () => {
	const wrong = sources.filter(({ name }) => name.endsWith(".c")).flatMap((file) => [
		...readFileSync(path.join(top, file.tree, file.name), "utf8").matchAll(/\bSQL\((\w+)\)/g),
	].filter(([, statement]) => listed.has(statement)).map(([, statement]) => upward(file, listed.get(statement)))
		.filter(Boolean));
	assert.ok(listed.size > 200);
	assert.deepEqual([...listed.values()].filter(({ folder }) => !rooms.includes(folder)), []);
	assert.deepEqual(wrong, []);
});

test("no include points upward", () => {
	const wrong = sources.flatMap((file) => {
		const text = readFileSync(path.join(top, file.tree, file.name), "utf8");
		return [...text.matchAll(/^#include "([^"]+)"/gm)].map(([, name]) => {
			const beside = { ...file, what: name };
			const header = headers.get(name);
			if (header === undefined) // a private header of the same room
				return name.includes("/")
					? `${file.tree}/${file.name} includes ${name}, which is not there`
					: upward(file, beside);
			return upward(file, { ...header, what: name });
		}).filter(Boolean);
	});
	assert.deepEqual(wrong, []);
});

// What each object file defines and what it asks for, by nm.
function symbols() {
	const objects = sources.filter(({ tree, name }) => tree !== "include" && name.endsWith(".c"))
		.map((file) => ({
			...file, object: path.join(built, file.tree, file.name.replace(/c$/, "o")),
			defines: [], asks: [],
		}));
	const at = new Map(objects.map((file) => [file.object, file]));
	const lines = execFileSync("nm", ["--print-file-name", "--format=posix", ...at.keys()],
		{ encoding: "utf8", maxBuffer: 1 << 26 });
	for (const [, object, name, kind] of lines.matchAll(/^(.+?): (\S+) ([A-Za-z])/gm))
		(kind === "U" ? at.get(object).asks : /[TDRBC]/.test(kind) ? at.get(object).defines : []).push(name);
	return objects;
}

test("no symbol points upward", () => {
	const objects = symbols();
	const owner = new Map(objects.flatMap((object) => object.defines.map((name) => [name, object])));
	const wrong = objects.flatMap((object) => object.asks.filter((name) => owner.has(name))
		.map((name) => upward(object, { ...owner.get(name), what: name })).filter(Boolean));
	assert.ok(owner.size > 500);
	assert.deepEqual(wrong, []);
});

// An id that is bound as text is found in no column of ids.  Within JSON it is text.
test("the ids of people and spaces are bound as ids", () => {
	const ids = "space_id|user_id|session_id|owner_id|upload_id|held\\.id|record_id|op_id";
	const wrong = new RegExp(`value_text\\([^()]*\\b(?:${ids})\\)`, "g");

	for (const { tree, name } of sources.filter(({ tree: of }) => of !== "include"))
		assert.deepEqual(readFileSync(path.join(top, tree, name), "utf8").match(wrong) ?? [], [],
			`${tree}/${name}: include/store/db.h says when to use value_id and value_key`);
});
