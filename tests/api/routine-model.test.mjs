// Random routines, computed twice: by the server for its report, and by the app's figures.js from the records that the
// API gives.  Tasks repeat in every way and did so otherwise before, pause, end, begin again; logs lie on days on which
// nothing was due, too.  DAYBOOK_SEED=n plays a run again.
import { test } from "node:test";
import assert from "node:assert/strict";
import { start } from "../harness.mjs";
import { Chance } from "../lib/chance.mjs";
import { answered } from "../lib/expect.mjs";
import { canonical } from "../lib/hashes.mjs";
import { key } from "../lib/sql.mjs";
import {
	completionOn, gather, pointsOn, streakDayOn, streakOn, strengthOn, weightOn,
} from "../../www/routine/figures.js";

const seed = Number(process.env.DAYBOOK_SEED ?? Math.floor(Math.random() * 1e9));
const chance = new Chance(seed);
const { as, sql } = await start();
const DAY = 86_400_000, DAYS = 500, LIVES = 4, SPANS = 25;
const last = new Date(Date.now() - DAY).toISOString().slice(0, 10);
const shift = (date, days) => new Date(Date.parse(date) + days * DAY).toISOString().slice(0, 10);
const someDay = () => shift(last, -chance.below(DAYS));
const maybe = (name, value, odds = 0.3) => (chance.of(odds) ? { [name]: value() } : {});
const DAY_NAMES = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

const REPEATS = {
	daily: () => ({}), weekdays: () => ({}), weekends: () => ({}),
	custom: () => ({ days: DAY_NAMES.filter((name, at) => at === 0 || chance.of(0.4)) }),
	times: () => {
		const inDays = 1 + chance.below(20);
		return { inDays, times: 1 + chance.below(inDays) };
	},
	interval: () => ({ everyDays: 1 + chance.below(30) }),
};

function someSchedule() {
	const recurrence = chance.pick(Object.keys(REPEATS));
	return {
		recurrence, ...REPEATS[recurrence](), ...maybe("from", someDay, 0.4),
		...maybe("target", () => 1 + chance.below(20), 0.3),
		targetKind: chance.pick(["atLeast", "atLeast", "atMost"]),
	};
}

function somePause() {
	const pausedFrom = someDay();
	return { pausedFrom, ...maybe("pausedUntil", () => shift(pausedFrom, chance.below(30)), 0.7) };
}

function someTask() {
	const fields = someSchedule();
	return {
		title: `Task ${chance.below(1e6)}`, points: chance.below(60), ...fields,
		...maybe("until", () => shift(fields.from, chance.below(200)), fields.from ? 0.3 : 0),
		...(chance.of(0.3) ? somePause() : {}),
	};
}

// What the task was before: entries as the rule of tasks keeps them.
function someFormer() {
	const days = Array.from({ length: chance.below(4) }, someDay).sort();
	return [...new Set(days)].map((until) => ({
		...(chance.of(0.15) ? { active: false } : { active: true, ...someSchedule() }),
		...(chance.of(0.2) ? somePause() : {}), until,
	}));
}

const HOURS = ["00", "03", "12", "23"];

const logOf = (task, date) => ({
	task, date, status: chance.pick(["completed", "completed", "completed", "skipped", "pending"]),
	...maybe("value", () => chance.below(2000) / 100, 0.4),
});

async function send(who, collection, rows) {
	for (let at = 0; at < rows.length; at += 200) {
		const ops = rows.slice(at, at + 200).map(({ id, ...set }, n) => ({
			op: `${collection}-${at + n}-${who.id}`, collection, ...(id ? { id } : {}), base: 0, set,
		}));
		const { results } = answered(await who.push(ops));
		assert.deepEqual(results.filter(({ status }) => status !== "applied"), [], `seed ${seed}`);
	}
}

// All records of a collection.
async function all(who, collection) {
	const rows = [];
	for (let next = null; next !== undefined;) {
		const after = next ? `&after=${encodeURIComponent(next)}` : "";
		const page = answered(await who.get(`/api/${collection}?limit=1000${after}`));
		rows.push(...page[collection]);
		next = page.next ?? undefined; // none after the last page
	}
	return rows;
}

const make = async (who, collection, fields) =>
	Object.values(answered(await who.post(`/api/${collection}`, fields), 201)).find((one) => one?.id);

const days = (odds) => Array.from({ length: DAYS }, (_, at) => shift(last, -at)).filter(() => chance.of(odds));

