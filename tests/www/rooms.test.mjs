// Which folder of the web app may use which, as www/README.md says: imports point one way, from the areas down to
// engine and parts, so that each can be read, tested and used without what stands above it.
import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const www = fileURLToPath(new URL("../../www/", import.meta.url));

// What the other rooms may use of the engine: its entry point, and values.js (when two values are the same).
const outside = ["engine/engine.js", "engine/values.js"];
const mayUse = {
	engine: ["engine"],
	ui: ["ui"],
	base: ["base", "ui", ...outside],
	generic: ["generic", "base", "ui", ...outside],
	time: ["time", "generic", "base", "ui", ...outside],
	fleet: ["fleet", "generic", "base", "ui", ...outside],
	expenses: ["expenses", "generic", "base", "ui", ...outside],
	routine: ["routine", "generic", "base", "ui", ...outside],
	backup: ["backup"],
	backups: ["backups", "backup", "generic", "base", "ui", ...outside],
	app: ["app", "backups", "time", "fleet", "expenses", "routine", "generic", "base", "ui", ...outside],
};

// The files a file names: {now: imported before it runs, all: those and the ones that are loaded when they are needed}.
async function importsOf(file) {
	const text = await readFile(path.join(www, file), "utf8");
	const code = text.replace(/\/\*.*?\*\//gs, ""); // types in comments wait for nobody
	const named = (pattern, where = text) => [...where.matchAll(pattern)]
		.map(([, name]) => path.join(path.dirname(file), name)).filter((name) => /\.jsx?$/.test(name));
	const now = named(/^(?:import|export)\b[^"]*?"(\.[^"]+)"/gm, code);

	return { file, now, all: [...now, ...named(/\bimport\("(\.[^"]+)"\)/g)] };
}

async function everyFile() {
	const files = [];
	for (const folder of Object.keys(mayUse))
		for (const name of await readdir(path.join(www, folder)))
			if (/\.jsx?$/.test(name))
				files.push(await importsOf(`${folder}/${name}`));
	return files;
}

const files = await everyFile();

// A way from a file back to itself.
function circleThrough(file, next, way = [file], seen = new Set()) {
	for (const to of next.get(way.at(-1)) ?? []) {
		if (to === file)
			return [...way, to];
		if (seen.has(to))
			continue;
		seen.add(to);
		const circle = circleThrough(file, next, [...way, to], seen);
		if (circle)
			return circle;
	}
	return null;
}

test("a folder uses only those below it", () => {
	const wrong = files.flatMap(({ file, all }) => {
		const allowed = mayUse[file.split("/")[0]];
		return all.filter((to) => !allowed.includes(to.split("/")[0]) && !allowed.includes(to))
			.map((to) => `${file} uses ${to}`);
	});
	assert.ok(files.length > 150);
	assert.deepEqual(wrong, []);
});

test("no imports in a circle", () => {
	const next = new Map(files.map(({ file, now }) => [file, now]));
	assert.deepEqual(files.map(({ file }) => circleThrough(file, next)?.join(" → ")).filter(Boolean), []);
});
