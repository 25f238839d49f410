// What the screens of backups say and ask: words, differences, jobs, spans of time.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setLocale } from "../../www/ui/format.js";
import { linesOf, totalOf } from "../../www/backups/difference.js";
import { isLarge, kindOfFile, sendFile } from "../../www/backups/incoming.js";
import { follow, jobOf } from "../../www/backups/jobs.js";
import { differences, toPutBack } from "../../www/backups/put-back.js";
import { devicesIn, instantsOf, problemWithSpan, requestOf } from "../../www/backups/span.js";
import {
	adviceOn, countWords, failureWords, fileWords, importWords, isStuck, jobWords, kindWords, listsIn, metaOf,
	partOf, scheduleWords,
} from "../../www/backups/words.js";

setLocale("en-GB");
const NOW = Date.parse("2026-11-21T12:00:00Z");

test("a backup is named by what made it, and says what it contains", () => {
	assert.equal(kindWords({ kind: "before-restore" }), "Before a restore");
	assert.equal(kindWords({ kind: "client", name: "phone" }), "phone");
	assert.equal(kindWords({ kind: "monthly" }), "Monthly");
	assert.equal(countWords({ counts: { cars: 1 }, files: 0 }), "1 record");
	assert.equal(countWords({ counts: { trips: 4, cars: 1200, tasks: 0 }, files: 2 }), "1,204 records, 2 files");
	assert.deepEqual(listsIn({ counts: { trips: 4, cars: 1200, tasks: 0 } }), [["cars", 1200], ["trips", 4]]);
	assert.equal(countWords({ counts: null }), "0 records");
	assert.deepEqual(metaOf({ kind: "daily", counts: { cars: 3 }, bytes: 1500 })[0], "Daily");
});

test("a space is warned of when its backups are missing, damaged or a week old", () => {
	assert.equal(adviceOn(undefined, NOW).kind, "warn");
	assert.equal(adviceOn({ at: "2026-11-21T11:00:00Z", damaged: "x" }, NOW).kind, "bad");
	assert.equal(adviceOn({ at: "2026-11-15T12:00:00Z" }, NOW), null);
	assert.match(adviceOn({ at: "2026-11-14T12:00:00Z" }, NOW).words, /7 days old/);
	const late = { since: "2026-11-19T12:00:00Z", detail: "No room." };
	assert.deepEqual(adviceOn({ at: "2026-11-20T12:00:00Z" }, NOW, late),
		{ kind: "bad", words: "Automatic backups haven’t worked since Thu 19 Nov. No room." });
});

test("the lines of a difference are those that change, the most first", () => {
	const difference = {
		trips: { new: 1, changed: 0, deleted: 0, unchanged: 4 },
		cars: { new: 0, changed: 2, deleted: 3, kept: 2 },
		weights: { unchanged: 9 },
	};
	assert.deepEqual(linesOf(difference).map(({ collection }) => collection), ["cars", "trips"]);
	assert.deepEqual(totalOf(difference), { new: 1, changed: 2, deleted: 3, unchanged: 13, kept: 2, all: 6 });
	assert.deepEqual(linesOf(undefined), []);
});

test("what was done at once is over; a job is asked for until it is", async () => {
	assert.deepEqual(jobOf({ job: "7" }), { id: "7", state: "waiting" });
	assert.equal(jobOf({ id: "a" }).state, "done");
	assert.deepEqual(jobOf({ job: { id: "7", state: "running" } }), { id: "7", state: "running" });

	const done = { id: "7", state: "done", result: { n: 1 } };
	const answers = [{ id: "7", state: "running", progress: 1 }, null, done];
	const seen = [], pauses = [];
	const ask = async () => {
		const answer = answers.shift();
		if (!answer)
			throw Object.assign(new Error("away"), { isPassing: true });
		return answer;
	};
	const last = await follow({ id: "7", state: "waiting" }, {
		ask, see: ({ state }, isAway) => seen.push(isAway ? "away" : state),
		wait: async (ms) => { pauses.push(ms); },
	});
	assert.deepEqual(seen, ["waiting", "running", "away", "done"]);
	assert.deepEqual(last.result, { n: 1 });
	assert.ok(pauses[1] > pauses[0]);
	const gone = Object.assign(new Error("gone"), { isPassing: false });
	await assert.rejects(follow({ id: "8", state: "waiting" }, {
		ask: async () => { throw gone; }, see: () => {}, wait: async () => {},
	}), gone);
});

