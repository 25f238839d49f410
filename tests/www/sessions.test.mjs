// What the screens of Time make of sessions: entries by hand, overnight, days whose clocks change,
// blocks, gaps, months, job sites.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { addDays, clockIn, dayIn, instantIn, instantText, weekOf } from "../../www/ui/zone.js";
import {
	addMonths, atSite, bearing, blocksOf, byOwner, editOf, entryFromDuration, entryFromTimes, formOf,
	formTime, gapsOf, inLanes, inTheWay, isOverdue, lastOf, lineOf, lunchPart, monthWeeks, mostTone,
	nearestSites, overlapOf, overlapping, overlapsIn, predicted, recentOf, refusalOf, runningOf,
	sessionsOf, startFields, startOfNext, stopFields, takesTyped, twiceOf, weekDates, whatChanged, whatOf, zoneOf,
} from "../../www/time/sessions.js";

const BERLIN = "Europe/Berlin";

function row(id, start, end, more = {}) {
	return { id, start, ...(end ? { end } : {}), zone: BERLIN, kind: "work", owner: "ann", ...more };
}

test("local times and instants of a zone, over both clock changes", () => {
	assert.equal(instantText(instantIn(BERLIN, "2026-11-21", 8 * 3600)), "2026-11-21T07:00:00.000Z");
	assert.equal(instantText(instantIn(BERLIN, "2026-03-29", 2.5 * 3600)), "2026-03-29T01:30:00.000Z");
	assert.equal(instantText(instantIn(BERLIN, "2026-10-25", 2.5 * 3600)), "2026-10-25T00:30:00.000Z");
	assert.equal(instantText(instantIn("Australia/Lord_Howe", "2026-10-04", 12 * 3600)),
		"2026-10-04T01:00:00.000Z");
	assert.equal(instantText(instantIn("Asia/Kathmandu", "2026-01-01", 0)), "2025-12-31T18:15:00.000Z");
	assert.deepEqual(clockIn("America/New_York", Date.parse("2026-11-21T05:00:09Z")),
		{ date: "2026-11-21", hour: 0, minute: 0, second: 9 });
	assert.equal(dayIn("Pacific/Kiritimati", Date.parse("2026-11-20T10:00:00Z")), "2026-11-21");
	for (const zone of [BERLIN, "America/St_Johns", "Pacific/Chatham", "Africa/Casablanca", "UTC"])
		for (let hour = 0; hour < 24 * 366; hour += 7) {
			const instant = Date.parse("2026-01-01T00:00:00Z") + hour * 3_600_000;
			const { date, hour: h, minute, second } = clockIn(zone, instant);
			const back = instantIn(zone, date, h * 3600 + minute * 60 + second);
			assert.deepEqual(clockIn(zone, back), clockIn(zone, instant),
				`${zone} ${instantText(instant)}`);
			assert.ok(back === instant || back === instant - 3_600_000, `${zone} ${instantText(instant)}`);
		}
});

test("weeks begin on Monday or Sunday, months are whole weeks", () => {
	assert.equal(weekOf("2026-11-22"), "2026-11-16");
	assert.equal(weekOf("2026-11-22", true), "2026-11-22");
	assert.deepEqual(weekDates("2026-11-21", false),
		["2026-11-16", "2026-11-17", "2026-11-18", "2026-11-19", "2026-11-20", "2026-11-21", "2026-11-22"]);
	const weeks = monthWeeks("2026-02", true);
	assert.equal(weeks.length, 4);
	assert.equal(weeks[0][0], "2026-02-01");
	assert.equal(weeks.at(-1)[6], "2026-02-28");
	assert.equal(monthWeeks("2026-11", false).flat().length, 42);
	assert.equal(addMonths("2026-11", 2), "2027-01");
	assert.equal(addMonths("2026-01", -1), "2025-12");
	assert.equal(addDays("2026-02-28", 1), "2026-03-01");
});

test("a person's own sessions, the latest first, without those of others", () => {
	const rows = [
		row("a", "2026-11-20T08:00:00Z", "2026-11-20T09:00:00Z"), row("b", "2026-11-21T08:00:00Z"),
		row("c", "2026-11-21T07:00:00Z", null, { owner: "bob" }),
	];
	const mine = sessionsOf(rows, "ann", BERLIN);
	assert.deepEqual(mine.map((one) => one.id), ["b", "a"]);
	const inTurn = sessionsOf([
		row("b", "2026-11-20T08:00:00Z"), row("a", "2026-11-21T08:00:00Z"), row("c", "2026-11-20T08:00:00Z"),
	], "ann", BERLIN);
	assert.deepEqual(inTurn.map((one) => one.id), ["a", "c", "b"]);
	assert.deepEqual(runningOf(mine).map((one) => one.id), ["b"]);
});

