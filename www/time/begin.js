// Starting a timer from anywhere: by the timer itself, again from an entry, by a key or the palette.  A site that asks
// where one is, or for a photo, is clocked in at first.  Where the space refuses overlaps, what runs is stopped first.

import { signal } from "@preact/signals";
import { confirm } from "../ui/index.js";
import { rows } from "../base/state.js";
import { endLunch, overlap, sites, start, startLunch, stop, titleOf, underWay } from "./data.js";

/**
 * What waits until the person has clocked in: {site, wish, done}, where site is null until it is chosen; or null.  The
 * timer on the screen shows it.
 */
export const clocking = signal(null);

/** Whether people have to clock in at a site: it has a place or requires a photo. */
export function asksWhere(site) {
	return Boolean(site && (site.place || site.requirePhoto));
}

function siteOf(id) {
	return sites.value.find((one) => one.id === id && (one.status ?? "active") === "active");
}

/** What a timer like an entry would be for, without what is closed.  Whether it is billed follows from its project. */
export function wishOf({ kind = "work", note = "", jobSite, project, task, tags }) {
	const isOpen = rows("projects").value.some((one) => one.id === project && !one.archived);
	return {
		kind, note, jobSite: siteOf(jobSite)?.id ?? null, tags: tags ?? null,
		...(isOpen ? { project, task: task ?? null } : {}),
	};
}

/**
 * Stops what must not run beside a new timer, if the person agrees.  Resolves to whether the new one may start.
 */
export async function makeWay(kind = "work") {
	const others = overlap.value === "refuse"
		? underWay.value.filter((one) => one.lunch === (kind === "lunch"))
		: [];
	if (others.length === 0)
		return true;
	const isAgreed = await confirm({
		title: `Stop “${titleOf(others[0].row)}”?`, text: "Only one timer can run at a time in this space.",
		action: "Stop and start",
	});
	return isAgreed && stop(others);
}

/** Starts a timer, or lets the person clock in.  done: called when it has started. */
export async function begin(wish, done = () => {}) {
	const site = siteOf(wish.jobSite);
	if (asksWhere(site)) {
		clocking.value = { site, wish, done };
		return;
	}
	if (await makeWay(wish.kind) && await start(wish))
		done();
}

/** Lunch begins; or if it runs, work goes on as wished. */
export async function switchLunch(wish, done = () => {}) {
	if (!underWay.value.some((one) => one.lunch))
		return startLunch();
	const site = siteOf(wish.jobSite), asks = asksWhere(site);
	if (!await endLunch(asks ? null : wish))
		return;
	if (asks)
		clocking.value = { site, wish, done };
	else
		done();
}
