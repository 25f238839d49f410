// What time was for: /api/reports/time against a second calculation here, its filters, who sees what, and the files.
import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { start } from "../harness.mjs";
import { Chance } from "../lib/chance.mjs";
import { crew } from "../lib/crew.mjs";
import { answered, refused } from "../lib/expect.mjs";

const stack = await start();
const seed = Number(process.env.DAYBOOK_SEED ?? Math.floor(Math.random() * 1e9));
const span = "from=2025-11-01&to=2025-11-30";

const report = async (who, query) => answered(await who.get(`/api/reports/time?${span}&${query}`));
const csv = async (who, query) => {
	const answer = await who.get(`/api/reports/time?${span}&format=csv&${query}`);
	assert.equal(answer.status, 200, answer.text);
	return answer.text;
};
const names = ({ lines }) => lines.map(({ keys }) => keys.map((key) => key?.name ?? null).join(" / "));

// A team with two clients and four projects.
async function studio() {
	const all = await crew(stack, { olga: "owner", mia: "manager", ben: "member", mo: "member", vera: "viewer" });
	const { mia, olga } = all;
	answered(await olga.post("/api/spaceSettings", { currency: "EUR" }), 201);
	for (const [id, name] of [["n", "North"], ["s", "South"]])
		answered(await mia.post("/api/clients", { id, name }), 201);
	for (const project of [
		{ id: "hall", name: "Hall", client: "n", billable: true, rate: 5500 },
		{ id: "yard", name: "yard", client: "n", billable: true },
		{ id: "roof", name: "Roof", client: "s", billable: true, rate: 7777 },
		{ id: "own", name: "Own" },
	])
		answered(await mia.post("/api/projects", project), 201);
	answered(await mia.post("/api/jobSites", { id: "gate", name: "Gate" }), 201);
	return all;
}

async function work(who, rows) {
	for (const { at, minutes, zone = "UTC", ...more } of rows) {
		const begin = Date.parse(at);
		answered(await who.post("/api/workSessions", {
			start: new Date(begin).toISOString(), zone,
			end: new Date(begin + minutes * 60000).toISOString(), ...more,
		}), 201);
	}
}

