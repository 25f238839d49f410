// The API of the mileage and expense tracker at /compat/expenses/api/, as a client of that system uses it: it signs in
// with an e-mail and a password, keeps ids of its own, and polls.
import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { start } from "../harness.mjs";
import { answered } from "../lib/expect.mjs";
import { office } from "../lib/office.mjs";

const stack = await start({ settings: { origins: "https://portal.example.org" } });
const fresh = (roles) => office(stack, roles);

describe("signing in", () => {
	test("an e-mail and a password give a token of twelve hours for the only team", async () => {
		const { anna, space } = await fresh();
		const { status, body } = await anna.login();
		assert.equal(status, 200);
		assert.equal(body.success, true);
		assert.equal(body.employee.id, anna.id);
		assert.equal(body.employee.email, anna.native.email);
		assert.equal(body.employee.role, "admin");
		assert.deepEqual(body.employee.permissions, []);
		assert.equal("password" in body.employee, false);
		answered(await anna.post("/vehicles", { id: "v1", name: "Corolla" }));
		assert.equal(answered(await anna.native.get("/api/vehicles/v1")).vehicle.name, "Corolla");
		const tokens = answered(await anna.native.forAccount().get("/api/auth/tokens")).tokens;
		const { createdAt, expiresAt, scope, space: opened } = tokens.at(0);
		assert.deepEqual([Date.parse(expiresAt) - Date.parse(createdAt), scope, opened],
			[12 * 3600 * 1000, "write", space.id]);
	});
});
