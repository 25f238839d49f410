// The routine tracker's own API at /compat/routines/api/: its paths and members, who may ask, and how its documents are
// records of Daybook.
import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { start } from "../harness.mjs";
import { answered } from "../lib/expect.mjs";
import { send } from "../lib/http.mjs";
import { RoutineDevice } from "../lib/routines.mjs";

const ORIGIN = "https://routines.example.org", EVIL = "https://evil.example.org";
const stack = await start({ settings: { origins: ORIGIN }, facades: ["routines"] });
const { as, sql } = stack;
const BASE = `${stack.url}/compat/routines`;
let people = 0;

// Somebody new, natively, with a device.
async function fresh(name = `p${++people}`) {
	const person = await as(name).ready();
	return { person, device: await new RoutineDevice(BASE, `${name}-phone`).signIn(person) };
}

function wrong(answer, status, words) {
	assert.equal(answer.status, status, answer.text);
	assert.match(answer.headers["content-type"], /^application\/json/);
	assert.deepEqual(Object.keys(answer.body), ["error"]);
	if (words !== undefined)
		assert.match(answer.body.error, words);
}

const today = (await (await fresh()).person.get("/api/reports/routine/today")).body.date;
const day = (n) => new Date(Date.parse(`${today}T00:00:00Z`) + n * 86_400_000).toISOString().slice(0, 10);

describe("signing in", () => {
	const login = (body, headers, base = BASE) => send({ url: `${base}/api/login`, method: "POST", body, headers });
	const cookieOf = (answer) => answer.headers["set-cookie"]?.[0];

	test("by e-mail and password answers a token, and sets it as a cookie", async () => {
		const { person } = await fresh();
		const answer = await login({ email: person.email, password: person.password });
		answered(answer, 200, { success: true, token: { $text: true }, expiresIn: 604800 });
		const cookie = cookieOf(answer);
		const [value, ...attributes] = cookie.split("; ");
		assert.equal(value, `auth_token=${answer.body.token}`);
		assert.deepEqual(attributes, ["Path=/compat/routines", "Max-Age=604800", "HttpOnly", "SameSite=Lax"]);
		const secure = await login({ email: person.email, password: person.password }, {
			Origin: `https://127.0.0.1:${stack.port}`,
		});
		assert.match(cookieOf(secure), /; Secure$/);
		const { port, url } = stack.facades.routines;
		assert.match(cookieOf(await login({ email: person.email, password: person.password },
			{ Origin: `http://127.0.0.1:${port}` }, url)), /; Path=\/;/);
	});

	test("a wrong password, an unknown person and a missing member are refused alike everywhere", async () => {
		const { person } = await fresh();
		wrong(await login({ email: person.email, password: "wrong password" }), 401);
		wrong(await login({ email: "nobody@example.org", password: "wrong password" }), 401);
		for (const body of [{}, { email: person.email }, { password: person.password },
			{ email: 7, password: 8 }])
			wrong(await login(body), 400);
	});

	test("every other path needs the token", async () => {
		for (const [method, path, body] of [
			["GET", "/api/home"], ["GET", "/api/sync/check-update?deviceId=a"],
			["POST", "/api/sync/mark-update", { deviceId: "a" }],
			["POST", "/api/sync/mark-synced", { deviceId: "a" }],
			["POST", "/api/sync/notify-change", { sourceDeviceId: "a" }],
			["GET", "/api/rxdb/pull?collection=tasks"],
			["POST", "/api/rxdb/push", { collection: "tasks", docs: [] }],
		])
			for (const headers of [{}, { Authorization: "Bearer wrong" }, { Cookie: "auth_token=wrong" },
				{ Cookie: "auth_token=" }])
				wrong(await send({ url: BASE + path, method, body, headers: {
					Origin: `http://127.0.0.1:${stack.port}`, ...headers,
				} }), 401);
	});

	test("signing out revokes it", async () => {
		const { device } = await fresh();
		answered(await device.ask("POST", "/api/logout"), 200, { success: true });
		wrong(await device.ask("GET", "/api/home"), 401);
		answered(await device.ask("POST", "/api/logout"), 200);
	});

	test("the cookie is read, but only from pages of this site", async () => {
		const { device } = await fresh();
		const cookie = { Cookie: `a=b; auth_token=${device.token}; c=d`, Authorization: "" };
		const own = `http://127.0.0.1:${stack.port}`;
		const ask = (method, path, body, headers) => send({ url: BASE + path, method, body,
			headers: { Cookie: cookie.Cookie, ...headers } });
		answered(await ask("GET", "/api/home"));
		answered(await ask("GET", "/api/home", undefined, { "Sec-Fetch-Site": "same-origin" }));
		const push = ["POST", "/api/rxdb/push", { collection: "tasks", docs: [] }];
		answered(await ask(...push, { Origin: own }));
		answered(await ask(...push, { Origin: ORIGIN }));
		for (const headers of [{}, { Origin: EVIL }, { Origin: "null" }, { Origin: `${own}0` },
			{ Origin: "http://127.0.0.1" }])
			wrong(await ask(...push, headers), 403, /cookie/);
		wrong(await ask("POST", "/api/sync/notify-change", { sourceDeviceId: "a" }, { Origin: EVIL }), 403);
		wrong(await ask("GET", "/api/home", undefined, { "Sec-Fetch-Site": "cross-site" }), 403);
		wrong(await ask("POST", "/api/logout", undefined, { Origin: EVIL }), 403);
		answered(await ask("GET", "/api/home"));
		answered(await device.ask(...push, { Origin: EVIL }), 200);
	});

	test("a page of another site signs nobody in", async () => {
		const { person } = await fresh();
		const answer = await login({ email: person.email, password: person.password }, {
			Origin: EVIL, "Content-Type": "text/plain",
		});
		wrong(answer, 403);
		assert.equal(cookieOf(answer), undefined);
	});

	test("an API token of Daybook works as well, a read-only one cannot write", async () => {
		const { person } = await fresh();
		const { token } = await person.apiToken("read");
		const reader = new RoutineDevice(BASE, "reader", { token });
		answered(await reader.ask("GET", "/api/home"));
		wrong(await reader.ask("POST", "/api/rxdb/push", { collection: "tasks", docs: [] }), 403);
	});

	test("the cookie does nothing at Daybook's own API", async () => {
		const { device } = await fresh();
		const answer = await send({ url: `${stack.url}/api/mileage`,
			headers: { Cookie: `auth_token=${device.token}` } });
		assert.equal(answer.status, 401);
	});
});

