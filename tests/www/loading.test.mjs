// An empty list means nothing while the records of a space are still coming, as on a new device, or on one whose
// database was damaged: each screen that says that there is nothing asks first whether everything is here.
import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const www = fileURLToPath(new URL("../../www/", import.meta.url));

// What these say comes from elsewhere than from the records of this device.
const ELSEWHERE = {
	"app/nowhere.jsx": "an address", "app/handheld-door.jsx": "the server",
	"backups/put-back.jsx": "the server, compared with what was kept",
	"fleet/analytics.jsx": "the server", "fleet/board.jsx": "a filter of cars that are there",
	"fleet/list.jsx": "a filter of cars that are there", "generic/conflict.jsx": "an op",
	"generic/past.jsx": "the server", "time/rules.jsx": "the definitions",
	"time/timesheet.jsx": "a part of reports.jsx, which asks",
};

test("what says that there is nothing knows whether the space is loaded", async () => {
	const rooms = (await readdir(www, { withFileTypes: true })).filter((one) => one.isDirectory())
		.map(({ name }) => name).filter((name) => !["node_modules", "ui", "engine"].includes(name));
	const found = [];
	for (const room of rooms)
		for (const file of (await readdir(path.join(www, room))).filter((name) => name.endsWith(".jsx"))) {
			const text = await readFile(path.join(www, room, file), "utf8");
			if (text.includes("<Empty") && !/OnceLoaded|NotYet|\.loaded/.test(text))
				found.push(`${room}/${file}`);
		}
	assert.deepEqual(found, Object.keys(ELSEWHERE).sort());
});