describe("against a second calculation", () => {
	const chance = new Chance(seed);
	const projects = {
		hall: { client: "n", billable: true, rate: 5500 }, yard: { client: "n", billable: true, rate: 0 },
		roof: { client: "s", billable: true, rate: 7777 }, own: { client: null, billable: false, rate: 0 },
	};
	const titles = { n: "North", s: "South", hall: "Hall", yard: "yard", roof: "Roof", own: "Own", gate: "Gate" };

	function session(person) {
		return {
			person, project: chance.pick([null, ...Object.keys(projects)]),
			billable: chance.pick([undefined, true, false]),
			at: Date.UTC(2025, 10, 1 + chance.below(30), chance.below(24), chance.below(60)),
			seconds: 1 + chance.below(9 * 3600), kind: chance.of(0.1) ? "lunch" : "work",
			tags: chance.pick([null, ["wet"], ["two up", "wet"], ["wet", "two up", "wet"]]),
			task: chance.pick([null, "Walls", "Doors"]), note: chance.pick([null, "One", "Two"]),
			jobSite: chance.pick([null, null, "gate"]),
		};
	}

	// What the report should say of a session: its keys and figures.
	function entryOf(one) {
		const project = one.project && projects[one.project];
		const billable = one.billable ?? (project ? project.billable : false);
		const day = new Date(one.at).toISOString().slice(0, 10);
		const back = (new Date(one.at).getUTCDay() + 6) % 7;
		return {
			seconds: one.seconds, billable, worth: billable && project ? one.seconds * project.rate : 0,
			keys: {
				person: one.person, project: one.project, client: project ? project.client : null,
				tag: one.tags && [...new Set(one.tags)].sort().join(", "), task: one.task,
				note: one.note, jobSite: one.jobSite, day, month: day.slice(0, 7),
				week: new Date(Date.parse(day) - back * 86400000).toISOString().slice(0, 10),
			},
		};
	}

	function expected(sessions, groups) {
		const lines = new Map();
		for (const entry of sessions.filter(({ kind }) => kind === "work").map(entryOf)) {
			const key = JSON.stringify(groups.map((group) => entry.keys[group]));
			const line = lines.get(key) ?? { seconds: 0, billable: 0, worth: 0, sessions: 0 };
			line.seconds += entry.seconds;
			line.billable += entry.billable ? entry.seconds : 0;
			line.worth += entry.worth;
			line.sessions++;
			lines.set(key, line);
		}
		return new Map([...lines].map(([key, { worth, ...line }]) =>
			[key, { ...line, amount: Math.floor(worth / 3600 + 0.5), running: 0 }]));
	}

	test(`random sessions, each way to group them (DAYBOOK_SEED=${seed})`, async () => {
		const { mia, ben, mo } = await studio();
		const sessions = Array.from({ length: 160 }, () => session(chance.pick([ben.id, mo.id])));
		const ops = sessions.map(({ person, at, seconds, ...more }) => ({
			op: crypto.randomUUID(), collection: "workSessions", base: 0, id: crypto.randomUUID(), set: {
				owner: person, zone: "UTC", start: new Date(at).toISOString(),
				end: new Date(at + seconds * 1000).toISOString(),
				...Object.fromEntries(Object.entries(more).filter(([, value]) => value !== undefined)),
			},
		}));
		for (const { status, problem } of answered(await mia.push(ops)).results)
			assert.equal(status, "applied", JSON.stringify(problem));
		for (const groups of [
			["project"], ["client"], ["client", "project"], ["project", "task"], ["tag"],
			["person", "day"], ["week"], ["month", "person"], ["note", "tag"], ["jobSite"], ["task"],
			["day"],
		]) {
			const { lines, sum, currency, group } = await report(mia, `group=${groups}`);
			const wanted = expected(sessions, groups), where = `by ${groups}`;
			assert.deepEqual(group, groups);
			assert.equal(currency, "EUR");
			const found = new Map(lines.map(({ keys, ...line }) =>
				[JSON.stringify(keys.map((key) => key?.id ?? null)), line]));
			assert.deepEqual(Object.fromEntries(found), Object.fromEntries(wanted), where);
			for (const name of Object.keys(sum))
				assert.equal(sum[name], lines.reduce((all, line) => all + line[name], 0),
					`${where}: ${name}`);
			for (const { keys } of lines)
				keys.forEach((key, i) => key && ["project", "client", "jobSite"].includes(groups[i]) &&
					assert.equal(key.name, titles[key.id]));
		}
		const { lines } = await report(ben, "group=project");
		assert.deepEqual(Object.fromEntries(lines.map(({ keys, ...line }) =>
			[JSON.stringify(keys.map((key) => key?.id ?? null)), line])),
		Object.fromEntries(expected(sessions.filter(({ person }) => person === ben.id), ["project"])));
	});
});

