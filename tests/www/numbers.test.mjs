// Typed figures: read as their writer meant them, in the signs of any locale, and written so
// that they are read back the same.
import assert from "node:assert/strict";
import test from "node:test";
import {
	readDuration, readMoney, readNumber, signsOf, writeDuration, writeMoney, writeNumber,
} from "../../www/ui/numbers.js";

for (const [text, value] of [
	["79.4", 79.4], ["79,4", 79.4], [" 79.40 ", 79.4], ["1", 1], ["007.5", 7.5], [".5e", null], ["1e2", null],
	["0x1f", null], ["79.456", null],
	["79.400", 79.4], ["-3", -3], ["\u22123", -3], ["abc", null], ["NaN", null], ["Infinity", null], ["7 9", 79],
	["+79", 79], ["1,234.5", 1234.5],
	["1.234,5", 1234.5], ["1 234,5", 1234.5], ["1'234.5", 1234.5], ["1,234", 1234],
	["\u0661\u0662\u066b\u0665", 12.5], ["1.2.3", null], ["--1", null], ["1,", 1],
])
	test(`"${text}" is ${value === null ? "refused" : value}`, () => {
		const read = readNumber(text, 2, "en-GB");
		assert.equal(read.value ?? null, value);
		assert.equal(Boolean(read.problem), value === null);
	});

test("with a decimal comma, a point before three digits separates thousands", () => {
	assert.equal(readNumber("1.234", 2, "de-DE").value, 1234);
	assert.equal(readNumber("1,25", 2, "de-DE").value, 1.25);
	assert.equal(readNumber("1.25", 2, "de-DE").value, 1.25);
	assert.match(readNumber("1,234", 2, "de-DE").problem, /2 digits/);
	assert.equal(readNumber("1,234", 3, "en-GB").value, 1.234);
	assert.deepEqual(signsOf("de-DE"), { decimal: ",", group: "." });
});

test("what an input shows is read back as the same value, in every locale", () => {
	for (const tongue of ["en-GB", "de-DE", "fr-FR", "de-CH", "ar-EG", "hi-IN", "fa-IR"])
		for (const value of [0, -0.05, 0.29, 1.15, 1234.5, 999999.99, -1234567.89]) {
			assert.equal(readNumber(writeNumber(value, 2, tongue), 2, tongue).value, value,
				`${tongue} ${value}`);
			assert.equal(readMoney(writeMoney(Math.round(value * 100), tongue), tongue).value,
				Math.round(value * 100), `${tongue} ${value} in cents`);
		}
});

test("money is cents, exactly", () => {
	for (const [text, cents] of [
		["12.34", 1234], ["12,3", 1230], ["0.29", 29], ["1.15", 115], ["-0.05", -5], ["8.2", 820],
		["1,234.56", 123456], ["", null],
	])
		assert.equal(readMoney(text, "en-GB").value, cents, text);
	assert.ok(readMoney("1.234", "en-GB").problem);
});

test("numbers too large to be kept exactly are refused, and zero has no sign", () => {
	assert.ok(readNumber("9007199254740993", 0, "en").problem);
	assert.ok(!Object.is(readNumber("-0", 0, "en").value, -0));
});

test("durations are read as people write them", () => {
	for (const [text, seconds] of [
		["7:30", 27000], ["0:05", 300], ["7:30:05", 27005], ["7.5h", 27000], ["7,5 h", 27000], ["7h30", 27000],
		["7 h 30 min", 27000], ["45 min", 2700], ["90m", 5400], ["8", 28800], ["90", 5400], ["", null],
	])
		assert.equal(readDuration(text, "en-GB").value, seconds, text);
	for (const text of ["7:60", "soon", "-1", "1:2:3"])
		assert.ok(readDuration(text, "en-GB").problem, text);
	for (const seconds of [0, 300, 27000, 27005, 86400])
		assert.equal(readDuration(writeDuration(seconds), "en-GB").value, seconds);
});