test("start and stop: the fields, and an end that is always later than its start", () => {
	const now = Date.parse("2026-11-21T08:00:00Z");
	assert.deepEqual(startFields({ now, zone: BERLIN, note: "  stairs " }),
		{ start: "2026-11-21T08:00:00.000Z", zone: BERLIN, kind: "work", note: "stairs" });
	const place = { lat: 52.5, lng: 13.4 };
	assert.deepEqual(startFields({ now, zone: BERLIN, kind: "lunch", jobSite: "n", place, photo: "f" }),
		{
			start: "2026-11-21T08:00:00.000Z", zone: BERLIN, kind: "lunch", jobSite: "n",
			placeIn: place, photoIn: "f",
		});
	assert.deepEqual(stopFields({ start: now }, { now: now + 5000, place, photo: "f" }),
		{ end: "2026-11-21T08:00:05.000Z", placeOut: place, photoOut: "f" });
	assert.deepEqual(stopFields({ start: now }, { now: now - 5000 }), { end: "2026-11-21T08:00:01.000Z" });
	const next = (...ends) => startOfNext(ends.map((end) => ({ end })), now) - now;
	assert.deepEqual([next(), next(null, now - 1), next(now + 400, now - 9)], [0, 0, 400]);
	assert.deepEqual([next(now + 2000, now + 1000), next(now + 5001)], [2000, 0], "quick presses; a typed end");
	assert.equal(isOverdue({ running: true, start: now }, now + 86_400_000), false);
	assert.equal(isOverdue({ running: true, start: now }, now + 86_400_001), true);
});

test("an entry by hand: times, overnight, the night the clocks change, what is missing", () => {
	const day = entryFromTimes({ zone: BERLIN, date: "2026-11-20", from: "08:00", to: "16:30", note: "roof" });
	assert.deepEqual(day, { fields: {
		start: "2026-11-20T07:00:00.000Z", zone: BERLIN, kind: "work", note: "roof",
		end: "2026-11-20T15:30:00.000Z",
	}, overnight: false });
	const night = entryFromTimes({ zone: BERLIN, date: "2026-11-20", from: "22:00", to: "06:00" });
	assert.equal(night.overnight, true);
	assert.equal(night.fields.end, "2026-11-21T05:00:00.000Z");
	const autumn = entryFromTimes({ zone: BERLIN, date: "2026-10-24", from: "23:00", to: "07:00" });
	assert.equal(Date.parse(autumn.fields.end) - Date.parse(autumn.fields.start), 9 * 3_600_000);
	assert.equal(entryFromTimes({ zone: BERLIN, date: "2026-11-20", from: "08:00", to: "08:00" }).overnight, true);
	assert.equal(entryFromTimes({ zone: BERLIN, date: "2026-10-24", from: "08:00", to: "08:00" }).field, "to");
	assert.equal(entryFromTimes({ zone: BERLIN, date: "", from: "08:00" }).field, "date");
	assert.equal(entryFromTimes({ zone: BERLIN, date: "2999-11-20", from: "08:00", to: "" }).field, "date");
	assert.equal(entryFromTimes({ zone: BERLIN, date: "2999-11-20", from: "08:00", to: "09:00" }).field, "date");
	assert.equal(
		entryFromDuration({ zone: BERLIN, date: "2999-11-20", from: "08:00", duration: 60 }).field, "date");
	assert.equal(entryFromDuration({ zone: BERLIN, date: "2026-11-20", from: "08:00", duration: 5400 }).fields.end,
		"2026-11-20T08:30:00.000Z");
	for (const duration of [86_401, 0, -60, null, undefined])
		assert.equal(entryFromDuration({ zone: BERLIN, date: "2026-11-20", from: "08:00", duration }).field,
			"duration", String(duration));
	assert.equal(entryFromDuration({ zone: BERLIN, date: "2026-11-20", from: "08:00", duration: 86_400 }).overnight,
		true);
	assert.equal(entryFromDuration({ zone: BERLIN, date: "2026-11-20", from: "08:00", duration: 5400 }).overnight,
		false);
});

test("FH4: a start and an end are at most five minutes ahead, because clocks differ", () => {
	const start = Date.parse("2026-11-20T07:00:00Z"), end = start + 3_600_000, skew = 300_000;
	const entry = { zone: BERLIN, date: "2026-11-20", from: "08:00", to: "09:00", duration: 3600 };
	const fieldAt = (read, today, more) => read({ ...entry, today, ...more }).field ?? null;
	assert.deepEqual([0, 1].map((ms) => fieldAt(entryFromTimes, end - skew - ms)), [null, "to"]);
	assert.deepEqual([0, 1].map((ms) => fieldAt(entryFromDuration, end - skew - ms)), [null, "duration"]);
	assert.deepEqual([0, 1].map((ms) => fieldAt(entryFromTimes, start - skew - ms, { to: "" })), [null, "from"]);
	assert.equal(fieldAt(entryFromTimes, start - 86_400_000), "date");
	const stored = { start: "2026-11-20T07:00:00Z", end: "2026-11-20T20:00:00Z" };
	const held = { ...formOf(stored, BERLIN), note: "roof", today: start + 60_000 };
	assert.equal(entryFromTimes(held).problem, undefined, "a stored end is not judged again");
	assert.equal(entryFromTimes({ ...held, to: "20:00" }).problem, undefined);
	assert.equal(entryFromTimes({ ...held, to: "22:00" }).field, "to");
});