async function live(who) {
	const made = [];
	for (let at = 0; at < 12; at++)
		made.push(await make(who, "tasks", someTask()));
	for (const { id } of made) {
		const where = `collection = 'tasks' AND id = ${key(id)}`;
		const [{ doc }] = await sql(`SELECT doc FROM record WHERE ${where}`);
		const former = canonical({ ...JSON.parse(doc), schedules: someFormer() });
		await sql(`UPDATE record SET doc = '${former}', created_at = '${someDay()} ${chance.pick(HOURS)}:30:00'
			WHERE ${where}`);
	}
	const exercise = await make(who, "exercises", { title: "Run" });
	const book = await make(who, "books", { title: "Book" });
	await send(who, "taskLogs", made.flatMap(({ id }) => days(0.6).map((date) => logOf(id, date))));
	await send(who, "exerciseLogs", days(0.5).map((date, at) => ({ id: `e${at}`, date, exercise: exercise.id })));
	await send(who, "bookLogs", days(0.2).map((date) => ({ book: book.id, date })));
	await send(who, "weights", days(0.3).map((date) => ({ date, kg: (6000 + chance.below(3000)) / 100 })));
	answered(await who.post("/api/routineSettings", {
		dayBegins: chance.below(7), streakTasks: 1 + chance.below(6), streakExercise: chance.of(0.5),
		pauses: Array.from({ length: chance.below(4) }, someDay)
			.map((day) => `${day}/${shift(day, chance.below(20))}`),
		height: (1700 + chance.below(300)) / 10, goalWeight: 60 + chance.below(30),
		weightUnit: chance.pick(["kg", "lb", "st"]),
	}), 201);
}

async function rowsOf(who, zone) {
	const names = ["tasks", "taskLogs", "exerciseLogs", "bookLogs", "weights", "routineSettings"];
	const [tasks, taskLogs, exerciseLogs, bookLogs, weights, [settings]] =
		await Promise.all(names.map((name) => all(who, name)));
	return gather({ tasks, taskLogs, exerciseLogs, bookLogs, weights, settings, zone });
}

const without = ({ runs, id, ...rest }) => rest;

// The report as the app would make it: what both have of the days, the tasks and the last day.
function reckon(rows, from, to, found) {
	const streak = streakOn(rows, to), points = pointsOn(rows, to, streak), weight = weightOn(rows, to);
	return {
		days: found.days.map(({ date }) => ({ ...completionOn(rows, date), ...streakDayOn(rows, date) })),
		strength: found.tasks.map(({ id }) => strengthOn(rows, id, to) / 10),
		gained: points.total - pointsOn(rows, shift(from, -1)).total,
		streak: without(streak), points, weight: weight && without(weight),
		runs: streak.runs.filter((run) => run.last >= from && run.first <= to),
	};
}

function asReported(found) {
	const days = found.days.map(({ date, due, completed, skipped, rate, valid, exercise, rest, paused }) =>
		({ date, due, completed, skipped, rate, valid, exercise, rest, paused }));
	return {
		days, strength: found.tasks.map(({ strength }) => strength), gained: found.sum.gained,
		streak: found.streak, points: found.points, weight: found.weight, runs: found.runs,
	};
}

const noTasks = (one) => ({ ...one, days: one.days.map(({ tasks, ...day }) => day) });

for (let at = 0; at < LIVES; at++)
	test(`a life, ${SPANS} spans of it (DAYBOOK_SEED=${seed}, ${at})`, async () => {
		const who = as(`life${at}`);
		const zone = chance.pick(["UTC", "Europe/Berlin", "America/St_Johns", "Pacific/Chatham"]);
		answered(await who.post("/api/workSettings", { zone }), 201);
		await live(who);
		const rows = await rowsOf(who, zone);
		assert.ok(rows.days.length > 200 && rows.tasks.length === 12);
		assert.ok(rows.days.some(({ points }) => points > 0) && rows.weights.length > 50);
		for (let span = 0; span < SPANS; span++) {
			const from = shift(last, -chance.below(DAYS + 50));
			const asked = shift(from, chance.below(span % 4 === 0 ? 366 : 30));
			const to = asked < last ? asked : last;
			if (to < from)
				continue;
			const found = answered(await who.get(`/api/reports/routine?from=${from}&to=${to}`));
			assert.deepEqual(asReported(found), noTasks(reckon(rows, from, to, found)),
				`seed ${seed}: ${from} to ${to}`);
		}
	});
