// The engine under random people and random faults.  Each seed is a story (sim/story.mjs): two to five devices of up to
// three people in one or two teams create, change, remove, undo and decide, while requests and answers are lost, tabs
// are killed between any two steps, disks fill up, clocks are set, tokens run out, roles change, owners restore
// backups, spans are undone, and an operator restores an older database.  Then it becomes quiet, and sim/checker.mjs
// says whether all is well: everybody sees the same, everything that a device took is there exactly once or is shown.
//
//	DAYBOOK_SEED=17           that story alone
//	DAYBOOK_SIM_STORIES=500   that many stories, with random seeds
//	DAYBOOK_SIM_TELL=1        with what happened in each
import { test } from "node:test";
import assert from "node:assert/strict";
import { Story } from "./sim/story.mjs";
import { createEngine } from "../../www/engine/engine.js";

const { DAYBOOK_SEED, DAYBOOK_SIM_STORIES, DAYBOOK_SIM_TELL } = process.env;
const begin = DAYBOOK_SIM_STORIES === undefined ? 1 : Math.floor(Math.random() * 1e9);
const count = Number(DAYBOOK_SIM_STORIES ?? 20);
const seeds = DAYBOOK_SEED === undefined ? Array.from({ length: count }, (_, i) => begin + i) : [Number(DAYBOOK_SEED)];

for (const seed of seeds)
	test(`a story goes well (DAYBOOK_SEED=${seed})`, { timeout: 300_000 }, async () => {
		const story = new Story({ seed, createEngine });
		const found = await story.tellWhole();

		await story.world.end();
		if (DAYBOOK_SIM_TELL !== undefined || found.length > 0)
			console.log(story.log.join("\n"));
		assert.deepEqual(found, []);
	});