const NEW_YORK = "America/New_York", HELSINKI = "Europe/Helsinki";

// What changing a form makes of a record: the fields that are written and the seconds that come of it, or the problem.
function changed(record, typed, zone = BERLIN, today = Date.parse("2026-12-01T00:00:00Z")) {
	const before = formOf(record, zone), form = { ...before, ...typed };
	const read = (form.by === "times" ? entryFromTimes : entryFromDuration)({ ...form, today });
	if (read.problem)
		return { field: read.field, problem: read.problem };
	const set = editOf(record, form, before, read.fields);
	const { start, end } = { ...record, ...set };
	return { set, seconds: end ? (Date.parse(end) - Date.parse(start)) / 1000 : null };
}

const iso = (text) => instantText(Date.parse(text));

test("FH1: a length that is typed is that long, from the second of the start", () => {
	const record = { start: "2026-11-20T07:00:45Z", end: "2026-11-20T08:00:45Z" };
	assert.deepEqual(changed(record, { by: "duration", duration: 7200 }),
		{ set: { end: iso("2026-11-20T09:00:45Z") }, seconds: 7200 });
	assert.deepEqual(changed(record, { by: "duration", from: "07:30" }),
		{ set: { start: iso("2026-11-20T06:30:00Z"), end: iso("2026-11-20T07:30:00Z") }, seconds: 3600 });
	const odd = { start: "2026-11-20T07:00:45.250Z", end: "2026-11-20T08:00:46.100Z" };
	assert.deepEqual(changed(odd, { by: "duration", from: "07:30" }).set,
		{ start: iso("2026-11-20T06:30:00Z"), end: iso("2026-11-20T07:30:00.850Z") });
	assert.deepEqual(changed(odd, { by: "duration" }).set, {});
});

test("FH2: so it is in the hour that the clocks show twice", () => {
	const record = { start: "2026-11-01T06:10:00Z", end: "2026-11-01T07:10:00Z" };
	assert.deepEqual(changed(record, { by: "duration", duration: 10_800 }, NEW_YORK),
		{ set: { end: iso("2026-11-01T09:10:00Z") }, seconds: 10_800 });
	const first = { start: "2026-11-01T05:10:00Z", end: "2026-11-01T07:10:00Z" };
	assert.deepEqual(changed(first, { by: "duration", duration: 10_800 }, NEW_YORK).seconds, 10_800);
	assert.deepEqual(changed(record, { note: "x" }, NEW_YORK).set, { note: "x" });
	assert.deepEqual(changed(record, { from: "01:20" }, NEW_YORK).set, { start: iso("2026-11-01T06:20:00Z") });
});

test("FH3: an end in the hour that the clocks show twice is the one after the start; if both are, one is asked", () => {
	const second = { start: "2026-10-25T01:10:00Z", end: "2026-10-25T03:00:00Z" }; // from the second 03:10
	assert.deepEqual(changed(second, { to: "03:50" }, HELSINKI),
		{ set: { end: iso("2026-10-25T01:50:00Z") }, seconds: 2400 });
	assert.deepEqual(twiceOf({ ...formOf(second, HELSINKI), to: "03:50" }), { from: true, to: false });
	const before = { start: "2026-10-24T23:30:00Z", end: "2026-10-25T03:00:00Z" }; // from 02:30
	const form = { ...formOf(before, HELSINKI), to: "03:50" };
	assert.deepEqual(twiceOf(form), { from: false, to: true });
	assert.deepEqual(changed(before, { to: "03:50" }, HELSINKI).set, { end: iso("2026-10-25T00:50:00Z") });
	assert.deepEqual(changed(before, { to: "03:50", toAgain: true }, HELSINKI).set,
		{ end: iso("2026-10-25T01:50:00Z") });
	const held = { ...before, end: "2026-10-25T01:50:30Z" };
	assert.deepEqual(changed(held, { note: "x" }, HELSINKI).set, { note: "x" });
	assert.deepEqual(changed(held, { toAgain: false }, HELSINKI).set, { end: iso("2026-10-25T00:50:00Z") });
	assert.deepEqual(twiceOf({ ...formOf(held, HELSINKI), by: "duration" }), { from: false, to: false });
	const fresh = { zone: HELSINKI, by: "times", date: "2026-10-25", from: "03:50", to: "03:10" };
	assert.equal(entryFromTimes(fresh).fields.end, iso("2026-10-25T01:10:00Z"), "twenty minutes later");
	assert.equal(entryFromTimes({ ...fresh, fromAgain: true }).fields.start, iso("2026-10-25T01:50:00Z"));
	assert.deepEqual(twiceOf({ ...fresh, date: "" }), { from: false, to: false });
	assert.deepEqual(twiceOf({ ...fresh, date: "2026-11-20" }), { from: false, to: false });
});