describe("lines and amounts", () => {
	test("a line is rounded once, and the sum is that of the lines", async () => {
		const { mia, ben } = await studio();
		// 55.00 an hour: 7 minutes are 6.41666…, 60 times that 385.00.
		await work(ben, Array.from({ length: 6 }, (_, i) =>
			({ at: `2025-11-1${i}T09:00Z`, minutes: 7, project: "hall" })));
		assert.deepEqual((await report(mia, "group=project")).sum.amount, 3850);
		const daily = await report(mia, "group=day");
		assert.deepEqual(daily.lines.map(({ amount }) => amount), [642, 642, 642, 642, 642, 642]);
		assert.equal(daily.sum.amount, 3852);
	});

	test("a later rate of the project moves no old amount; another rate on a session is its own", async () => {
		const { mia, ben } = await studio();
		await work(ben, [{ at: "2025-11-10T09:00Z", minutes: 60, project: "hall" }]);
		answered(await mia.patch("/api/projects/hall", { rate: 9000 }));
		await work(ben, [{ at: "2025-11-11T09:00Z", minutes: 60, project: "hall" }]);
		await work(mia, [{ at: "2025-11-12T09:00Z", minutes: 60, project: "hall", rate: 100, owner: ben.id }]);
		assert.deepEqual((await report(mia, "group=day")).lines.map(({ amount }) => amount), [5500, 9000, 100]);
	});

	test("names come first in order, then nothing; a deleted project has no name", async () => {
		const { mia, ben } = await studio();
		await work(ben, ["yard", "hall", null, "roof", "own"].map((project, i) =>
			({ at: `2025-11-1${i}T09:00Z`, minutes: 60, project })));
		answered(await mia.delete("/api/projects/own"));
		const { lines } = await report(mia, "group=project");
		assert.deepEqual(lines.map(({ keys: [key] }) => key), [
			{ id: "hall", name: "Hall" }, { id: "roof", name: "Roof" }, { id: "yard", name: "yard" },
			{ id: "own", name: null }, null,
		]);
	});

	test("a running session counts up to now, and lunch counts nothing", async () => {
		const { ben } = await studio();
		const now = Date.now(), begin = new Date(now - 2 * 3600000).toISOString(), day = 86400000;
		answered(await ben.post("/api/workSessions", { start: begin, zone: "UTC", project: "hall" }), 201);
		answered(await ben.post("/api/workSessions", {
			start: begin, end: new Date(now - 3600000).toISOString(), zone: "UTC", kind: "lunch",
		}), 201);
		const days = [now - day, now + day].map((at) => new Date(at).toISOString().slice(0, 10));
		const { at, lines: [line, ...others] } = answered(
			await ben.get(`/api/reports/time?from=${days[0]}&to=${days[1]}&group=project`));
		assert.deepEqual([line.sessions, line.running, others], [1, 1, []]);
		assert.equal(line.seconds, Math.floor((Date.parse(at) - Date.parse(begin)) / 1000));
	});

	test("FH8: each session is rounded by the rules of its day, and weeks begin as they say", async () => {
		const { mia, ben } = await studio();
		answered(await mia.post("/api/workRules", {
			from: "2025-11-10", rounding: "up", roundingMinutes: 15,
		}), 201);
		answered(await mia.post("/api/workRules", {
			from: "2025-11-20", rounding: "down", roundingMinutes: 30, weekStart: "sunday",
			reason: "as agreed",
		}), 201);
		await work(ben, [
			{ at: "2025-11-09T13:00Z", minutes: 16, project: "hall" },
			{ at: "2025-11-10T13:00Z", minutes: 16, project: "hall" },
			{ at: "2025-11-11T13:00Z", minutes: 90, project: "hall" },
			{ at: "2025-11-23T13:00Z", minutes: 59, project: "hall" },
		]);
		const daily = await report(mia, "group=day");
		assert.deepEqual(daily.lines.map(({ seconds, amount }) => [seconds / 60, amount]),
			[[16, 1467], [30, 2750], [90, 8250], [30, 2750]]);
		assert.deepEqual(names(await report(mia, "group=week")), ["2025-11-03", "2025-11-10", "2025-11-23"]);
	});

	test("sessions belong to the day of their start in their zone", async () => {
		const { ben } = await studio();
		await work(ben, [{ at: "2025-11-01T02:00Z", minutes: 60, zone: "America/New_York" }]);
		assert.deepEqual((await report(ben, "group=day")).lines, []);
		await work(ben, [{ at: "2025-12-01T02:00Z", minutes: 60, zone: "America/New_York" }]);
		assert.deepEqual(names(await report(ben, "group=day")), ["2025-11-30"]);
	});
});

