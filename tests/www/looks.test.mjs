// Every collection looks as tests/fixtures/looks.json says: title, rows, tags, sums, inputs and forms follow from its
// definition.  After a wanted change, `node tests/www/looks.mjs > tests/fixtures/looks.json` writes the file anew, and
// its diff is what people see.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { looks } from "./looks.mjs";

const known = JSON.parse(readFileSync(new URL("../fixtures/looks.json", import.meta.url), "utf8")), now = looks();

test("looks.json has every definition, and no other", () => {
	assert.deepEqual(Object.keys(now).sort(), Object.keys(known).sort());
});

for (const [name, look] of Object.entries(known))
	test(`${name} look as they did`, () => {
		for (const [part, texts] of Object.entries(look))
			assert.deepEqual(now[name]?.[part], texts, part);
	});