test("FH4: what is stopped within the minute in which it began has lasted some seconds", () => {
	const record = { start: "2026-11-20T11:00:41Z" }, at = (text) => Date.parse(`2026-11-20T${text}Z`);
	const now = { to: "12:00", ended: iso("2026-11-20T11:00:50Z") };
	assert.deepEqual(changed(record, now, BERLIN, at("11:00:50")).seconds, 9);
	assert.deepEqual(changed(record, { ...now, ended: record.start }, BERLIN, at("11:00:41")).seconds, 1);
	assert.deepEqual(changed(record, { to: "12:00" }, BERLIN, at("11:00:50")).seconds, 9);
	assert.deepEqual(changed(record, { to: "12:00" }, BERLIN, at("11:30:00")).seconds, 18);
	assert.deepEqual(changed(record, { to: "11:59" }, BERLIN, at("11:30:00")).field, "to", "tomorrow is not yet");
	assert.deepEqual(changed(record, { ...now, to: "12:30" }, BERLIN, at("11:30:00")).seconds, 1759,
		"a time that was typed after it holds");
	const long = { start: "2026-11-19T07:00:00Z" };
	assert.equal(changed(long, { to: "09:00", ended: iso("2026-11-20T08:00:00Z") }, BERLIN, at("08:00:00")).field,
		"to", "a day and an hour is not an hour");
});

test("a time that the clocks skip is asked for again", () => {
	const spring = { zone: BERLIN, date: "2026-03-29", from: "01:50", to: "02:30" };
	assert.deepEqual(entryFromTimes(spring), { field: "to", problem: "The clocks skip 02:30 on this day." });
	assert.equal(entryFromTimes({ ...spring, from: "02:15", to: "03:10" }).field, "from");
	assert.equal(entryFromDuration({ ...spring, from: "02:15", duration: 60 }).field, "from");
	assert.equal(entryFromTimes({ ...spring, to: "03:10" }).fields.end, iso("2026-03-29T01:10:00Z"));
	assert.equal(entryFromTimes({ ...spring, date: "2026-03-28", from: "22:00" }).field, "to");
	assert.equal(entryFromTimes({ ...spring, from: "04:00", to: "02:30" }).fields.end, iso("2026-03-30T00:30:00Z"));
});

test("a start that is moved past its end is asked about; a night shift keeps its end", () => {
	const day = { start: "2026-11-20T07:00:00Z", end: "2026-11-20T15:30:10Z" };
	assert.deepEqual(changed(day, { from: "17:00" }),
		{ field: "from", problem: "The start is later than the end, 16:30. Change the end too." });
	assert.deepEqual(changed(day, { from: "17:00", to: "18:00" }).seconds, 3600);
	assert.deepEqual(changed(day, { from: "22:00", to: "06:00" }).seconds, 8 * 3600);
	assert.deepEqual(changed(day, { from: "16:30" }).set, { start: iso("2026-11-20T15:30:00Z") });
	const night = { start: "2026-11-20T21:00:00Z", end: "2026-11-21T05:00:10Z" };
	assert.deepEqual(changed(night, { from: "23:00" }).set, { start: iso("2026-11-20T22:00:00Z") });
	assert.deepEqual(changed(night, { to: "23:00" }).set, { end: iso("2026-11-20T22:00:00Z") });
	assert.deepEqual(changed(night, { date: "2026-11-19" }).set,
		{ start: iso("2026-11-19T21:00:00Z"), end: iso("2026-11-20T05:00:00Z") });
});

test("a form is read in its own zone, wherever it is opened", () => {
	const record = row("a", "2026-11-20T12:00:00Z", "2026-11-20T20:00:00Z", { zone: NEW_YORK });
	const form = formOf(record, NEW_YORK);
	assert.deepEqual([form.zone, form.from, form.to], [NEW_YORK, "07:00", "15:00"]);
	assert.deepEqual(changed(record, { to: "16:00" }, NEW_YORK).set, { end: iso("2026-11-20T21:00:00Z") });
});

test("an edited entry writes only touched fields; seconds and the second of two equal hours stay", () => {
	const change = (record, typed) => {
		const before = formOf(record, BERLIN), form = { ...before, ...typed };
		return editOf(record, form, before,
			(form.by === "times" ? entryFromTimes : entryFromDuration)({ zone: BERLIN, ...form }).fields);
	};
	const day = row("a", "2026-11-20T07:00:41Z", "2026-11-20T15:30:17Z", { note: "roof" });
	assert.deepEqual(change(day, { note: " roof, north " }), { note: "roof, north" });
	assert.deepEqual(change(day, { note: "" }), { note: null });
	assert.deepEqual(change(day, { from: "07:30" }), { start: "2026-11-20T06:30:00.000Z" });
	assert.deepEqual(change(day, { to: "17:00" }), { end: "2026-11-20T16:00:00.000Z" });
	assert.deepEqual(change(day, { date: "2026-11-19" }),
		{ start: "2026-11-19T07:00:00.000Z", end: "2026-11-19T15:30:00.000Z" });
	assert.deepEqual(change(day, { by: "duration" }), {});
	assert.deepEqual(change(day, { by: "duration", duration: 3600 }), { end: "2026-11-20T08:00:41.000Z" });
	assert.deepEqual(change(day, { kind: "lunch", jobSite: "n" }), { kind: "lunch", jobSite: "n" });
	const night = row("n", "2026-11-20T21:00:00Z", "2026-11-21T05:00:00Z");
	assert.deepEqual(change(night, { from: "05:00" }),
		{ start: "2026-11-20T04:00:00.000Z", end: "2026-11-20T05:00:00.000Z" });
	const twice = row("t", "2026-10-25T00:00:00Z", "2026-10-25T01:30:00Z"); // until the second 02:30
	assert.deepEqual(change(twice, { from: "01:00" }), { start: "2026-10-24T23:00:00.000Z" });
	const live = row("l", "2026-11-20T07:00:41Z");
	assert.deepEqual(change(live, { to: "12:00" }), { end: "2026-11-20T11:00:00.000Z" });
	assert.deepEqual(change(live, { note: "still" }), { note: "still" });
});

