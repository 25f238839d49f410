// What a look at the lines of the sources tells: none is longer than 120 columns, where a tab goes to the next multiple
// of eight, no test program has files at a place of its own, and people are "they".
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const COLUMNS = 120, TAB = 8;
const top = fileURLToPath(new URL("../../", import.meta.url));
const SOURCES = /\.(c|h|js|jsx|mjs|ts|css|html|sql)$/, TEXTS = /\.(c|h|js|jsx|json|html)$/;
const SCRIPTS = ["deploy/run", "deploy/test", "deploy/build-www", "deploy/packages", "deploy/backup",
	"deploy/restore", "deploy/common.bash", "tests/run"];

function sourcesBelow(folder, kinds = SOURCES) {
	return readdirSync(path.join(top, folder), { withFileTypes: true }).flatMap((entry) => {
		const name = path.join(folder, entry.name);
		if (entry.isDirectory())
			return entry.name === "node_modules" ? [] : sourcesBelow(name, kinds);
		return kinds.test(name) ? [name] : [];
	});
}

function columnsOf(line) {
	let columns = 0;
	for (const character of line)
		columns += character === "\t" ? TAB - columns % TAB : 1;
	return columns;
}

// Of .sql files only the comments are checked.  A statement stays as it was released: `daybookctl migrate` knows it by
// its hash.
function linesOf(file) {
	const lines = readFileSync(path.join(top, file), "utf8").split("\n");
	return file.endsWith(".sql") ? lines.map((line) => (line.startsWith("--") ? line : "")) : lines;
}

test("no line of the sources is longer than 120 columns", () => {
	const folders = ["include", "lib", "fcgi", "schema", "tests", "www"];
	const files = folders.flatMap((folder) => sourcesBelow(folder)).concat(SCRIPTS);
	assert.ok(files.length > 600, `${files.length} files were found`);
	const long = files.flatMap((file) => linesOf(file).map((line, at) => [`${file}:${at + 1}`, columnsOf(line)]))
		.filter(([, columns]) => columns > COLUMNS);
	assert.deepEqual(long.map(([place, columns]) => `${place} has ${columns}`), []);
});

test("test programs have their files where tests/unit/place.h says, under TMPDIR", () => {
	const programs = sourcesBelow("tests").filter((file) => /\.[ch]$/.test(file) && file !== "tests/unit/place.c");
	assert.ok(programs.length > 50, `${programs.length} files were found`);
	assert.deepEqual(programs.filter((file) => linesOf(file).some((line) => /"\/tmp|"TMPDIR"/.test(line))), []);
});

test("no text says he or she of a person", () => {
	const files = ["include", "lib", "fcgi", "schema", "www"].flatMap((folder) => sourcesBelow(folder, TEXTS));
	assert.ok(files.length > 400, `${files.length} files were found`);
	assert.deepEqual(files.filter((file) =>
		linesOf(file).some((line) => /\b(he|his|him|himself|she|hers|herself)\b/i.test(line))), []);
});
