// The golden cases of expenses in the app: the same rows as in tests/unit/test_month.c and test_mileage_money.c must
// come to the same figures.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { monthOf, priced } from "../../www/expenses/figures.js";

const read = (name) =>
	JSON.parse(readFileSync(new URL(`../fixtures/expenses/${name}.json`, import.meta.url), "utf8"));

// What is expected of an object are some of its members; of a list all of its elements.
function fits(found, expected, where) {
	if (Array.isArray(expected)) {
		assert.equal(found?.length, expected.length, `${where}: ${JSON.stringify(found)}`);
		expected.forEach((one, i) => fits(found[i], one, `${where}[${i}]`));
	} else if (expected !== null && typeof expected === "object") {
		for (const [key, value] of Object.entries(expected))
			fits(found?.[key], value, `${where}.${key}`);
	} else {
		assert.equal(found ?? null, expected, where);
	}
}

// The rows last first: their order must not matter.
const lastFirst = (rows) => [...rows ?? []].reverse();

for (const name of ["month", "split", "per-diem"]) {
	const file = read(name);
	for (const one of file.cases)
		test(`${name}: ${one.name}`, () => {
			const rows = { ...one, costCenters: one.costCenters ?? file.costCenters };
			for (const list of ["trips", "receipts", "timesheets", "dayNotes", "rates", "rules"])
				rows[list] = lastFirst(rows[list]);
			fits(monthOf(one.month ?? file.month, rows), one.expected, one.name);
		});
}

const mileage = read("mileage");
for (const one of mileage.cases)
	test(`mileage: ${one.name}`, () => {
		const rates = (one.rates ?? mileage.rates).map((rate, i) => ({ id: `r${i}`, ...rate }));
		const lines = priced(lastFirst(one.trips), rates);
		fits(lines.map(({ trip, rate, distance, accrued, beyond, amount }) => ({
			id: trip.id, rate: rate?.rate ?? null, distance: distance / 10, accrued: accrued / 10,
			beyond: beyond / 10, amount,
		})), one.expected, one.name);
		assert.equal(lines.reduce((sum, { amount }) => sum + amount, 0), one.sum);
	});