test("overlaps: only entries of the same kind, never itself; a running one overlaps everything later", () => {
	const mine = sessionsOf([
		row("a", "2026-11-20T08:00:00Z", "2026-11-20T10:00:00Z"),
		row("l", "2026-11-20T09:00:00Z", "2026-11-20T09:30:00Z", { kind: "lunch" }),
		row("r", "2026-11-20T12:00:00Z"),
	], "ann", BERLIN);
	const entry = { start: "2026-11-20T09:00:00Z", end: "2026-11-20T09:30:00Z", kind: "work" };
	assert.deepEqual(overlapping(mine, entry).map((one) => one.id), ["a"]);
	assert.deepEqual(overlapping(mine, { ...entry, id: "a" }), []);
	assert.deepEqual(overlapping(mine, { start: "2026-11-20T23:00:00Z", kind: "work" })
		.map((one) => one.id), ["r"]);
	assert.deepEqual(overlapping(mine, {
		...entry, start: "2026-11-20T10:00:00Z", end: "2026-11-20T12:00:00Z",
	}), []);
});

test("FH6: where the hours of a day overlap, and what the space makes of it", () => {
	const list = sessionsOf([
		row("a", "2026-11-20T08:00:00Z", "2026-11-20T12:00:00Z"),
		row("b", "2026-11-20T10:00:00Z", "2026-11-20T14:00:00Z"),
		row("c", "2026-11-20T14:00:00Z", "2026-11-20T15:00:00Z"),
		row("l", "2026-11-20T11:00:00Z", "2026-11-20T11:30:00Z", { kind: "lunch" }),
		row("r", "2026-11-20T14:30:00Z"),
	], "ann", BERLIN);
	const at = (text) => Date.parse(`2026-11-20T${text}:00Z`);
	const found = overlapsIn(list, at("14:45"));
	assert.deepEqual([...found].sort(), [
		["a", { start: at("10:00"), end: at("12:00") }], ["b", { start: at("10:00"), end: at("12:00") }],
		["c", { start: at("14:30"), end: at("14:45") }], ["r", { start: at("14:30"), end: at("14:45") }],
	]);
	assert.equal(overlapsIn(list, at("14:45") + 48 * 3_600_000).has("r"), false, "one that was forgotten");
	assert.deepEqual([undefined, {}, { overlap: "refuse" }].map(overlapOf), ["warn", "warn", "refuse"]);
});

test("a day as a line: 23, 24 and 25 hours; nights begin before and end after; lanes for overlaps; gaps", () => {
	const hours = ({ from, to }) => (to - from) / 3_600_000;
	assert.deepEqual([
		hours(lineOf(BERLIN, "2026-03-29")), hours(lineOf(BERLIN, "2026-11-20")),
		hours(lineOf(BERLIN, "2026-10-25")),
	], [23, 24, 25]);
	const mine = sessionsOf([
		row("n", "2026-11-19T21:00:00Z", "2026-11-20T05:00:00Z"),
		row("a", "2026-11-20T11:00:00Z", "2026-11-20T15:00:00Z"),
		row("b", "2026-11-20T13:00:00Z", "2026-11-20T14:00:00Z"),
		row("c", "2026-11-20T22:00:00Z", "2026-11-20T23:30:00Z"),
	], "ann", BERLIN);
	const blocks = blocksOf(mine, BERLIN, "2026-11-20", 0);
	assert.deepEqual(blocks.map((block) => [
		block.session.id, block.top, block.bottom, block.comesIn, block.goesOn,
	]), [
		["n", 0, 0.25, true, false],
		["a", 0.5, 16 / 24, false, false],
		["b", 14 / 24, 15 / 24, false, false],
		["c", 23 / 24, 1, false, true],
	]);
	assert.deepEqual(inLanes(blocks).map((block) => [block.session.id, block.lane, block.lanes]),
		[["n", 0, 1], ["a", 0, 2], ["b", 1, 2], ["c", 0, 1]]);
	assert.deepEqual(gapsOf(mine, BERLIN, "2026-11-20", 0)
		.map((gap) => [instantText(gap.start), instantText(gap.end)]), [
			["2026-11-20T05:00:00.000Z", "2026-11-20T11:00:00.000Z"],
			["2026-11-20T15:00:00.000Z", "2026-11-20T22:00:00.000Z"],
		]);
});