test("a job says how far it is", () => {
	assert.equal(jobWords({ state: "waiting", kind: "restore" }), "Waiting for its turn…");
	assert.equal(jobWords({ state: "running", stage: "writing", progress: 1200, total: 4210 }),
		"Writing records, 1,200 of 4,210");
	assert.equal(jobWords({ state: "running", kind: "backup", stage: "unheard-of" }), "Backing up…");
	assert.equal(partOf({ progress: 5, total: 4 }), 1);
	assert.equal(partOf({}), null);
	const waiting = { state: "waiting", createdAt: "2026-11-21T11:58:00Z" };
	assert.ok(isStuck(waiting, NOW));
	assert.ok(!isStuck(waiting, Date.parse(waiting.createdAt) + 1000));
	assert.ok(!isStuck({ ...waiting, state: "running" }, NOW));
	assert.ok(!isStuck({ state: "waiting" }, NOW));
	assert.ok(!isStuck(null, NOW));
});

test("what a chosen file is, is seen by its first bytes", async () => {
	const archive = (head) => {
		const header = Buffer.alloc(512);
		header.write("daybook.json");
		header.write(head.length.toString(8).padStart(11, "0"), 124);
		return new Blob([header, head, Buffer.alloc(512)]);
	};
	const kinds = {
		empty: new Blob([]), sealed: new Blob(["DAYBOOK-SEALED-1\nrest"]), archive: archive('{"format":1}'),
		newer: archive('{"format":2}'), json: new Blob(['\ufeff {"daybook":1}']),
		other: new Blob([Buffer.from([0xff, 0xd8, 0xff, 0xe0])]),
	};
	for (const [kind, file] of Object.entries(kinds))
		assert.equal(await kindOfFile(file), kind);
	assert.equal(await kindOfFile(archive("{torn")), "archive", "what is wrong with it the server says");
	assert.equal(await kindOfFile(new Blob(["[]"])), "json");
});

test("a failure is a sentence, whatever form it comes in", () => {
	assert.match(failureWords({ status: 0 }), /Can’t reach the server/);
	assert.match(failureWords({ status: 400, problem: { type: "/problems/too-much" } }), /too much/);
	assert.equal(failureWords({ detail: "The file is damaged." }), "The file is damaged.");
	assert.equal(failureWords("Out of room."), "Out of room.");
	assert.match(failureWords(undefined), /went wrong/);
	assert.match(failureWords({ status: 413, problem: { type: "/problems/space-full" } }), /no room/);
	assert.match(failureWords({ status: 401, problem: {} }), /Sign in/);
	assert.match(importWords({ status: 400, field: "daybook", problem: {} }), /newer Daybook/);
	assert.equal(fileWords(Object.assign(new Error("Cut off."), { name: "DamageError" })), "Cut off.");
	assert.equal(fileWords(new Error("other")), null);
});

test("the schedule is told in sentences", () => {
	const usual = (name) => ({
		backupAutomatic: true, backupDaily: true, backupKeep: 12, backupDays: 7, backupWeeks: 5,
		backupMonths: 1,
	})[name];
	assert.deepEqual(scheduleWords(undefined, usual), [
		"After changes, at most every few minutes. The last 12 are kept.",
		"On every day with changes. One is kept for each of the last 7 days, 5 weeks, and 1 month.",
	]);
	assert.deepEqual(scheduleWords({ backupAutomatic: false, backupDaily: false }, usual),
		["Not after changes.", "Not daily."]);
});

