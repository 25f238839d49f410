// Builds the web app: node build.mjs --to FOLDER.  It makes one bundle with a chunk for each area, the styles, icons,
// the page, and the service worker, which gets the list of all files.  Every file but the page, the manifest, the
// worker and the icons has the hash of its content in its name.  The folder is replaced as a whole at the end, and
// only if something differs, so that a running Daybook never serves half of it.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { chmod, cp, mkdir, mkdtemp, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));
const BROWSERS = ["chrome109", "firefox110", "safari16.4"];

function option(name) {
	const at = process.argv.indexOf(name);
	return at < 0 ? null : process.argv[at + 1];
}

function say(text) {
	console.error(`build: ${text}`);
	process.exit(1);
}

const shared = {
	absWorkingDir: here, bundle: true, minify: true, target: BROWSERS, charset: "utf8", legalComments: "none",
	logLevel: "warning",
};

async function bundle(to) {
	const result = await build({
		...shared, entryPoints: { app: "app/main.jsx", style: "style/daybook.css" }, outdir: to, format: "esm",
		splitting: true, metafile: true,
		entryNames: "[name].[hash]", chunkNames: "part.[hash]", assetNames: "[name].[hash]",
		jsx: "automatic", jsxImportSource: "preact", loader: { ".svg": "file" },
	});
	return result.metafile.outputs;
}

function outputOf(outputs, entry) {
	return Object.keys(outputs).find((file) => outputs[file].entryPoint === entry);
}

// The files that a file imports, directly or through others, in the order of the imports.
function importsOf(outputs, file, known = new Set()) {
	for (const { path: name, kind } of outputs[file].imports)
		if (kind === "import-statement" && !known.has(name)) {
			known.add(name);
			importsOf(outputs, name, known);
		}
	return [...known];
}

const addressOf = (file) => "/" + path.basename(file);

// The page names the bundle and every file that the bundle needs, so that all of them are fetched at once.
async function page(to, outputs) {
	const script = outputOf(outputs, "app/main.jsx"), style = outputOf(outputs, "style/daybook.css");
	const preload = (file) => `<link rel="modulepreload" href="${addressOf(file)}">`;
	const ahead = importsOf(outputs, script).map(preload).join("\n");
	const template = await readFile(path.join(here, "index.html"), "utf8");
	const text = template.replace("@AHEAD@", ahead)
		.replace("@SCRIPT@", addressOf(script)).replace("@STYLE@", addressOf(style));
	await writeFile(path.join(to, "index.html"), text);
}

async function filesOf(folder, under = "") {
	const files = [];
	for (const entry of await readdir(path.join(folder, under), { withFileTypes: true }))
		if (entry.isDirectory())
			files.push(...await filesOf(folder, path.posix.join(under, entry.name)));
		else
			files.push(path.posix.join(under, entry.name));
	return files.sort();
}

async function hashOf(file) {
	return createHash("sha256").update(await readFile(file)).digest("hex").slice(0, 16);
}

// Builds the worker last: its list of files, each with the hash of its content, is the version of the app.
async function worker(to) {
	const shell = [];
	for (const file of await filesOf(to))
		shell.push([file === "index.html" ? "/" : "/" + file, await hashOf(path.join(to, file))]);
	await build({
		...shared, entryPoints: ["sw.js"], outfile: path.join(to, "sw.js"), format: "iife",
		define: { SHELL: JSON.stringify(shell) },
	});
}

async function isSame(left, right) {
	try {
		const [ours, theirs] = [await filesOf(left), await filesOf(right)];
		if (ours.join("\n") !== theirs.join("\n"))
			return false;
		for (const file of ours)
			if (await hashOf(path.join(left, file)) !== await hashOf(path.join(right, file)))
				return false;
		return true;
	} catch {
		return false;
	}
}

async function swap(fresh, to) {
	const old = fresh + ".old";
	await chmod(fresh, 0o755); // a folder of mkdtemp is for its maker alone
	await rename(to, old).catch(() => {});
	await rename(fresh, to);
	await rm(old, { recursive: true, force: true });
}

const to = path.resolve(option("--to") ?? say("usage: node build.mjs --to FOLDER"));
await mkdir(path.dirname(to), { recursive: true });
const fresh = await mkdtemp(to + ".");
try {
	await cp(path.join(here, "static"), fresh, { recursive: true });
	await page(fresh, await bundle(fresh));
	await worker(fresh);
	if (await isSame(fresh, to))
		await rm(fresh, { recursive: true });
	else
		await swap(fresh, to);
} catch (error) {
	await rm(fresh, { recursive: true, force: true });
	say(error.message);
}