test("a day has its part of a session, of a running one up to now; one that ends at midnight ends there", () => {
	const at = (hour) => Date.parse("2026-11-19T23:00:00Z") + hour * 3_600_000; // of the 20th in Berlin
	const list = [["before", -3, 0], ["first", 0, 1], ["last", 20, 24], ["after", 24, 26], ["long after", 30, 31],
		["runs", 8, null]].map(([id, from, to]) => ({ id, start: at(from), end: to === null ? null : at(to) }));
	assert.deepEqual(blocksOf(list, BERLIN, "2026-11-20", at(14)).map(({ session, top, bottom, comesIn, goesOn }) =>
		[session.id, top * 24, bottom * 24, comesIn, goesOn]),
		[["first", 0, 1, false, false], ["runs", 8, 14, false, false], ["last", 20, 24, false, false]]);
	assert.deepEqual(blocksOf(list, BERLIN, "2026-11-20", at(3)).map(({ session, top, bottom }) => [
		session.id, top * 24, bottom * 24,
	]), [["first", 0, 1], ["runs", 8, 8], ["last", 20, 24]], "by a clock that is behind");
	assert.deepEqual(blocksOf(list, BERLIN, "2026-11-20", at(26))
		.find(({ session }) => session.id === "runs").goesOn, true);
});

test("a lane is free for a block that begins when its last one ends", () => {
	const block = (top, bottom) => ({ top: top / 24, bottom: bottom / 24 });
	assert.deepEqual(inLanes([block(8, 12), block(9, 10), block(10, 11), block(10.5, 11), block(12, 13)])
		.map(({ lane, lanes }) => [lane, lanes]), [[0, 3], [1, 3], [1, 3], [2, 3], [0, 1]]);
});

test("a gap counts from a quarter of an hour", () => {
	const list = (minutes) => sessionsOf([
		row("a", "2026-11-20T08:00:00Z", "2026-11-20T09:00:00Z"),
		row("b", instantText(Date.parse("2026-11-20T09:00:00Z") + minutes * 60_000), "2026-11-20T12:00:00Z"),
	], "ann", BERLIN);
	assert.deepEqual([15, 14.98].map((minutes) => gapsOf(list(minutes), BERLIN, "2026-11-20", 0).length), [1, 0]);
});

test("job sites: distance, fence with accuracy, nearest first, what is proposed", () => {
	const nord = { id: "n", name: "Nord", place: { lat: 52.5, lng: 13.4 }, radius: 100, status: "active" };
	const far = { id: "f", name: "Far", place: { lat: 53, lng: 13.4 }, status: "active" };
	const blind = { id: "b", name: "Blind", status: "active" };
	const closed = { id: "c", name: "Closed", status: "inactive", place: { lat: 52.5, lng: 13.4 } };
	const here = { lat: 52.5014, lng: 13.4, accuracy: 20 };
	assert.deepEqual(atSite(nord, here), { distance: 156, radius: 100, inside: false, refused: true });
	assert.deepEqual(atSite(nord, { ...here, accuracy: 60 }),
		{ distance: 156, radius: 100, inside: true, refused: false });
	assert.equal(atSite({ ...nord, outside: "flag" }, here).refused, false);
	assert.equal(atSite(nord, { lat: 52.503, lng: 13.4, accuracy: 5000 }).inside, false);
	assert.deepEqual(atSite(nord, { lat: 52.500904, lng: 13.4 }), {
		distance: 101, radius: 100, inside: false, refused: true,
	}, "half a metre too far, and nothing is said of how good the place is");
	assert.deepEqual(atSite(blind, here), { distance: null, radius: 100, inside: null, refused: false });
	assert.equal(atSite(nord, null).refused, true);
	assert.deepEqual(nearestSites([blind, far, closed, nord], here).map((site) => site.id), ["n", "f", "b"]);
	const mine = sessionsOf([
		row("a", "2026-11-20T08:00:00Z", null, { jobSite: "c", note: "paint" }),
	], "ann", BERLIN);
	assert.deepEqual(lastOf(mine, [nord, closed]), { jobSite: null, note: "paint" });
	assert.deepEqual(lastOf(mine, [nord, { ...closed, status: "active" }]), { jobSite: "c", note: "paint" });
	assert.deepEqual(lastOf([], [nord]), { jobSite: null, note: "" });
});

