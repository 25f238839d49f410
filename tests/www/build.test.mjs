// The web app as it is put together: the same every time, small at first sight, nothing inline, nothing from elsewhere,
// and all of it known to the service worker.
import { after, test } from "node:test";
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const FIRST_LOAD = 120 * 1024; // bytes, compressed, of script and style before anything is on the screen
const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
const scratch = mkdtempSync(path.join(tmpdir(), "daybook-www."));

after(() => rmSync(scratch, { recursive: true }));

function build(name) {
	const to = path.join(scratch, name);
	execFileSync(process.execPath, [path.join(root, "www", "build.mjs"), "--to", to], { cwd: scratch });
	return to;
}

function filesOf(folder) {
	return readdirSync(folder).sort();
}

const first = build("first");
const read = (name) => readFileSync(path.join(first, name), "utf8");
const page = read("index.html");

// A file and all that its static imports lead to; what is imported when it is needed does not count.
function withImports(name, known = new Set()) {
	if (known.has(name))
		return known;
	known.add(name);
	for (const [, , imported] of read(name).matchAll(/(?:^|[;}\s])(import|from)\s*"\.\/([^"]+)"/g))
		withImports(imported, known);
	return known;
}

test("two builds are the same to the byte", () => {
	const second = build("deeper/second");
	assert.deepEqual(filesOf(second), filesOf(first));
	for (const name of filesOf(first))
		assert.ok(readFileSync(path.join(first, name)).equals(readFileSync(path.join(second, name))), name);
});

test("a build without changes leaves the folder as it is, and everybody may read it", () => {
	const before = statSync(first);
	build("first");
	assert.equal(statSync(first).ino, before.ino);
	assert.equal(before.mode & 0o777, 0o755);
});

test("the first load is at most 120 KB of compressed script and style", () => {
	const script = /<script type="module" src="\/([^"]+)">/.exec(page)[1];
	const style = /<link rel="stylesheet" href="\/([^"]+)">/.exec(page)[1];
	const files = [...withImports(script), style];
	const bytes = files.reduce((sum, name) =>
		sum + gzipSync(readFileSync(path.join(first, name)), { level: 6 }).length, 0);
	assert.ok(files.length > 2);
	assert.ok(bytes <= FIRST_LOAD, `${files.length} files are ${bytes} bytes`);
	for (const name of files.filter((one) => one.endsWith(".js") && one !== script))
		assert.ok(page.includes(`<link rel="modulepreload" href="/${name}">`), `${name} is not fetched ahead`);
});

test("nothing in the page is inline or from another origin", () => {
	assert.doesNotMatch(page, /<style|style=|\son\w+=|<script(?![^>]*src=)|https?:\/\//);
	const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(page)[1];
	for (const rule of [
		"default-src 'self'", "object-src 'none'", "base-uri 'none'", "require-trusted-types-for 'script'",
		"trusted-types daybook",
	])
		assert.ok(policy.split(/;\s+/).includes(rule), rule);
	assert.doesNotMatch(policy, /unsafe/);
	for (const name of filesOf(first).filter((one) => one.endsWith(".css")))
		assert.doesNotMatch(read(name), /@import|url\(\s*["']?(?:https?:)?\/\//);
});

test("the service worker knows every file by the hash of its content", () => {
	const shell = JSON.parse(/\[\["[^;]*?\]\]/.exec(read("sw.js"))[0].replaceAll("'", "\""));
	const known = new Map(shell);
	assert.deepEqual([...known.keys()].sort(), filesOf(first).filter((name) => name !== "sw.js")
		.map((name) => (name === "index.html" ? "/" : "/" + name)).sort());
	for (const [address, hash] of known) {
		const content = readFileSync(path.join(first, address === "/" ? "index.html" : address.slice(1)));
		assert.equal(createHash("sha256").update(content).digest("hex").slice(0, 16), hash, address);
	}
});

test("every icon that the manifest names exists and has the stated size", () => {
	const { icons, shortcuts } = JSON.parse(read("manifest.webmanifest"));
	const all = [...icons, ...shortcuts.flatMap((one) => one.icons)];
	for (const { src, sizes, type } of all.filter((one) => one.src.endsWith(".png"))) {
		const header = readFileSync(path.join(first, src.slice(1)));
		assert.equal(`${header.readUInt32BE(16)}x${header.readUInt32BE(20)}`, sizes, `${src} ${type ?? ""}`);
	}
	assert.ok(icons.some(({ purpose }) => purpose === "maskable"));
});