describe("home", () => {
	test("has the members of the original, for a person without anything", async () => {
		const { device } = await fresh();
		const home = await device.home;
		assert.deepEqual(Object.keys(home), [
			"incompleteTasks", "domains", "todaysWeight", "streakData", "specialTasks", "totalPoints",
				"betterPercent",
			"last7DaysCompletion",
		]);
		assert.deepEqual(Object.keys(home.streakData), [
			"currentStreak", "longestStreak", "todayValid", "todayRoutineTasks", "todayHasExercise",
				"todayIsRestDay",
			"todayCanBeRestDay", "last7Days", "nextTarget", "totalStreakPoints", "reachedMilestones",
		]);
		assert.deepEqual([home.incompleteTasks, home.todaysWeight, home.totalPoints], [[], null, 0]);
		assert.deepEqual(home.domains.map((one) => one.id),
			["health", "career", "learning", "social", "discipline", "personality", "startups"]);
		assert.deepEqual(home.streakData.last7Days.map((one) => one.date),
			[-6, -5, -4, -3, -2, -1, 0].map(day));
		assert.deepEqual(home.streakData.nextTarget, { days: 1, points: 5, label: "1 day" });
		assert.deepEqual(Object.keys(home.last7DaysCompletion[0]),
			["date", "day", "completed", "total", "rate"]);
		assert.equal((await device.ask("GET", "/api/home")).headers["cache-control"], "no-store");
	});

	test("shows pending and skipped tasks, the weight, points and streak, as the native figures are", async () => {
		const { person, device } = await fresh();
		for (let i = 0; i < 6; i++)
			device.put("tasks", { _id: `${person.name}-t${i}`, title: `T${i}`, domainId: "career",
				basePoints: i + 1,
				timeOfDay: "morning", mustDo: i === 0, recurrenceType: "daily" });
		await device.sync("tasks");
		for (let i = 0; i < 5; i++)
			device.put("daily_logs", { _id: `${person.name}-l${i}`, taskId: `${person.name}-t${i}`,
				date: today,
				status: i < 4 ? "completed" : "skipped" });
		await device.sync("daily_logs");
		device.put("weight_logs", { _id: "w1", date: today, weight: 70.25 });
		await device.sync("weight_logs");
		assert.deepEqual(device.errors, []);
		const home = await device.home;
		assert.deepEqual(home.incompleteTasks.map((one) => [one._id, one.status, one.points, one.domainId,
			one.timeOfDay]), [
			[`${person.name}-t4`, "skipped", 5, "career", "morning"],
			[`${person.name}-t5`, "pending", 6, "career", "morning"],
		]);
		assert.equal(home.todaysWeight.weight, 70.25);
		assert.equal(home.totalPoints, 10);
		assert.equal(home.streakData.todayRoutineTasks, 4);
		assert.deepEqual(home.last7DaysCompletion.at(-1), {
			date: today, day: new Date(`${today}T12:00:00Z`).toUTCString().slice(0, 3), completed: 4,
				total: 5, rate: 80,
		});
		assert.equal(home.domains.find((one) => one.id === "career").points, 10);
		const native = answered(await person.get("/api/reports/routine/today"));
		assert.equal(native.points.total, home.totalPoints);
		assert.equal(native.streak.current, home.streakData.currentStreak);
	});
});