test("what was done before is offered once, the latest first, by the words that begin as one types", () => {
	const list = sessionsOf([
		row("a", "2026-11-20T08:00:00Z", null, { note: "Stairs, north", project: "p1", task: "Paint" }),
		row("b", "2026-11-20T09:00:00Z", null, {
			note: "Stairs, north", project: "p1", task: "Paint", billable: true,
		}),
		row("c", "2026-11-20T10:00:00Z", null, { note: "Roof", jobSite: "n" }),
		row("l", "2026-11-20T11:00:00Z", null, { note: "Soup", kind: "lunch" }),
		row("e", "2026-11-20T12:00:00Z"),
		row("t", "2026-11-20T13:00:00Z", null, { note: "Calls", tags: ["phone"] }),
	], "ann", BERLIN);
	const notes = (typed, more) => recentOf(list, typed, more).map((one) => one.note);
	assert.deepEqual(notes(""), ["Calls", "Roof", "Stairs, north"]);
	assert.deepEqual(recentOf(list, "stair"), [
		{ note: "Stairs, north", jobSite: null, project: "p1", task: "Paint", tags: null },
	]);
	assert.deepEqual(notes("no st"), ["Stairs, north"]);
	assert.deepEqual(notes("tairs"), []);
	assert.deepEqual(notes("hall", { wordsOf: ({ project }) => (project ? "Hall roof" : "") }), ["Stairs, north"]);
	assert.deepEqual(notes("", { isOpen: ({ jobSite }) => !jobSite }), ["Calls", "Stairs, north"]);
});

test("what a form says of an entry is written where it differs, empty as nothing", () => {
	const before = whatOf({ note: "Roof", project: "p1", tags: ["wet"], billable: true });
	assert.deepEqual(whatChanged(before, before), {});
	assert.deepEqual(whatChanged({ ...before, note: " Roof ", tags: ["wet"] }, before), {});
	assert.deepEqual(whatChanged({ ...before, note: "", project: null, tags: ["wet", "cold"] }, before),
		{ note: null, project: null, tags: ["wet", "cold"] });
	assert.deepEqual(startFields({ now: 0, zone: "UTC", project: "p1", task: "", tags: [], billable: false }),
		{ start: "1970-01-01T00:00:00.000Z", zone: "UTC", kind: "work", project: "p1", billable: false });
	const paint = row("a", "2026-11-20T08:00:00Z", null, { project: "p1", task: "Paint" });
	const mine = sessionsOf([paint], "ann", BERLIN);
	assert.deepEqual(lastOf(mine, [], [{ id: "p1" }]),
		{ jobSite: null, note: "", project: "p1", task: "Paint", tags: null });
	assert.deepEqual(lastOf(mine, [], [{ id: "p1", archived: true }]), { jobSite: null, note: "" });
});

test("FH6: where overlaps are refused, a change that only shortens an entry is taken", () => {
	const others = sessionsOf([row("b", "2026-11-20T10:00:00Z", "2026-11-20T14:00:00Z")], "ann", BERLIN);
	const held = row("a", "2026-11-20T08:00:00Z", "2026-11-20T12:00:00Z");
	const blocks = (entry, kept) =>
		inTheWay(others, { kind: "work", id: "a", ...entry }, kept).map(({ id }) => id);
	assert.deepEqual(blocks(held), ["b"]);
	assert.deepEqual(blocks({ ...held, end: "2026-11-20T11:00:00Z" }, held), []);
	assert.deepEqual(blocks({ ...held, end: "2026-11-20T12:00:01Z" }, held), ["b"]);
	assert.deepEqual(blocks({ ...held, end: "2026-11-20T11:00:00Z" }, { ...held, kind: "lunch" }), ["b"]);
	assert.deepEqual(blocks({ ...held, end: "2026-11-20T11:00:00Z" }, { ...held, end: null }), []);
});

test("FH7: a person's zone: their own, the space's, UTC, never the device's; unknown names are skipped", () => {
	assert.equal(zoneOf({ zone: "America/Chicago" }, { zone: BERLIN }), "America/Chicago");
	assert.equal(zoneOf({ zone: "Nowhere/Land" }, { zone: BERLIN }), BERLIN);
	assert.equal(zoneOf(null, undefined), "UTC");
	assert.deepEqual(formTime(BERLIN, Date.parse("2026-11-20T23:05:59Z")), { date: "2026-11-21", time: "00:05" });
});

test("the time until lunch, of the running session or of the day, until it is deducted", () => {
	const rules = { lunchAfter: 18_000, lunch: 1800, lunchPerDay: false };
	const now = Date.parse("2026-11-20T14:30:00Z");
	const list = [{ running: true, lunch: false, start: Date.parse("2026-11-20T12:00:00Z") }];
	const day = { running: 1, deductions: 0, raw: 13_500 };
	assert.equal(lunchPart(day, list, rules, now), 0.5);
	assert.equal(lunchPart(day, list, { ...rules, lunchPerDay: true }, now), 0.75);
	assert.equal(lunchPart({ ...day, deductions: 1800 }, list, rules, now), null);
	assert.equal(lunchPart({ ...day, running: 0 }, [], rules, now), null);
	assert.equal(lunchPart(day, list, { ...rules, lunch: 0 }, now), null);
	const others = [
		{ running: true, lunch: true, start: Date.parse("2026-11-20T06:00:00Z") },
		{ running: false, lunch: false, start: Date.parse("2026-11-20T05:00:00Z") },
	];
	assert.equal(lunchPart(day, [...others, ...list], rules, now), 0.5, "neither lunch nor what has ended");
	assert.equal(lunchPart(day, list, rules, list[0].start + 6 * 3_600_000), 1);
	assert.equal(lunchPart(day, list, rules, list[0].start), null);
});

