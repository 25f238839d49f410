// schema/PROTOCOL.md: whoever builds a client from it must find what the code and the vectors say.  Its worked
// examples are computed anew, its tables are held against the sources they repeat, and whatever cites one of its
// sections cites one that is there.
import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import path from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { auditDigest, auditHash, hashId, opHash, sha256 } from "../lib/hashes.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const read = (file) => readFile(path.join(root, file), "utf8");

const protocol = await read("schema/PROTOCOL.md");
const words = protocol.replace(/\s+/g, " ");
const sections = new Set([...protocol.matchAll(/^## (\d+)\. /gm)].map(([, number]) => Number(number)));

// The text files of the tree, without what is installed, built or recorded.
async function textFiles(folder = "") {
	const files = [];
	for (const entry of await readdir(path.join(root, folder), { withFileTypes: true })) {
		const file = path.join(folder, entry.name);
		if (entry.isDirectory() && !entry.name.startsWith(".") &&
			!["build", "node_modules", "corpus"].includes(entry.name))
			files.push(...await textFiles(file));
		else if (entry.isFile() && /\.(?:c|h|js|jsx|mjs|ts|md|json|sql)$/.test(entry.name))
			files.push(file);
	}
	return files;
}

const sources = await Promise.all((await textFiles()).map(async (file) => ({ file, text: await read(file) })));

// Definitions by their names, the shipped ones and those of the tests.
const definitions = new Map(sources.filter(({ file }) => /^(?:schema|tests\/fixtures)\/collections\//.test(file))
	.map(({ text }) => JSON.parse(text)).map((definition) => [definition.name, definition]));

// Blocks of code with the words of their fence, and the paragraph in front of each.
function blocksOf(text) {
	return [...text.matchAll(/(?:^|\n)([^\n`][^\n]*(?:\n[^\n]+)*\n\n)?```(\w+)\n([^]*?)\n```(?=\n|$)/g)]
		.map(([, before = "", kind, body]) => ({ before: before.replace(/\s+/g, " "), kind, body }));
}

const blocks = blocksOf(protocol);
const ofKind = (kind) => blocks.filter((block) => block.kind === kind);

// The vector a paragraph names: (`ids.json`, *its name*).
async function vectorOf(before) {
	const named = /\(`([\w-]+\.json)`, \*([^*]+)\*\)/.exec(before);
	if (named === null)
		return null;
	const { vectors } = JSON.parse(await read(`tests/fixtures/protocol/${named[1]}`));
	const vector = vectors.find((one) => one.name === named[2]);
	assert.ok(vector, `${named[1]} has no vector "${named[2]}"`);
	return { file: named[1], ...vector };
}

describe("citations", () => {
	test("the page has numbered sections without a gap", () => {
		assert.deepEqual([...sections], [...sections].map((_, i) => i + 1));
		assert.ok(sections.size >= 12);
	});

	// "PROTOCOL.md 3", "PROTOCOL.md 3 and 4", "PROTOCOL.md sections 1, 2 and 6", also over
	// the end of a line of a comment.
	const cites = /\bPROTOCOL(?:\.md)? (?:sections? )?(\d+(?:(?:, | and |, and )\d+)*)/g;
	const cited = sources.flatMap(({ file, text }) => [...text.replace(/\n[\s*/]*/g, " ").matchAll(cites)]
		.map(([citation, numbers]) => ({ file, citation, numbers: numbers.match(/\d+/g).map(Number) })));

	test("every cited section exists", () => {
		assert.ok(cited.length >= 15,
			`only ${cited.length} citations were found: they are written in another way now`);
		assert.deepEqual(cited.filter(({ numbers }) => numbers.some((number) => !sections.has(number))), []);
	});

	test("the page's own references lead to existing sections and files", async () => {
		const numbers = [...protocol.matchAll(/\bsections? (\d+)/g)].map(([, number]) => Number(number));
		assert.ok(numbers.length > 20);
		assert.deepEqual(numbers.filter((number) => !sections.has(number)), []);
		for (const [, target] of protocol.matchAll(/\]\(([^)#]+)\)/g))
			await assert.doesNotReject(readdir(path.join(root, "schema", path.dirname(target))).then(
				(names) => assert.ok(names.includes(path.basename(target)), `${target} is not there`)));
	});
});

describe("worked examples", () => {
	test("every JSON block is JSON", () => {
		assert.ok(ofKind("json").length >= 8);
		for (const { body } of ofKind("json"))
			assert.doesNotThrow(() => JSON.parse(body), body);
	});

	for (const { before, body } of ofKind("sha256"))
		test(body.split("\n")[0], async () => {
			const [text, hash] = body.split("\n");
			const vector = await vectorOf(before);

			assert.match(hash, /^(?:[0-9a-f]{32}|[0-9a-f]{64})$/);
			assert.equal(sha256(text).toString("hex").slice(0, hash.length), hash);
			if (vector?.file === "ids.json") {
				const { unique, own, fields } = definitions.get(vector.collection);
				const values = unique.map((name) => vector.set[name] ??
					fields.find((field) => field.name === name).default);
				assert.deepEqual([vector.tuple, vector.id], [text, hash]);
				assert.equal(hashId(vector.collection, { own, owner: vector.owner, values }), hash);
			} else if (vector) {
				assert.deepEqual([vector.array, vector.hash], [text, hash]);
				assert.equal(opHash(vector.op.collection, vector.op.id, vector.op.set), hash);
			}
		});

	test("an id, an op and an audit row are among them", async () => {
		const named = await Promise.all(
			[...ofKind("sha256"), ...ofKind("hex")].map(({ before }) => vectorOf(before)));
		assert.deepEqual([...new Set(named.filter(Boolean).map(({ file }) => file))].sort(),
			["audit.json", "hashes.json", "ids.json"]);
	});

	// The bytes of the page itself, column by column, and not only its words.
	test("the audit row is hashed byte by byte as the page says", async () => {
		const [{ before, body }] = ofKind("hex");
		const { before: chain, row, digest, hash } = await vectorOf(before);
		const bytes = (hex) => Buffer.from(hex.replace(/\s/g, ""), "hex");
		const columns = [...protocol.matchAll(/^\| `(\w+)` \| (?:`([^`]*)`|NULL) \| `([0-9a-f ]+)` \|$/gm)].map(
			([, name, value, hex]) => ({ name, value, hex }));

		assert.equal(sha256(bytes(body)).toString("hex"), digest);
		assert.equal(auditDigest(row).toString("hex"), digest);
		for (const { name, value } of columns)
			assert.equal(value ?? null, row[name] === null ? null : String(row[name]), name);
		const header = Buffer.concat(columns.map(({ hex }) => bytes(hex)));
		assert.ok(words.includes(`the ${header.length} bytes of the header`));
		assert.equal(sha256(bytes(chain), header, bytes(digest)).toString("hex"), hash);
		assert.equal(auditHash(bytes(chain), row).toString("hex"), hash);
		for (const said of [chain, digest, hash])
			assert.ok(protocol.includes(`\`${said}\``), said);
	});

	test("the order of the header is that of the formula", () => {
		const [formula] = /header = [^]*?\nhash/.exec(protocol);
		const columns = [...protocol.matchAll(/^\| `(\w+)` \| (?:`[^`]*`|NULL) \| `[0-9a-f ]+` \|$/gm)].map(
			([, name]) => name);
		assert.deepEqual([...formula.matchAll(/T\((\w+)\)/g)].map(([, name]) => name), columns);
	});
});

describe("tables that repeat the sources", () => {
	// The one source that matches: where a function or a table lives is not the page's concern.
	const theOne = (pattern) => {
		const found = sources.filter(({ file, text }) => file.endsWith(".c") && pattern.test(text));
		assert.equal(found.length, 1, `${pattern}: ${found.map(({ file }) => file)}`);
		return pattern.exec(found[0].text)[1];
	};

	test("the problems: status, type and title", () => {
		const table = theOne(/problem_kinds\[PROBLEM_COUNT\] = \{([^]*?)\n\};/);
		const coded = [...table.matchAll(/\{ (\d+), "([^"]+)",\s*"([^"]+)" \}/g)].map(([, ...row]) =>
			row.join(" | "));
		const told = [...protocol.matchAll(/^\| (\d{3}) \| `(\/problems\/[a-z-]+)` \| ([^|]+?) \|/gm)].map(
			([, ...row]) => row.join(" | "));
		assert.deepEqual(told, coded);
	});

	test("the reserved words", () => {
		const coded = [...theOne(/reserved_words\[\] = \{([^]*?)\n\};/).matchAll(/"([^"]+)"/g)].map(
			([, word]) => word);
		assert.deepEqual(ofKind("reserved")[0].body.split(/\s+/), coded);
	});

	test("the vectors: every file has its row", async () => {
		const files = (await readdir(path.join(root, "tests/fixtures/protocol"))).sort();
		assert.deepEqual(
			[...protocol.matchAll(/^\| `([\w-]+\.json)` \|/gm)].map(([, file]) => file).sort(), files);
	});
});