describe("documents", () => {
	test("are records of Daybook, both ways", async () => {
		const { person, device } = await fresh();
		device.put("tasks", { _id: "t-1", title: "Run", domainId: "health", basePoints: 3, timeOfDay: "evening",
			startTime: "18:00", recurrenceType: "custom", recurrenceDays: [0, 1, 6], isActive: true,
				mustDo: true });
		await device.sync("tasks");
		const { task } = answered(await person.get("/api/tasks/t-1"));
		assert.deepEqual([task.title, task.domain, task.points, task.timeOfDay, task.startTime,
			task.recurrence, task.mustDo],
			["Run", "health", 3, "evening", "18:00", "custom", true]);
		assert.deepEqual(task.days, ["mon", "sat", "sun"]);
		const doc = device.get("tasks", "t-1");
		assert.deepEqual([doc.title, doc.domainId, doc.basePoints, doc.isActive, doc.isScheduled,
			doc.recurrenceType],
			["Run", "health", 3, true, true, "custom"]);
		assert.deepEqual([...doc.recurrenceDays].sort(), [0, 1, 6]);
		assert.match(doc.updatedAt, /^\d{4}-\d\d-\d\dT.*Z$/);
		answered(await person.patch("/api/tasks/t-1", { title: "Run far" }));
		await device.sync("tasks");
		assert.equal(device.get("tasks", "t-1").title, "Run far");
		const made = answered(await person.post("/api/tasks", { title: "Native", points: 2 }), 201).task;
		await device.sync("tasks");
		assert.equal(device.get("tasks", made.id).title, "Native");
	});

	test("of every collection that is kept", async () => {
		const { person, device } = await fresh();
		const day0 = `${today}T00:00:00.000Z`;
		for (const [collection, doc] of [
			["tasks", { _id: "t", title: "T", domainId: "social" }],
			["daily_logs", { _id: "l", taskId: "t", date: day0, status: "completed" }],
			["weight_logs", { _id: "w", date: day0, weight: 80.1 + 0.2 }],
			["mood_logs", { _id: "m", date: day0, mood: "great", note: "Sun" }],
			["exercise_definitions", { _id: "e", pageId: "Legs", title: "Squat", type: "reps",
				targetMuscles: ["quads"],
				order: 3, initialSets: 3, initialReps: 8, recommendedWeight: 40.5,
				tutorials: [{ url: "https://example.org/squat", title: "How" }] }],
			["exercise_logs", { _id: "x", date: day0, exerciseId: "e", sets: [
				{ reps: 8, weight: 40 }, { reps: 7, weight: 42.5 }, { duration: 30 },
			] }],
			["books", { _id: "b", title: "Walden", domainId: "Nature", category: "Nature",
				status: "reading",
				totalPages: 300, currentPage: 0, author: "Thoreau" }],
			["book_logs", { _id: "bl", bookId: "b", date: day0, currentPage: 30, notes: "Pond" }],
		]) {
			device.put(collection, doc);
			await device.push(collection);
			await device.pull(collection);
		}
		assert.deepEqual(device.errors, []);
		const list = async (name, of = name) => answered(await person.get(`/api/${name}`))[of];
		assert.equal((await list("weights"))[0].kg, 80.3);
		assert.equal((await list("moods"))[0].mood, "great");
		const [exercise] = await list("exercises");
		assert.deepEqual([exercise.title, exercise.page, exercise.sets, exercise.kg, exercise.links],
			["Squat", "Legs", 3, 40.5, ["https://example.org/squat"]]);
		assert.deepEqual((await list("exerciseLogs")).map((one) => [one.reps, one.kg, one.seconds]).sort(),
			[[7, 42.5, undefined], [8, 40, undefined], [undefined, undefined, 30]].sort());
		assert.equal(device.all("exercise_logs").length, 3);
		const [book] = await list("books");
		assert.deepEqual([book.title, book.domain, book.pages, book.page], ["Walden", "Nature", 300, 30]);
		const [log] = device.all("book_logs");
		assert.deepEqual([log.bookId, log.currentPage, log.pagesRead, log.notes], ["b", 30, 30, "Pond"]);
		assert.equal(device.all("mood_logs")[0].date, day0);
	});

	test("a member that the wire cannot say stays what it is when another is changed", async () => {
		const { person, device } = await fresh();
		answered(await person.post("/api/tasks",
			{ id: "n-1", title: "Gym", recurrence: "times", times: 3, inDays: 7 }), 201);
		answered(await person.post("/api/exercises",
			{ id: "e-1", title: "Row", links: ["https://example.org/a"] }), 201);
		await device.pull("tasks");
		assert.equal(device.get("tasks", "n-1").recurrenceType, "daily");
		device.put("tasks", { _id: "n-1", title: "Gym or pool" });
		await device.push("tasks");
		const { task } = answered(await person.get("/api/tasks/n-1"));
		assert.deepEqual([task.title, task.recurrence, task.times, task.inDays],
			["Gym or pool", "times", 3, 7]);
		await device.pull("exercise_definitions");
		device.put("exercise_definitions", { _id: "e-1", title: "Row hard" });
		await device.push("exercise_definitions");
		assert.deepEqual(answered(await person.get("/api/exercises/e-1")).exercise.links,
			["https://example.org/a"]);
	});

	test("the order is a number that sorts as the keys do, and moving changes one task", async () => {
		const { person, device } = await fresh();
		for (const title of ["A", "B", "C"])
			answered(await person.post("/api/tasks", { title }), 201);
		await device.pull("tasks");
		const sorted = () => device.all("tasks").sort((x, y) => x.order - y.order).map((one) => one.title);
		assert.deepEqual(sorted(), ["A", "B", "C"]);
		const [a, b] = ["A", "B"].map((title) => device.all("tasks").find((one) => one.title === title));
		const c = device.all("tasks").find((one) => one.title === "C");
		device.put("tasks", { _id: c._id, order: (a.order + b.order) / 2 });
		await device.sync("tasks");
		assert.deepEqual(sorted(), ["A", "C", "B"]);
		assert.deepEqual(answered(await person.get("/api/tasks")).tasks.map((one) => one.title),
			["A", "C", "B"]);
		for (const [order, title] of ["C", "B", "A"].entries())
			device.put("tasks", { _id: device.all("tasks").find((one) => one.title === title)._id, order });
		await device.sync("tasks");
		assert.deepEqual(answered(await person.get("/api/tasks")).tasks.map((one) => one.title),
			["C", "B", "A"]);
		for (const order of [-5, 0, 999, 1000, 1e9])
			device.put("tasks", { _id: a._id, order }), await device.sync("tasks");
		assert.deepEqual(device.errors, []);
		assert.deepEqual(sorted(), ["C", "B", "A"]);
	});

	test("come in pages, each once, and the checkpoint goes on where it ended", async () => {
		const { device } = await fresh();
		for (let i = 0; i < 23; i++)
			device.put("tasks", { _id: `t${i}`, title: `T${i}`, domainId: "health" });
		await device.push("tasks");
		const other = new RoutineDevice(BASE, "other", { token: device.token });
		const ids = (await other.pull("tasks", 5)).map((doc) => doc._id);
		assert.equal(ids.length, 23);
		assert.equal(new Set(ids).size, 23);
		assert.deepEqual(await other.pull("tasks"), []);
		device.put("tasks", { _id: "t7", title: "New" });
		await device.push("tasks");
		assert.deepEqual((await other.pull("tasks")).map((doc) => doc._id), ["t7"]);
		for (const id of ["", "nonsense", "x.7", `${other.checkpoints.get("tasks").id}0`])
			assert.equal((await other.must("GET",
				`/api/rxdb/pull?collection=tasks&id=${id}&updatedAt=x`)).documents.length, 23);
	});

	test("are nobody else's: not shown, not taken over by their id, not deleted", async () => {
		const space = await stack.team({ gina: "owner", hugo: "member" });
		const [gina, hugo] = await Promise.all(["gina", "hugo"].map(async (name) =>
			new RoutineDevice(BASE, name).signIn(await as(name).ready(), space.id)));
		hugo.put("tasks", { _id: "h1", title: "Hugo's", domainId: "health" });
		await hugo.push("tasks");
		for (const thief of [gina]) {
			assert.deepEqual(await thief.pull("tasks"), []);
			thief.put("tasks", { _id: "h1", title: "Mine", domainId: "health" });
			const answer = await thief.push("tasks");
			assert.deepEqual([answer.ok, answer.errors.length, answer.conflicts[0]._deleted],
				[false, 1, true]);
			thief.docs.set("tasks h1", { _id: "h1" });
			thief.remove("tasks", "h1");
			assert.equal((await thief.push("tasks")).ok, false);
		}
		assert.equal(answered(await as("hugo").in(space).get("/api/tasks/h1")).task.title, "Hugo's");
		const viewer = await stack.team({ vera: "viewer" });
		const vera = await new RoutineDevice(BASE, "vera").signIn(await as("vera").ready(), viewer.id);
		vera.put("tasks", { _id: "v1", title: "No", domainId: "health" });
		const answer = await vera.push("tasks");
		assert.deepEqual([answer.ok, answer.conflicts[0]._deleted], [false, true]);
		wrong(await vera.ask("POST", "/api/login", { email: as("vera").email, password: as("vera").password,
			space: space.id }), 404);
	});
});

