// Compares a response with what a vector expects.  Objects are compared by the members that are named, lists by length
// and in order, plain values exactly.  An object with one member that starts with $ asks something else of the value:
//   {"$integer": true}  a whole number
//   {"$text": true}     a text that is not empty
//   {"$absent": true}   not there
//   {"$above": 3}       a number above 3
//   {"$match": "re"}    a text that the expression matches
//   {"$in": [a, b]}     one of these
//   {"$length": 2}      a list of two
//   {"$exact": {...}}   no other members
//   {"$not": x}         anything but x
import assert from "node:assert/strict";

const questions = {
	$integer: (actual) => Number.isInteger(actual),
	$text: (actual) => typeof actual === "string" && actual !== "",
	$absent: (actual) => actual === undefined,
	$above: (actual, floor) => typeof actual === "number" && actual > floor,
	$match: (actual, pattern) => typeof actual === "string" && new RegExp(pattern).test(actual),
	$in: (actual, values) => values.some((value) => fits(actual, value)),
	$length: (actual, length) => Array.isArray(actual) && actual.length === length,
	$not: (actual, value) => !fits(actual, value),
};

function fits(actual, expected) {
	try {
		match(actual, expected);
		return true;
	} catch {
		return false;
	}
}

function show(value) {
	return value === undefined ? "nothing" : JSON.stringify(value);
}

export function match(actual, expected, where = "the answer") {
	if (expected === null || typeof expected !== "object") {
		assert.ok(Object.is(actual, expected), `${where} is ${show(actual)}, not ${show(expected)}`);
		return;
	}
	const [question, ...others] = Object.keys(expected);
	if (question === "$exact" && others.length === 0) {
		assert.deepEqual(actual, expected.$exact, where);
		return;
	}
	if (question !== undefined && others.length === 0 && question in questions) {
		assert.ok(questions[question](actual, expected[question]),
			`${where} is ${show(actual)}, but should be ${show(expected)}`);
		return;
	}
	assert.ok(actual !== null && typeof actual === "object", `${where} is ${show(actual)}, not ${show(expected)}`);
	if (Array.isArray(expected)) {
		assert.ok(Array.isArray(actual), `${where} is no list: ${show(actual)}`);
		assert.equal(actual.length, expected.length,
			`${where} has ${actual.length} items, not ${expected.length}: ${show(actual)}`);
	}
	for (const key of Object.keys(expected))
		match(actual[key], expected[key], `${where}.${key}`);
}

// "results.0.record" of a body.
export function pick(body, path) {
	return path.split(".").reduce((value, key) => value?.[key], body);
}
