// The past of a list: which moment is asked for, what is proposed, how it is read.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setLocale } from "../../www/ui/format.js";
import { asOfIn, createPast, readPast } from "../../www/base/past.js";
import { asItWas, momentWords, pastProblem, problemWith, usualMoments } from "../../www/generic/as-of.js";
import { daysAround } from "../../www/time/ranges.js";
import { until } from "../lib/wait.mjs";

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

test("a time that the clock shows twice says which of the two is meant; another does not", () => {
	const zone = "Europe/Berlin", now = Date.parse("2026-11-21T12:00:00Z");
	assert.equal(momentWords("2026-10-25T00:30:00Z", zone, now), "25 Oct, 02:30 (GMT+2)");
	assert.equal(momentWords("2026-10-25T01:30:00Z", zone, now), "25 Oct, 02:30 (GMT+1)");
	assert.equal(momentWords("2026-10-25T02:30:00Z", zone, now), "25 Oct, 03:30");
	assert.equal(momentWords("2026-03-29T01:00:00Z", zone, now), "29 Mar, 03:00");
	assert.equal(asItWas("2026-11-21T07:34:00Z", zone, now), "As it was at 08:34");
	assert.equal(asItWas("2026-11-20T23:30:00Z", zone, now), "As it was at 00:30");
	assert.equal(asItWas("2025-11-20T22:30:00Z", zone, now), "As it was on 20 Nov 2025, 23:30");
});

test("the entries read for a screen of Time are those of its month and its report, and the weeks around", () => {
	const around = { today: "2026-11-21", sunday: false };
	assert.deepEqual(daysAround({}, around), { from: "2026-10-16", to: "2026-12-16" });
	assert.deepEqual(daysAround({ day: "2026-02-28" }, around), { from: "2026-01-16", to: "2026-12-16" });
	assert.deepEqual(daysAround({ range: "year" }, around), { from: "2025-12-16", to: "2027-01-16" });
	assert.deepEqual(daysAround({ from: "2026-07-01", to: "2026-07-31" }, around),
		{ from: "2026-06-15", to: "2026-12-16" });
});

// A server of lists whose answers are given by hand: {asked: [path], answer(data), refuse(error)}.
function slowServer() {
	const asked = [], waiting = [];
	return {
		asked,
		ask: (path) => {
			asked.push(path);
			return new Promise((done, fail) => { waiting.push({ done, fail }); });
		},
		answer: (data) => waiting.shift().done(data),
		refuse: (error) => waiting.shift().fail(error),
	};
}

const AT = "2026-11-20T14:00:00Z";

test("lists of a moment are read one after the other, after the same write, with the usual values", async () => {
	const server = slowServer(), fields = [{ name: "late", default: false }];
	const past = createPast({ at: AT, ask: server.ask, definition: (name) => ({ name, fields }) });
	const cars = past.list("cars"), shifts = past.list("shifts");
	assert.equal(past.list("cars"), cars, "a list is asked for once");
	assert.equal(past.isReading.value, true);
	assert.deepEqual(cars.value.records, []);
	await until("the first list to be asked for", () => server.asked.length === 1);
	assert.equal(server.asked[0], "/cars?at=2026-11-20T14%3A00%3A00Z&limit=1000");
	server.answer({ cars: [{ id: "7", version: 1 }], seq: 41, missing: 2 });
	await until("the second list to be asked for", () => server.asked.length === 2);
	assert.equal(server.asked[1], "/shifts?at=41&limit=1000");
	assert.deepEqual(cars.value.records, [{ id: "7", version: 1, late: false }]);
	assert.equal(cars.value.byId.get("7"), cars.value.records[0]);
	assert.equal(past.isReading.value, true);
	server.answer({ shifts: [], seq: 41 });
	await until("everything to be read", () => !past.isReading.value);
	assert.deepEqual(past.sums.value, { missing: 2, cut: [] });
	assert.equal(shifts.value.records.length, 0);
});

test("of a collection only the list of the latest filters is kept and read", async () => {
	const server = slowServer(), past = createPast({ at: AT, ask: server.ask });
	past.list("hours", [["day", "ge.2026-11-01"], ["day", "le.2026-11-30"]]);
	await until("the list of November to be asked for", () => server.asked.length === 1);
	const october = past.list("hours", [["day", "ge.2026-10-01"]]);
	server.answer({ hours: [{ id: "november" }], seq: 9, next: "more" });
	await until("the list of October to be asked for", () => server.asked.length === 2);
	assert.match(server.asked[1], /^\/hours\?day=ge.2026-10-01&at=9&limit=1000$/);
	server.answer({ hours: [{ id: "october" }], seq: 9 });
	await until("everything to be read", () => !past.isReading.value);
	assert.deepEqual(october.value.records.map(({ id }) => id), ["october"]);
});

test("what could not be read is said, and asked for again; nobody is asked after the end", async () => {
	const server = slowServer(), past = createPast({ at: AT, ask: server.ask });
	const cars = past.list("cars");
	await until("the list to be asked for", () => server.asked.length === 1);
	server.refuse({ status: 0 });
	await until("the error", () => past.error.value);
	assert.equal(past.isReading.value, false);
	past.again();
	await until("the list to be asked for again", () => server.asked.length === 2);
	assert.equal(past.error.value, null);
	server.refuse({ status: 429, retryAfter: 0.01 });
	await until("the list to be asked for when the server has time", () => server.asked.length === 3);
	past.end();
	server.answer({ cars: [{ id: "7" }], seq: 41 });
	past.list("shifts");
	await new Promise(setImmediate);
	assert.deepEqual(cars.value.records, []);
	assert.equal(server.asked.length, 3);
});
