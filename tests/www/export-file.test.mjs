// The request of an export and what is kept of its answer, without a document.
import { test } from "node:test";
import assert from "node:assert/strict";
import { exportQuery, onlyRecords, onlyRows } from "../../www/generic/export-file.js";

const of = (more) => decodeURIComponent(exportQuery({ form: "csv", style: "people", ...more })).replaceAll("+", " ");

test("FC5: the query of an export has the filters, the owner and the columns that are shown", () => {
	assert.equal(of({}), "format=csv&style=people");
	assert.equal(of({ form: "json" }), "format=json");
	const kind = { name: "kind" };
	assert.equal(of({
		filters: [
			{ field: kind, value: "work" }, { field: { name: "manual" }, value: true },
			{ field: kind, value: "lunch" }, { field: { name: "tags", type: "list" }, value: "wet" },
		],
		owner: "ben", where: { day: ["ge.2026-11-01", "le.2026-11-30"], project: "hall" },
		fields: ["start", "id", "note"],
	}), "format=csv&style=people&fields=start,id,note&kind=in.work,lunch&manual=in.true&day=ge.2026-11-01" +
		"&day=le.2026-11-30&project=hall&owner=ben");
	assert.equal(of({ fields: ["start", "id"], ids: true }), "format=csv&style=people&fields=id,start");
	// A choice with a comma cannot be among several values; its records are chosen by their ids.
	assert.equal(of({ filters: [{ field: { name: "location" }, value: "A, B" }] }), "format=csv&style=people");
});

test("rows are chosen by their ids and stay as they are written", () => {
	const csv = "\uFEFFid,note\r\na,\"two\r\nlines, \"\"x\"\"\"\r\nb,plain\r\nc,\"\"\r\n";
	assert.equal(onlyRows(csv, new Set(["a", "c"])),
		"\uFEFFid,note\r\na,\"two\r\nlines, \"\"x\"\"\"\r\nc,\"\"\r\n");
	assert.equal(onlyRows(csv, new Set(["b"]), true), "\uFEFFnote\r\nplain\r\n");
	assert.equal(onlyRows(csv, new Set()), "\uFEFFid,note\r\n");
	assert.deepEqual(JSON.parse(onlyRecords('[\n{"id":"a"},\n{"id":"b"}\n]\n', new Set(["b"]))), [{ id: "b" }]);
});