describe("filters", () => {
	async function mixed() {
		const all = await studio();
		await work(all.ben, [
			{
				at: "2025-11-10T09:00Z", minutes: 1, project: "hall", tags: ["wet", "two up"],
				note: "Gutters",
			},
			{ at: "2025-11-10T10:00Z", minutes: 2, project: "yard", tags: ["wet"], jobSite: "gate" },
			{ at: "2025-11-10T11:00Z", minutes: 4, project: "roof", task: "Dämmung" },
			{ at: "2025-11-10T12:00Z", minutes: 8, project: "own" },
			{ at: "2025-11-10T13:00Z", minutes: 16 },
		]);
		await work(all.mo, [{ at: "2025-11-11T09:00Z", minutes: 32, project: "hall", billable: false }]);
		return all;
	}

	// The minutes tell which sessions passed.
	const minutes = async (who, query) => (await report(who, `group=month&${query}`)).sum.seconds / 60;

	test("by person, project, client, tag, job site, billable and words", async () => {
		const { mia, ben, mo } = await mixed();
		for (const [query, sum] of [
			["", 63], [`person=${ben.id}`, 31], [`person=${mo.id}`, 32],
			[`person=${mo.id},${ben.id},${mo.id}`, 63],
			["project=hall", 33], ["project=hall,own", 41], ["project=", 16], ["project=,yard", 18],
			["project=x", 0],
			["client=n", 35], ["client=s,n", 39], ["client=", 24], ["client=,s", 28],
			["tag=wet", 3], ["tag=two%20up", 1], ["tag=two", 0], ["tag=", 60],
			["billable=true", 7], ["billable=0", 56], ["jobSite=gate", 2], ["jobSite=", 61],
			["q=gutt", 1], ["q=WET", 3], ["q=dammung", 4], ["q=south", 4], ["q=yard", 2], ["q=", 63],
			["q=100%25", 0],
			["client=n&billable=true&tag=wet&project=yard", 2],
		])
			assert.equal(await minutes(mia, query), sum, query);
	});

	test("what is wrong is named", async () => {
		const { mia } = await studio(), many = Array.from({ length: 101 }, (_, i) => `p${i}`).join(",");
		for (const [query, field] of [
			["", "group"], ["group=", "group"], ["group=nothing", "group"], ["group=day,", "group"],
			["group=day,day", "group"], ["group=day,week,month", "group"],
			["group=day&project=a%20b", "project"],
			[`group=day&project=${many}`, "project"], ["group=day&person=", "person"],
			["group=day&billable=perhaps", "billable"], ["group=day&style=fancy", "style"],
			["group=day&colour=red", "colour"],
		])
			assert.equal(refused(await mia.get(`/api/reports/time?${span}&${query}`), 400).field, field,
				query);
		for (const [query, field] of [
			["from=2025-11-02&to=2025-11-01", "to"], ["from=2024-11-01&to=2025-11-02", "to"],
			["to=2025-11-02", "from"],
		])
			assert.equal(refused(await mia.get(`/api/reports/time?group=day&${query}`), 400).field, field,
				query);
	});
});

describe("who sees what", () => {
	test("managers see all, members and viewers themselves; others are not found", async () => {
		const { mia, ben, mo, vera, olga } = await studio(), stranger = await stack.as("stranger").ready();
		await work(ben, [{ at: "2025-11-10T09:00Z", minutes: 60, project: "hall" }]);
		await work(mo, [{ at: "2025-11-10T09:00Z", minutes: 120, project: "hall" }]);
		for (const who of [olga, mia])
			assert.deepEqual(names(await report(who, "group=person")), ["ben", "mo"]);
		const own = await report(ben, "group=person");
		assert.deepEqual([names(own), own.sum.amount], [["ben"], 5500]);
		assert.deepEqual((await report(vera, "group=person")).lines, []);
		const absent = refused(await ben.get(`/api/reports/time?${span}&group=day&person=${mo.id}`), 404);
		for (const [who, person] of [
			[ben, `${ben.id},${mo.id}`], [vera, ben.id], [mia, stranger.id], [mia, "nobody"],
		])
			assert.equal(refused(await who.get(`/api/reports/time?${span}&group=day&person=${person}`),
				404).detail, absent.detail);
		refused(await stranger.in((await studio()).space).get(`/api/reports/time?${span}&group=day`), 404);
	});
});

describe("files", () => {
	async function two() {
		const all = await studio();
		await work(all.ben, [
			{ at: "2025-11-10T09:00Z", minutes: 90, project: "hall", note: "=1+1" },
			{ at: "2025-11-11T09:00Z", minutes: 30 },
		]);
		return all;
	}

	test("FB14: for people it begins with a BOM, has labels, names, h:mm and a sum", async () => {
		const { ben } = await two();
		assert.equal(await csv(ben, "group=client,project&style=people"),
			"\uFEFFClient,Project,Hours,Billable,Amount,Currency,Entries,Running\r\n" +
			"North,Hall,1:30,1:30,82.50,EUR,1,0\r\n,,0:30,0:00,0.00,EUR,1,0\r\n" +
			"Total,,2:00,1:30,82.50,EUR,2,0\r\n");
		assert.match(await csv(ben, "group=note&style=people"), /\r\n'=1\+1,1:30,/);
	});

	test("FB14: for programs it has ids beside names, and seconds", async () => {
		const { ben } = await two();
		assert.equal(await csv(ben, "group=project,day"),
			"\uFEFFproject,projectName,day,seconds,billable,amount,currency,sessions,running\r\n" +
			"hall,Hall,2025-11-10,5400,5400,82.50,EUR,1,0\r\n,,2025-11-11,1800,0,0.00,EUR,1,0\r\n");
	});
});