// --- what the app says before the server has answered, held to what the server makes of it ---

const rules = (name) => JSON.parse(readFileSync(new URL(`../fixtures/rules/${name}.json`, import.meta.url), "utf8"));
const DERIVED = ["day", "end", "duration"];

// What a device shows: the record as the server last derived it, with the op on top.
function shownOf({ before, set }) {
	const derived = before ? predicted(before, before, "UTC") : {};
	const row = { zone: "UTC", ...derived, ...before, ...set };
	if (before && "duration" in set && !("end" in set))
		row.end = derived.end;
	return predicted(row, set, "UTC");
}

function isSame(value, expected) {
	return /T/.test(expected) ? Date.parse(value) === Date.parse(expected) : (value ?? null) === expected;
}

test("a waiting session shows the day, end and duration that the server will derive", () => {
	const cases = rules("work-session").cases.filter(({ expected, given }) => expected && !given &&
		DERIVED.some((name) => name in expected));
	assert.ok(cases.length >= 10);
	for (const one of cases)
		for (const name of DERIVED.filter((field) => field in one.expected))
			assert.ok(isSame(shownOf(one)[name], one.expected[name]),
				`${one.name}: ${name} is ${shownOf(one)[name]}`);
});

test("a start and an end that the server would refuse are refused here", () => {
	const ends = rules("work-session").cases.filter(({ expected, refused, set }) => set.start && set.end &&
		(expected || refused?.field === "end"));
	assert.ok(ends.some(({ refused }) => refused) && ends.some(({ expected }) => expected));
	for (const { name, set, refused } of ends)
		assert.equal(Boolean(refusalOf(set)), Boolean(refused), name);
});

test("a job site says the same distance, inside or outside, and refuses as the server does", () => {
	const { given, cases } = rules("geofence");
	const first = cases.filter(({ before, by, set }) => !before && !by && set.jobSite &&
		!(set.placeIn?.accuracy < 0));
	assert.ok(first.length >= 12);
	for (const { name, set, expected, refused } of first) {
		const site = given.jobSites.find(({ id }) => id === set.jobSite);
		const said = atSite(site, set.placeIn ?? null);
		assert.equal(said.refused, refused?.field === "placeIn", name);
		if (expected)
			assert.equal(said.distance, expected.distanceIn, name);
		if (refused?.distance)
			assert.equal(said.distance, refused.distance, name);
		if (!set.placeIn && !set.photoIn)
			assert.equal(takesTyped(site), !refused, name);
		if (expected?.fenceIn)
			assert.equal(said.inside,
				{ inside: true, outside: false, unverified: null }[expected.fenceIn], name);
	}
});

test("a stop that is undone runs again at once, and a moved start moves its day, before the server says so", () => {
	const held = row("a", "2026-11-20T08:00:00Z", "2026-11-20T09:00:00Z", { day: "2026-11-20", duration: 3600 });
	const without = { ...held };
	delete without.end;
	const [again] = sessionsOf([without], "ann", BERLIN, () => ({ end: null }));
	assert.equal(again.running, true);
	const [moved] = sessionsOf([{ ...held, start: "2026-11-18T23:30:00Z" }], "ann", BERLIN,
		() => ({ start: "2026-11-18T23:30:00Z" }));
	assert.equal(moved.day, "2026-11-19");
	const settled = { id: "s", start: "2026-11-19T23:30:00Z", day: "2026-11-20" };
	assert.equal(predicted(settled, { end: "2026-11-20T01:00:00Z" }, "UTC").day, "2026-11-20",
		"an end moves no day");
	assert.equal(predicted({ ...settled, day: undefined }, {}, "UTC").day, "2026-11-19");
	const [far] = sessionsOf([{ ...held, zone: "America/New_York" }], "ann", BERLIN);
	assert.equal(far.day, "2026-11-20");
});

test("the maximum hours of a day: nothing, a hint within two hours, a warning within one", () => {
	assert.deepEqual([7201, 7200, 3601, 3600, 0].map((untilMost) => mostTone({ running: 1, untilMost })),
		["plain", "warn", "warn", "bad", "bad"]);
	assert.equal(mostTone({ running: 0 }), null);
});

test("the direction to a site, clockwise from north", () => {
	const here = { lat: 52.5, lng: 13.4 };
	assert.deepEqual([[53, 13.4], [52.5, 13.5], [52, 13.4], [52.5, 13.3]].map(([lat, lng]) =>
		Math.round(bearing(here, { lat, lng }))), [0, 90, 180, 270]);
	assert.equal(Math.round(bearing({ lat: 0, lng: 179.9 }, { lat: 0, lng: -179.9 })), 90);
});

test("everybody's rows, by person", () => {
	const owners = byOwner([
		row("a", "2026-11-20T08:00:00Z"), row("b", "2026-11-20T08:00:00Z", null, { owner: "ben" }),
		row("c", "2026-11-20T09:00:00Z"),
	]);
	assert.deepEqual([...owners].map(([owner, some]) => [owner, some.map(({ id }) => id)]),
		[["ann", ["a", "c"]], ["ben", ["b"]]]);
});
