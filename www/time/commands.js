// What the palette knows of Time: start, stop, lunch, what was done before; and entries, found by their words.

import { computed } from "@preact/signals";
import { formatDate, formatDay } from "../ui/index.js";
import { go } from "../base/router.jsx";
import { definition, may, personName, row, rows, rowsNow, space, userId } from "../base/state.js";
import { stopTimer, timerTitle, timersElsewhere } from "../base/timers.js";
import { begin, switchLunch, wishOf } from "./begin.js";
import { projectName, sessions, sites, stop, titleOf, today, underWay } from "./data.js";
import { lastOf, recentOf } from "./sessions.js";

const OFFERED = 6; // things done before
const LOOKED_AT = 20_000; // entries
const MOST = 12; // entries that are found

// The screen with the timer comes first: it shows the question of a site.
function beginThere(wish) {
	go("/time");
	begin(wish);
}

function wordsOf(one) {
	return [row("jobSites", one.jobSite)?.name, projectName(one.project), one.note].filter(Boolean).join(", ");
}

/** What can be done with the timer now: [{title, hint, icon, run}]. */
export function timeCommands() {
	const list = [], live = underWay.value, isLunch = live.some((one) => one.lunch);
	const put = (title, icon, run) => list.push({ title, hint: "Timer", icon, run });
	for (const timer of timersElsewhere.value)
		put(`Stop ${timerTitle(timer.row)} in ${timer.space.name}`, "stop", () => stopTimer(timer));
	if (!definition("workSessions") || !may("create", "workSessions"))
		return list;
	const next = wishOf(lastOf(sessions.value, sites.value, rows("projects").value));
	for (const one of live)
		put(`Stop timer: ${titleOf(one.row)}`, "stop", () => stop([one]));
	if (live.length === 0)
		put("Start timer", "play", () => beginThere(next));
	put(isLunch ? "Back to work" : "Lunch", "lunch", () => switchLunch(next));
	for (const one of recentOf(sessions.value, "", { wordsOf }).slice(0, OFFERED))
		put(`Start timer: ${wordsOf(one)}`, "play", () => beginThere(wishOf(one)));
	return list;
}

// The words of entries, as long as the names in them are what they were.
const known = computed(() => {
	for (const name of ["projects", "jobSites", "members"])
		rowsNow(name).value;
	return new WeakMap();
});

const LONG = { weekday: "long", day: "numeric", month: "long", year: "numeric" };

// The words by which an entry is found: what it was for, whose it is, and its day as people say it.
function wordsOfEntry(one) {
	const words = known.value;
	if (!words.has(one)) {
		const person = (one.owner ?? userId.value) === userId.value ? "" : personName(one.owner);
		const day = one.day ? `${formatDate(one.day, LONG)} ${one.day}` : "";
		const what = [titleOf(one), one.note, projectName(one.project), one.task, ...one.tags ?? []];
		words.set(one, [...what, person, day].filter(Boolean).join(" "));
	}
	return words.get(one);
}

function openEntry(one) {
	const of = (one.owner ?? userId.value) === userId.value ? null : one.owner;
	go("/time", { ...(of ? { of } : {}), day: one.day, entry: one.id });
}

/**
 * The entries of the space that fit: [{score, title, hint, icon, run}].  fit(text): how well a text fits what is typed,
 * 0 not at all.
 */
export function findEntries(fit) {
	if (!space.value || !definition("workSessions"))
		return [];
	const found = [];
	for (const one of rowsNow("workSessions").value.slice(0, LOOKED_AT)) {
		const score = fit(wordsOfEntry(one));
		if (score > 0)
			found.push({ score, one });
	}
	return found.sort((left, right) => right.score - left.score || (left.one.start < right.one.start ? 1 : -1))
		.slice(0, MOST).map(({ score, one }) => ({
			score, title: `${titleOf(one)}, ${formatDay(one.day ?? "", today.value)}`, hint: "Time",
			icon: one.kind === "lunch" ? "lunch" : "time", run: () => openEntry(one),
		}));
}
