// Definitions that change while devices run: they are asked for once, before anything that waits is sent, and again
// when an op is refused because its form did not know them.
import { test } from "node:test";
import assert from "node:assert/strict";
import { begin, definitions, reopen } from "./engine-aid.mjs";

const asked = (world) => world.server.calls("/collections").length;

// The server has new definitions: cars have one field more.  A server keeps the list that it was made with.
async function beginWith() {
	const list = structuredClone(definitions), world = await begin({ definitions: list });
	return {
		world,
		revise(more = {}) {
			list[0].fields.push({ name: "code", type: "text", label: "Code", ...more });
			list[0].revision += 1;
			world.server.stamp = `d${list[0].revision}`;
		},
	};
}

const fieldsOf = (world) => world.space.definition("cars").fields.map(({ name }) => name);

test("a changed definition reaches a running device soon after its next poll, with one question", async () => {
	const { world, revise } = await beginWith(), before = asked(world);
	await world.clock.run(60_000);
	assert.equal(asked(world), before, "nothing is asked while nothing changes");
	revise();
	await world.clock.run(16_000);
	assert.ok(fieldsOf(world).includes("code"));
	await world.clock.run(60_000);
	assert.equal(asked(world), before + 1);
});

test("what waits is sent after the new definitions are here", async () => {
	const { world, revise } = await beginWith();
	world.server.down = true;
	await world.finish(world.space.create("cars", { notes: "n" }, { id: "7" }));
	revise();
	world.server.down = false;
	await world.clock.run(80_000);
	const paths = world.server.log.map(({ path }) => path);
	const push = paths.findIndex((one) => one.endsWith("/push"));
	assert.ok(push >= 0);
	assert.ok(paths.slice(0, push).filter((one) => one.endsWith("/collections")).length >= 2);
	assert.ok(fieldsOf(world).includes("code"));
});

test("an op refused for a field that its form did not know is named so, and the form learns of it", async () => {
	const { world, revise } = await beginWith();
	revise({ required: true });
	const told = world.server.stamp;
	world.server.answer = (call) => {
		// The heads of this server tell of it too late.
		world.server.stamp = call.path.endsWith("/heads") ? "d1" : told;
		return undefined;
	};
	world.server.after = (call, answer) => {
		if (!call.path.endsWith("/push"))
			return answer;
		const problem = {
			type: "/problems/required", status: 400, detail: "Code is required.", field: "code",
		};
		const results = call.body.ops.map(({ op }) => ({ op, status: "rejected", problem }));
		return { status: 200, body: { epoch: "e1", head: 0, results } };
	};
	await world.finish(world.space.create("cars", { notes: "n" }, { id: "7" }));
	await world.sync();
	assert.deepEqual(world.space.ops.map(({ state, problem }) => [state, problem.detail]),
		[["rejected", "Code is required."]]);
	assert.ok(fieldsOf(world).includes("code"));
	assert.equal(world.space.get("cars", "7").notes, "n", "what was written stays");
});

test("after a restart definitions that have not changed are asked for by their tag", async () => {
	const { world } = await beginWith(), next = await reopen(world), before = asked(next);
	let bytes = 0;
	next.server.after = (call, answer) => {
		bytes += call.path.endsWith("/collections") && answer.status === 200 ? 1 : 0;
		return answer;
	};
	await next.clock.run(30_000);
	assert.ok(asked(next) > before);
	assert.equal(bytes, 0);
});
