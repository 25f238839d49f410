// Counts how often toggles, moves, filters and the like are used, and reports that to the server once a minute.  A
// report names no car and holds no text.  Without a network the counts wait; a failure is not shown.

import { newId } from "../engine/engine.js";
import { space } from "../base/state.js";

const ROUND = 60_000; // milliseconds

const counts = new Map(); // space → type → times, since the last report
let report = null; // {here, events, key}: what was sent and not answered yet
let timer = null;

function nextReport() {
	for (const [here, types] of counts) {
		counts.delete(here);
		return { here, key: newId(), events: [...types].map(([type, count]) => ({ type, count })) };
	}
	return null;
}

async function tell() {
	timer = null;
	report ??= nextReport();
	if (report === null)
		return;
	try {
		if (!report.here.status.trouble) {
			const { here, events, key } = report;
			await here.request("POST", "/usage", { body: { events }, key });
			report = null;
		}
	} catch (error) {
		if (!error.isPassing)
			report = null;
	}
	if (report !== null || counts.size > 0)
		wait();
}

function wait() {
	timer ??= setTimeout(tell, ROUND);
}

/** Counts a use: used("arrivedToggles"). */
export function used(type, times = 1) {
	const here = space.value;
	if (!here || times === 0)
		return;
	const types = counts.get(here) ?? new Map();
	types.set(type, (types.get(type) ?? 0) + times);
	counts.set(here, types);
	wait();
}