describe("hostile input", () => {
	test("is refused with a sentence, or for its document alone, and never a fault", async () => {
		const { device } = await fresh();
		const pull = (query) => device.ask("GET", `/api/rxdb/pull${query}`);
		for (const query of ["", "?collection=", "?collection=nothing", "?collection=tasks&batchSize=0",
			"?collection=tasks&batchSize=1001", "?collection=tasks&batchSize=x", "?collection=__proto__",
			"?collection=taskLogs", "?collection=%00"])
			wrong(await pull(query), 400);
		const push = (body) => device.ask("POST", "/api/rxdb/push", body);
		for (const body of ["", "{", "[]", {}, { collection: "tasks" }, { collection: "tasks", docs: 7 },
			{ collection: "tasks", docs: {} },
			{ collection: 7, docs: [] }, { collection: "users2", docs: [] },
			{ collection: "tasks", docs: Array.from({ length: 51 }, (_, i) => ({ _id: `t${i}` })) }])
			wrong(await push(body), 400);
		const odd = [null, 7, "x", [], {}, { _id: 7 }, { _id: "" }, { _id: "a b" }, { _id: "../x" },
			{ _id: "x".repeat(65) },
			{ _id: "import" }, { _id: "o1" }, { _id: "o2", title: 7 }, { _id: "o3", title: "" },
			{ _id: "o4", title: "x".repeat(201) }, { _id: "o5", title: "x", domainId: "none" },
			{ _id: "o6", title: "x", basePoints: 1e9 }, { _id: "o7", title: "x", recurrenceDays: "mon" },
			{ _id: "o8", title: "x", recurrenceType: "custom", recurrenceDays: [9] },
			{ _id: "o9", title: "x", order: "first" }, { _id: "o10", title: "x", isActive: "yes" },
			{ _id: "o11", title: "x", startTime: "25:00" }];
		const answer = answered(await push({ collection: "tasks",
			docs: [...odd, { _id: "good", title: "Good" }] }));
		assert.equal(answer.ok, false);
		assert.equal(answer.errors.length, odd.length);
		for (const one of answer.errors)
			assert.ok(one.error.length > 5);
		assert.deepEqual((await device.pull("tasks")).map((doc) => doc._id), ["good"]);
		for (const doc of [{ _id: "l1", taskId: "nothing", date: today },
			{ _id: "l2", taskId: "good", date: "yesterday" },
			{ _id: "l3", taskId: "good", date: 7 },
				{ _id: "l4", taskId: "good", date: day(30), status: "completed" },
			{ _id: "l5", taskId: "good", date: today, status: "done" }, { _id: "l6", date: today }]) {
			const one = answered(await push({ collection: "daily_logs", docs: [doc] }));
			assert.deepEqual([one.ok, one.errors[0]._id, one.conflicts[0]._deleted],
				[false, doc._id, true], doc._id);
		}
		for (const doc of [{ _id: "x1", exerciseId: "no", date: today, sets: [7] },
			{ _id: "x2", date: today, sets: Array(21).fill({ reps: 1 }) }])
			assert.equal(answered(await push({ collection: "exercise_logs", docs: [doc] })).ok, false);
		for (const version of [7, "", "x", "999999999999999999999.1", "-1.x", { a: 1 }])
			answered(await push({ collection: "tasks", docs: [{ _id: "good", title: "Good", version }] }),
				200, { ok: true });
	});

	test("what Daybook computes cannot be pushed, and its collections are empty", async () => {
		const { device } = await fresh();
		for (const collection of ["daily_streak_records", "users", "health_pages", "book_domains",
			"learning_skills",
			"learning_categories", "simple_learning_logs"]) {
			assert.deepEqual(await device.must("GET", `/api/rxdb/pull?collection=${collection}`),
				{ documents: [], checkpoint: null });
			const answer = await device.must("POST", "/api/rxdb/push",
				{ collection, docs: [{ _id: "a" }, 7] });
			assert.deepEqual([answer.ok, answer.errors.map((one) => one._id)], [false, ["a", null]]);
		}
	});

	test("the routes of devices want an id", async () => {
		const { device } = await fresh();
		wrong(await device.ask("GET", "/api/sync/check-update"), 400, /deviceId is required/);
		for (const [path, body] of [["mark-update", {}], ["mark-synced", { deviceId: "" }],
			["notify-change", { deviceId: "a" }], ["mark-update", { deviceId: "a b" }],
				["mark-synced", { deviceId: 7 }]])
			wrong(await device.ask("POST", `/api/sync/${path}`, body), 400);
		wrong(await device.ask("GET", "/api/nothing"), 404);
		wrong(await device.ask("DELETE", "/api/home"), 405);
	});
});

test("after the database was set back, a version of before is none, and everything is read again", async () => {
	const { person, device } = await fresh();
	device.put("tasks", { _id: "t1", title: "One", domainId: "health" });
	await device.sync("tasks");
	await sql(`UPDATE space SET epoch = UPPER(epoch) WHERE id = '${person.home}' AND epoch <> UPPER(epoch)`);
	await stack.noticed();
	assert.deepEqual((await device.pull("tasks")).map((doc) => doc._id), ["t1"]);
});

test("no response was a 5xx", async () => {
	assert.deepEqual(await stack.faults(), []);
});
