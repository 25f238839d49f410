// How often what is used, counted on this device and told once a minute: how many toggles, moves, filters.  No car, no text.  Without a
// network the counts wait; they are no reason to trouble anybody.

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
			await report.here.request("POST", "/usage", { body: { events: report.events }, key: report.key });
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

/** Something was used: used("arrivedToggles"). */
export function used(type, times = 1) {
	const here = space.value;
	if (!here || times === 0)
		return;
	const types = counts.get(here) ?? new Map();
	types.set(type, (types.get(type) ?? 0) + times);
	counts.set(here, types);
	wait();
}
