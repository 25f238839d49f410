// What the READMEs point at is there: every relative link, every path in backticks, and every C file they
// name.  And each room of the server and of the web app has a README that names all of its files, so that a
// newcomer finds a file by what it does.
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const top = fileURLToPath(new URL("../../", import.meta.url));
const PASSED_OVER = new Set(["node_modules", "build", ".git", ".daybook"]);

function filesBelow(folder) {
	return readdirSync(path.join(top, folder), { withFileTypes: true }).flatMap((entry) => {
		if (PASSED_OVER.has(entry.name))
			return [];
		const name = path.join(folder, entry.name);
		return entry.isDirectory() ? filesBelow(name) : [name];
	});
}

const files = filesBelow("");
const pages = files.filter((name) => name.endsWith(".md"))
	.map((name) => ({ name, text: readFileSync(path.join(top, name), "utf8") }));
const basenames = new Set(files.map((name) => path.basename(name)));

const isFolder = (name) => existsSync(name) && statSync(name).isDirectory();

// What the guides invent for their examples, and what only an installation has.
const INVENTED = /expenses|boat|ROOM|NNNN|node_modules|^build\/|^\.daybook\//;

// Where a path in a README may begin: beside it, at the top, and where the folders are that everybody knows by name.
const basesOf = (page) => [path.dirname(page.name), "", "lib", "fcgi", "include", "include/store", "www", "tests"]
	.map((base) => path.join(top, base));

// A name with a slash is a path if its first part is a folder in one of these places and it looks like a file or a
// folder: "record/write.c" and "lib/record", but neither "text/csv" nor the address "sync/changes".
function isPath(page, name) {
	const [first] = name.split("/"), ending = /\/$|\.\w+$|\*/.test(name);
	return !INVENTED.test(name) && (isFolder(path.join(top, first)) ||
		(ending && basesOf(page).some((base) => isFolder(path.join(base, first)))));
}

const pathsOf = (page) => [...page.text.matchAll(/`(\.{0,2}[\w.@-]+(?:\/[\w.@*-]*)+)`/g)].map(([, name]) => name)
	.filter((name) => isPath(page, name));

function isThere(page, name) {
	const pattern = new RegExp(`^${name.split("/").at(-1).replaceAll(".", "\\.").replaceAll("*", ".*")}$`);
	return basesOf(page).map((base) => path.join(base, name)).some((full) => !name.includes("*") ? existsSync(full)
		: isFolder(path.dirname(full)) && readdirSync(path.dirname(full)).some((entry) => pattern.test(entry)));
}

test("every link of a README leads to a file", () => {
	const wrong = pages.flatMap((page) => [
		...page.text.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g),
	].map(([, link]) => link).filter((link) => !/^\w+:/.test(link) &&
		!existsSync(path.join(top, path.dirname(page.name), link))).map((link) => `${page.name}: ${link}`));
	assert.deepEqual(wrong, []);
});

test("every path and every C file that a README names is there", () => {
	const wrong = pages.flatMap((page) => {
		const gone = pathsOf(page).filter((name) => !isThere(page, name));
		const unknown = [...page.text.matchAll(/(?<![<\w])(\w+\.[ch])\b/g)].map(([, name]) => name)
			.filter((name) => !INVENTED.test(name) && !basenames.has(name));
		return [...gone, ...unknown].map((name) => `${page.name}: ${name}`);
	});
	assert.ok(pages.reduce((sum, page) => sum + pathsOf(page).length, 0) > 150);
	assert.deepEqual(wrong, []);
});

const rooms = ["lib", "fcgi", "www"].flatMap((tree) => readdirSync(path.join(top, tree))
	.map((name) => path.join(tree, name)))
	.filter((name) => isFolder(path.join(top, name)) &&
		!["build", "node_modules", "static"].includes(path.basename(name)));

test("each room has a README, and it names every file of the room", () => {
	const wrong = rooms.flatMap((room) => {
		const page = pages.find(({ name }) => name === path.join(room, "README.md"));
		if (page === undefined)
			return [`${room} has no README.md`];
		return readdirSync(path.join(top, room))
			.filter((name) => /\.(c|jsx?|css)$/.test(name) && !page.text.includes(`${"`"}${name}${"`"}`))
			.map((name) => `${room}/README.md does not name ${name}`);
	});
	assert.ok(rooms.length > 15);
	assert.deepEqual(wrong, []);
});

test("the READMEs of lib/, fcgi/ and www/ name every room", () => {
	const wrong = rooms.filter((room) => !pages.find(({ name }) => name === path.join(path.dirname(room),
		"README.md")).text.includes(`](${path.basename(room)}/README.md)`));
	assert.deepEqual(wrong, []);
});
