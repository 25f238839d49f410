// A database of the version in which rates and rules had no days is migrated: old reports stay what they were, to the
// second and the cent, and what was never chosen is not chosen now.  tests/fixtures/undated has the rows, the reports
// of that version, and make.mjs that made them.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { before, describe, test } from "node:test";
import { fixtures, root, start } from "../harness.mjs";
import { answered } from "../lib/expect.mjs";
import { send } from "../lib/http.mjs";
import { match } from "../lib/match.mjs";
import { load } from "../lib/rows.mjs";

const stack = await start();
const { ctl, sql } = stack;
const told = JSON.parse(readFileSync(path.join(fixtures, "undated", "answers.json"), "utf8"));
const BEGINNING = "1970-01-01", DAYBOOK = "00000000-0000-0000-0000-000000000000";
const tokens = new Map();

async function signIn(who) {
	const { email, password } = told.people[who];
	const url = `${stack.url}/api/auth/login`;
	return answered(await send({ url, method: "POST", body: { email, password } })).accessToken;
}

async function call(who, space, method, place, body) {
	if (!tokens.has(who))
		tokens.set(who, await signIn(who));
	const url = stack.url + place.replace(/^\/api\//, `/api/spaces/${space}/`);
	return send({ url, method, body, headers: { Authorization: `Bearer ${tokens.get(who)}` } });
}

const list = async (who, space, collection) =>
	answered(await call(who, space, "GET", `/api/${collection}`))[collection];

// A report of that version in today's words.
function renamed(value) {
	if (Array.isArray(value))
		return value.map(renamed);
	if (value === null || typeof value !== "object")
		return value;
	const { billable, efficiency, rate, ...rest } = value;
	const members = Object.entries(rest).map(([name, member]) => [name, renamed(member)]);
	return { ...Object.fromEntries(members), ...(billable === undefined ? {} : { paid: billable }) };
}

const ratesOf = ({ people }) => people.map(({ person, weeks }) =>
	[person, [...new Set(weeks.map(({ rate }) => rate))]]);
const formerRates = ({ people }) => people.map(({ person, rate }) => [person, [rate]]);
const withoutDays = () => sql(`SELECT collection, COUNT(*) AS n FROM record
	WHERE collection IN ('workRules', 'workTerms') GROUP BY collection ORDER BY collection`);

describe("what people were paid by before it had days", () => {
	before(async () => {
		const files = readdirSync(path.join(root, "schema")).filter((name) => /^000[1-9]_/.test(name)).sort();
		await load(stack, stack.settings.db_name, files, "undated");
		const migrated = await ctl("migrate");
		assert.equal(migrated.status, 0, migrated.stderr);
		assert.match(migrated.stdout, /in 4 spaces it holds from 1970-01-01/);
		stack.child.kill("SIGTERM");
		await stack.ended;
		await stack.launch();
	});

	test("every report is what it was", async () => {
		assert.equal(told.asked.length, 8);
		for (const { who, space, path: place, body } of told.asked) {
			const report = answered(await call(who, space, "GET", place));
			match(report, renamed(body), `${place} for ${who}`);
			if (place.includes("payroll"))
				assert.deepEqual(ratesOf(report), formerRates(body));
			assert.deepEqual(report.corrections, []);
			assert.deepEqual(report.people.flatMap(({ corrections }) => corrections), []);
		}
	});

	test("a team has the rules that it had, and people what was theirs", async () => {
		const { ben, mia, rex } = told.people;
		match(await list("olga", told.space, "workRules"), [{
			from: BEGINNING, owner: DAYBOOK, createdBy: DAYBOOK, lunchRule: "day", lunchMinutes: 45,
			lunchAfterHours: 6, recordedLunchCounts: false, maxHours: 10, weekStart: "sunday",
			overtimeAfterHours: 38,
			overtimeMultiplier: 1.25, hourlyRate: 2000,
		}]);
		const terms = await list("olga", told.space, "workTerms");
		const of = Object.fromEntries(terms.map((one) => [one.owner, one]));
		assert.deepEqual(Object.keys(of).sort(), [ben.id, mia.id, rex.id].sort());
		match(of[ben.id], {
			from: BEGINNING, status: "employed", hourlyRate: 3150, maxHours: 9, lunchMinutes: 15,
			overtimeAfterHours: 20, recordedLunchCounts: true,
		});
		assert.deepEqual([of[ben.id].lunchRule, of[ben.id].overtimeMultiplier], [undefined, undefined]);
		match(of[mia.id], { hourlyRate: 4100 });
		match(of[rex.id], { lunchRule: "session", overtimeMultiplier: 2 });
		assert.equal(of[rex.id].hourlyRate, undefined);
	});

	test("people at home have what they had; where nobody works and nobody chose, there is nothing", async () => {
		const { ben, mo, mia, olga } = told.people;
		const rules = { lunchMinutes: 30, hourlyRate: 2500 };
		match(await list("ben", ben.home, "workRules"), [{ weekStart: "sunday", ...rules }]);
		match(await list("ben", ben.home, "workTerms"), [{ lunchMinutes: 0, maxHours: 6 }]);
		match(await list("mo", mo.home, "workRules"), [{ weekStart: "monday", ...rules }]);
		match(await list("mia", mia.home, "workRules"), [{ hourlyRate: 2700 }]);
		for (const collection of ["workRules", "workTerms"])
			assert.deepEqual(await list("olga", olga.home, collection), []);
	});

	test("it happens once: later hours get no rules, and nothing that was changed is set back", async () => {
		const { olga, ben } = told.people, [{ id }] = await list("ben", ben.home, "workTerms");
		answered(await call("olga", olga.home, "POST", "/api/workSessions",
			{ start: "2026-10-05T07:00:00Z", duration: 36_000 }), 201);
		answered(await call("ben", ben.home, "PATCH", `/api/workTerms/${id}`,
			{ maxHours: 7, reason: "A slip" }));
		const counted = await withoutDays();
		const again = await ctl("migrate");
		assert.equal(again.status, 0, again.stderr);
		assert.doesNotMatch(again.stdout, /1970/);
		assert.deepEqual(await withoutDays(), counted);

		// Cut short before it was noted as done: it goes on, and leaves alone what is there.
		await sql("DELETE FROM meta WHERE name = 'undated'");
		assert.match((await ctl("migrate")).stdout, /in 1 spaces/);
		match(await list("ben", ben.home, "workTerms"), [{ maxHours: 7 }]);
		match(await list("olga", olga.home, "workRules"), [{ from: BEGINNING, lunchMinutes: 30 }]);
	});

	test("the database is sound", async () => {
		const { status, stdout, stderr } = await ctl("verify");
		assert.equal(status, 0, stdout + stderr);
		assert.deepEqual(await stack.faults(), []);
	});
});
