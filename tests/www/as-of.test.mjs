// The past of a list: which moment is asked for, what is proposed, how it is read.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setLocale } from "../../www/ui/format.js";
import { asOfIn, pastProblem, problemWith, readPast, usualMoments } from "../../www/generic/as-of.js";

setLocale("en-GB");

test("a moment is an instant in UTC; anything else is the present", () => {
	assert.equal(asOfIn({ at: "2026-11-20T14:00:00.000Z" }), "2026-11-20T14:00:00.000Z");
	assert.equal(asOfIn({ at: "2026-11-20T14:00Z" }), "2026-11-20T14:00Z");
	for (const at of [undefined, "", "yesterday", "2026-13-01T00:00Z", "2026-11-20T14:00:00+01:00", "12"])
		assert.equal(asOfIn({ at }), null);
});

test("the moments that are proposed lie in the past, in the zone of the space", () => {
	const zone = "Europe/Berlin", now = Date.parse("2026-11-21T12:00:00Z");
	assert.deepEqual(usualMoments(now, zone), [
		["An hour ago", "2026-11-21T11:00:00.000Z"],
		["This morning, 06:00", "2026-11-21T05:00:00.000Z"],
		["Yesterday evening", "2026-11-20T22:59:59.000Z"],
		["A week ago", "2026-11-14T22:59:59.000Z"],
		["End of last month", "2026-10-31T22:59:59.000Z"],
	]);
	for (let hour = 0; hour < 24 * 31; hour++) {
		const at = Date.parse("2026-03-15T00:00:00Z") + hour * 3_600_000;
		for (const [words, instant] of usualMoments(at, zone)) {
			assert.equal(problemWith(instant, at), null, `${words} at ${new Date(at).toISOString()}`);
			assert.equal(asOfIn({ at: instant }), instant);
		}
	}
	assert.match(problemWith("2026-11-21T12:00:01Z", now), /past/);
	assert.match(problemWith(null, now), /Choose/);
});

test("all pages are of the moment of the first one, up to a bound", async () => {
	const asked = [];
	const ask = async (path) => {
		const { searchParams: query } = new URL(path, "http://x");
		asked.push([query.get("at"), query.get("after")]);
		const page = Number(query.get("after") ?? 0);
		return { cars: [{ id: String(page) }], seq: 41, next: page < 2 ? String(page + 1) : null };
	};
	const past = await readPast(ask, "cars", "2026-11-20T14:00Z");
	assert.deepEqual(past.records.map(({ id }) => id), ["0", "1", "2"]);
	assert.deepEqual(asked, [["2026-11-20T14:00Z", null], ["41", "1"], ["41", "2"]]);
	assert.equal(past.isCut, false);

	const full = Array.from({ length: 1000 }, (_, id) => ({ id }));
	const endless = await readPast(async () => ({ cars: full, next: "more" }), "cars", "2026-11-20T14:00Z");
	assert.equal(endless.records.length, 20_000);
	assert.equal(endless.isCut, true);
});

test("why the past cannot be shown is said in words", () => {
	assert.match(pastProblem({ status: 0 }), /Connect/);
	assert.match(pastProblem({ status: 400, problem: { type: "/problems/too-much" } }), /later time/);
	assert.equal(pastProblem({ status: 400, problem: { detail: "No." } }), "No.");
});
