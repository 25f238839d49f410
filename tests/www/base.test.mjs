// What every screen stands on, as far as it needs no document: words, the name of a device, what this browser keeps,
// and what of an error leaves the device: where it was, never what somebody wrote.
import assert from "node:assert/strict";
import test from "node:test";

const stored = new Map(), sent = [], heard = new Map();
let isBroken = false;
const globals = {
	localStorage: {
		getItem: (key) => { if (isBroken) throw new Error("no"); return stored.get(key) ?? null; },
		setItem: (key, value) => { if (isBroken) throw new Error("no"); stored.set(key, String(value)); },
		removeItem: (key) => stored.delete(key),
	},
	navigator: { userAgent: "Browser 9", onLine: true },
	location: { pathname: "/fleet/cars/128489" },
	addEventListener: (type, listener) => heard.set(type, listener),
	fetch: async (path, { body }) => { sent.push([path, body]); throw new TypeError("away"); },
};
for (const [name, value] of Object.entries(globals))
	Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });

const { count, initials, roleWord, sentence } = await import("../../www/base/words.js");
const { deviceName } = await import("../../www/base/device-name.js");
const { POLLS, keepLocale, keepPoll, keepTouch, readLocale, readPoll, readTouch } =
	await import("../../www/base/preferences.js");
const { report } = await import("../../www/base/errors.js");
const { setLocale } = await import("../../www/ui/format.js");

setLocale("en-GB");

test("initials: the first letters of the first and the last name", () => {
	assert.deepEqual(["Ann Arbor", " ann  maria arbor ", "ann", "👍 Up", "", null, undefined].map(initials),
		["AA", "AA", "A", "👍U", "?", "?", "?"]);
});

test("counts in words; an unknown role stays as it is", () => {
	assert.deepEqual([count(1, "car"), count(0, "car"), count(1234, "car"), count(2, "entry", "entries")],
		["1 car", "0 cars", "1,234 cars", "2 entries"]);
	assert.deepEqual(["owner", "boss"].map(roleWord), ["Owner", "boss"]);
});

test("an error of a request as a sentence: no network, no server, too many tries, or the server's own", () => {
	assert.match(sentence({ status: 0 }), /server cannot be reached/);
	navigator.onLine = false;
	assert.match(sentence({ status: 0 }), /offline/);
	navigator.onLine = true;
	const refusal = (kind) => ({ status: 429, problem: { type: `/problems/${kind}`, detail: "Slow down." } });
	assert.match(sentence(refusal("throttled")), /Too many tries/);
	assert.deepEqual(["too-many", "busy"].map((kind) => sentence(refusal(kind))), ["Slow down.", "Slow down."]);
	assert.deepEqual([
		sentence({ status: 400, problem: { detail: "A date, please." }, message: "x" }),
		sentence(new Error("what it says")), sentence(undefined),
	], ["A date, please.", "what it says", "Something went wrong."]);
});

test("a device is named after its browser and its system, though browsers name their ancestors too", () => {
	const chrome = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0";
	const iPhone =
		"Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)";
	for (const [agent, name] of [
		[`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${chrome} Safari/537.36 Edg/120.0.0.0`, "Edge on Windows"],
		[`Mozilla/5.0 (Linux; Android 13; TC57) ${chrome} Mobile Safari/537.36`, "Chrome on Android"],
		[`${iPhone} Version/17.0 Mobile/15E148 Safari/604.1`, "Safari on iPhone"],
		[`${iPhone} CriOS/120.0 Mobile/15E148 Safari/604.1`, "Chrome on iPhone"],
		["Mozilla/5.0 (X11; Linux x86_64; rv:121.0) Gecko/20100101 Firefox/121.0", "Firefox on Linux"],
		["something else", "Browser"],
	])
		assert.equal(deviceName(agent), name);
});

test("stored preferences are read back; unknown or unreadable ones have their defaults", () => {
	assert.deepEqual([readPoll(), readLocale(), readTouch()], [POLLS[0][0], null, 0]);
	assert.deepEqual([keepPoll(60_000), keepLocale("de-DE"), keepTouch(1234)], [true, true, true]);
	assert.deepEqual([readPoll(), readLocale(), readTouch()], [60_000, "de-DE", 1234]);
	keepPoll(1);
	keepLocale("xx-XX");
	keepTouch("soon");
	assert.deepEqual([readPoll(), readLocale(), readTouch()], [POLLS[0][0], null, 0]);
	keepLocale(null);
	assert.equal(stored.has("daybook-locale"), false);
	isBroken = true;
	assert.deepEqual([keepPoll(60_000), readPoll(), readLocale(), readTouch()], [false, POLLS[0][0], null, 0]);
	isBroken = false;
});

const STEPS = [
	"    at move (https://daybook.example.org/app.AB12.js:10:20)",
	"    at https://elsewhere.example.org/secret words.html:1:2",
];

function errorOf(message, stack, name = "TypeError") {
	const steps = stack ?? [`${name}: ${message}`, ...STEPS].join("\n");
	return Object.assign(new Error(message), { name, stack: steps });
}

test("an error report has the kind and the place, and nothing that anybody wrote", () => {
	report(errorOf(
		"cannot read 'Meeting with Zoe' of \"Zoe\" for zoe@example.org, car 128489, “a b” „c d“ ‘e f’ «g»"),
		"a toggle");
	assert.equal(sent.length, 1);
	const [path, text] = sent[0];
	assert.equal(path, "/api/client-errors");
	assert.deepEqual(text.split(" | "), [
		"a toggle on fleet: TypeError cannot read … of … for … car 0, … … … …",
		"move app.AB12.js:10:20", "Browser 9",
	]);
});

test("each error is reported once, a limited number for each page, and none that the app has shown", () => {
	report(errorOf("cannot read 'Something else' of \"Ann\" for ann@example.org, car 7, “x” „y“ ‘z’ «q»"),
		"a toggle");
	report(errorOf("x", null, "ApiError"));
	report(errorOf("x", null, "AbortError"));
	assert.equal(sent.length, 1, "it is the same one");
	heard.get("unhandledrejection")({ reason: errorOf("a promise") });
	heard.get("error")({ message: "only words" });
	heard.get("error")({});
	assert.deepEqual(sent.slice(1).map(([, text]) => text.split(" on ")[0]), ["promise", "window"]);
	for (const letter of "abcdefghijkl")
		report(errorOf(letter.repeat(5_000)));
	assert.equal(sent.length, 8);
	assert.ok(sent.every(([, text]) => text.length <= 4_000) && sent.at(-1)[1].length === 4_000);
});