test("a span is asked for by its instants, in the zone of the space", () => {
	const around = { now: NOW, zone: "Europe/Berlin" };
	assert.deepEqual(instantsOf("hour", around), { from: "2026-11-21T11:00:00.000Z", to: null });
	assert.deepEqual(instantsOf("today", around), { from: "2026-11-20T23:00:00.000Z", to: null });
	assert.deepEqual(instantsOf("week", around), { from: "2026-11-14T23:00:00.000Z", to: null });
	assert.match(problemWithSpan({}), /began/);
	assert.match(problemWithSpan({ from: "2026-11-21T11:00:00Z", to: "2026-11-21T11:00:00Z" }), /after/);
	assert.equal(problemWithSpan({ from: "2026-11-21T11:00:00Z" }), null);
	const chosen = { by: "u", source: "import/9/x", span: "own", from: "a", collections: ["cars"] };
	assert.deepEqual(requestOf(chosen, around),
		{ by: "u", cause: "9/x", from: "a", collections: ["cars"] });
	assert.deepEqual(requestOf({ by: "", source: "device/d", span: "hour", collections: [] }, around),
		{ device: "d", from: "2026-11-21T11:00:00.000Z" });
});

test("devices are found in the audit: each write counts once, the device that wrote last comes first", () => {
	const row = (id, device, at) => ({ id, ...(device ? { device_id: device } : {}), changed_at: at });
	assert.deepEqual(devicesIn([
		row("9-1", "tablet", "2026-11-21T09:00:00.000Z"), row("9-2", "tablet", "2026-11-21T09:00:00.000Z"),
		row("8-1", null, "2026-11-21T08:30:00.000Z"), row("7-1", "phone", "2026-11-21T08:00:00.000Z"),
		row("6-1", "tablet", "2026-11-21T07:00:00.000Z"),
	]), [
		{ id: "tablet", at: "2026-11-21T09:00:00.000Z", changes: 2 },
		{ id: "phone", at: "2026-11-21T08:00:00.000Z", changes: 1 },
	]);
	assert.deepEqual(devicesIn([]), []);
});

const FORM = {
	name: "cars", fields: [
		{ name: "location", label: "Location", type: "text" },
		{ name: "late", label: "Late", type: "boolean", default: false },
		{ name: "shift", label: "Shift", type: "text", derived: true },
		{ name: "made", label: "Made", type: "date", immutable: true },
		{ name: "old", label: "Old", type: "text", retired: true },
	],
};

test("a kept copy is put back with what differs and can be written; one that is gone, with all of it", () => {
	const record = { id: "7", version: 3, owner: "u", location: "100", shift: "a", made: "2026-11-01", old: "x" };
	const now = { id: "7", version: 9, owner: "u", location: "200", late: true, shift: "b", made: "2026-11-02" };
	const lines = differences(FORM, { record, now }).map(({ field, kept, now: is }) => [field.name, kept, is]);
	assert.deepEqual(lines, [
		["location", "100", "200"], ["late", null, true], ["shift", "a", "b"],
		["made", "2026-11-01", "2026-11-02"],
	]);
	assert.deepEqual(toPutBack(FORM, { record, now }), { location: "100", late: null });
	assert.equal(toPutBack(FORM, { record, now: { ...record, shift: "b" } }), null);
	assert.deepEqual(toPutBack(FORM, { record, now: null }), { location: "100", made: "2026-11-01" });
});

test("a large file is sent in pieces, from where the server is, and a piece again after a break", async () => {
	const size = 17 << 20, file = new Blob([new Uint8Array(size)]), ranges = [], parts = [];
	let breaks = 1;
	const request = async (method, path, { raw, headers }) => {
		const range = headers["Content-Range"], [, from, to] = /^bytes (\d+)-(\d+)\//.exec(range).map(Number);
		assert.equal(method, "PUT");
		assert.match(path, /^\/backups\/[0-9a-f]{64}$/);
		assert.equal(raw.size, to - from + 1);
		if (from > 0 && breaks-- > 0)
			throw Object.assign(new Error("away"), { isPassing: true });
		ranges.push(range);
		// The server has the second piece already.
		const received = from === 0 ? 8 << 20 : to + 1;
		return { data: { backup: to + 1 === size ? { id: "b" } : { bytes: size, received } } };
	};
	assert.ok(isLarge(file));
	assert.ok(!isLarge(new Blob(["small"])));
	assert.equal(await sendFile(request, file, (part) => parts.push(part)), "b");
	assert.deepEqual(ranges.map((range) => Number(/\d+/.exec(range)[0]) >> 20), [0, 8, 12, 16]);
	assert.ok(parts.every((part, at) => at === 0 || part > parts[at - 1]));
	const refused = Object.assign(new Error("no"), { isPassing: false });
	await assert.rejects(sendFile(async () => { throw refused; }, file), refused);
});
