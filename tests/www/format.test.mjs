// Values in words: dates by the clock of a place, spans, amounts.
import assert from "node:assert/strict";
import test from "node:test";
import {
	formatAgo, formatDate, formatDay, formatDistance, formatDuration, formatInstant, formatMoney, formatMonth,
	formatNumber, formatPercent, formatSize, formatTime, setLocale,
} from "../../www/ui/format.js";

setLocale("en-GB");
const NOW = Date.parse("2026-11-21T10:00:00Z");

// Where commas stand differs from one edition of the locale data to the next.
const bare = (text) => text.replaceAll(",", "");

test("dates are days of the space's zone, with the year if it is another one", () => {
	assert.equal(bare(formatDate("2026-11-21", { now: NOW })), "Sat 21 Nov");
	assert.equal(bare(formatDate("2025-11-21", { now: NOW })), "Fri 21 Nov 2025");
	assert.equal(bare(formatDate("2026-11-21T23:30:00Z", { zone: "Europe/Berlin", now: NOW })), "Sun 22 Nov");
	assert.equal(formatDate("2026-11-21", { weekday: "long" }), "Saturday");
	assert.equal(formatDate("nonsense"), "nonsense");
	assert.deepEqual(["2026-11-20", "2026-11-21", "2026-11-22"].map((date) => formatDay(date, "2026-11-21")),
		["Yesterday", "Today", "Tomorrow"]);
	assert.equal(formatMonth("2026-11"), "November 2026");
});

test("times: of an instant in a zone, of a time of day, and how long ago", () => {
	assert.equal(formatTime("2026-11-21T08:34:00Z", "Europe/Berlin"), "09:34");
	assert.equal(formatTime("08:34"), "08:34");
	assert.equal(formatTime("08:34:05"), "08:34:05");
	assert.equal(formatTime("nonsense"), "nonsense");
	assert.equal(formatInstant("2026-11-21T08:34:00Z", { zone: "UTC", now: NOW }), "08:34");
	assert.equal(bare(formatInstant("2026-11-20T08:34:00Z", { zone: "UTC", now: NOW })), "20 Nov 08:34");
	assert.equal(formatAgo(NOW - 20_000, { now: NOW }), "just now");
	assert.equal(formatAgo(NOW - 120_000, { now: NOW }), "2 min ago");
	assert.equal(formatAgo(NOW - 7_200_000, { zone: "UTC", now: NOW }), "08:00");
});

test("spans, amounts, distances", () => {
	assert.deepEqual([0, 12, 60, 27_000, 90_000].map(formatDuration), ["0:00", "0:00:12", "0:01", "7:30", "25:00"]);
	assert.equal(formatMoney(123_456, "EUR"), "€1,234.56");
	assert.equal(formatMoney(5, "points"), "0.05 points");
	assert.equal(formatNumber(1234.5, 1), "1,234.5");
	assert.deepEqual([42.4, 999.4, 1_234, 12_345].map(formatDistance), ["42 m", "999 m", "1.2 km", "12 km"]);
	assert.deepEqual([0.8, 0.125, 0, 12].map(formatPercent), ["80%", "12.5%", "0%", "1,200%"]);
	assert.deepEqual([0, 5_000, 1_572_864, 2 ** 32].map(formatSize), ["0 KB", "5 KB", "1.5 MB", "4 GB"]);
	setLocale("de-DE");
	assert.equal(formatMoney(123_456, "EUR"), "1.234,56\u00a0€");
	assert.equal(formatPercent(0.125), "12,5\u00a0%");
	setLocale("en-GB");
});

test("a value that rounds to a whole of the next unit is told in that unit", () => {
	assert.deepEqual([2 ** 20 - 513, 2 ** 20 - 512, 2 ** 30 - 2 ** 20, 2 ** 30 - 1, 2 ** 40].map(formatSize),
		["1,023 KB", "1 MB", "1,023 MB", "1 GB", "1,024 GB"]);
	assert.deepEqual([99.94, 99.96, 100.4].map((size) => formatSize(size * 2 ** 20)),
		["99.9 MB", "100 MB", "100 MB"]);
	assert.deepEqual([0, 1, 511, 1_536].map(formatSize), ["0 KB", "1 KB", "1 KB", "2 KB"]);
	assert.deepEqual([999.5, 9_949, 9_950, 9_999].map(formatDistance), ["1.0 km", "9.9 km", "10 km", "10 km"]);
	const ago = (seconds) => formatAgo(NOW - seconds * 1000, { zone: "UTC", now: NOW });
	assert.deepEqual([45, 89, 90, 3_569, 3_570].map(ago),
		["1 min ago", "1 min ago", "2 min ago", "59 min ago", "09:00"]);
	assert.deepEqual([59.9, 3_599.9].map(formatDuration), ["0:00:59", "0:59"], "time that has passed is whole");
});

test("the hour has a leading zero where the locale writes one", () => {
	const written = ["en-US", "en-GB", "de-DE", "es-ES", "en-CA"].map((locale) => {
		setLocale(locale);
		return ["04:01", "16:01", "00:05"].map((time) => formatTime(time).replace(/\s/g, " "));
	});
	assert.deepEqual(written, [
		["4:01 AM", "4:01 PM", "12:05 AM"], ["04:01", "16:01", "00:05"], ["04:01", "16:01", "00:05"],
		["4:01", "16:01", "0:05"], ["4:01 a.m.", "4:01 p.m.", "12:05 a.m."],
	]);
	setLocale("en-US");
	const instant = (value) => formatInstant(value, { zone: "UTC", now: NOW }).replace(/\s/g, " ");
	assert.equal(instant("2026-11-21T04:01:00Z"), "4:01 AM");
	assert.match(instant("2026-11-20T04:01:00Z"), /^Nov 20, 4:01 AM$/);
	setLocale("en-GB");
});

test("a browser with an unknown language reads as one with none", (context) => {
	const own = Object.getOwnPropertyDescriptor(globalThis, "navigator");
	context.after(() => {
		own ? Object.defineProperty(globalThis, "navigator", own) : delete globalThis.navigator;
		setLocale("en-GB");
	});
	for (const language of ["C", "en-US@posix", ""]) {
		Object.defineProperty(globalThis, "navigator", { value: { language }, configurable: true });
		setLocale();
		assert.equal(formatNumber(7), "7", language);
	}
	Object.defineProperty(globalThis, "navigator", { value: { language: "de-DE" }, configurable: true });
	setLocale();
	assert.equal(formatNumber(1.5, 1), "1,5");
});
