// Every place of the app: its addresses, its name, its place in the navigation, and how its code is loaded.  The tabs
// of an area (time, fleet) are in its screen.jsx.  A screen is a default export that gets {params, query}.  It is
// loaded when it is first opened.

import { computed } from "@preact/signals";
import { matchPath, offerPast } from "../base/router.jsx";
import { definitions, hasRole, spaceInfo, visits } from "../base/state.js";

/**
 * paths: patterns of addresses.  nav: the order in rail and bar; without it the place is reached from elsewhere.  icon:
 * a name of ui/icon.jsx.  needs: a collection that the space must have.  kind: of the space that has the place.
 * covers: the collections that belong to it.  past: whether the place of these parameters can show the past.
 */
export const places = [
	{ name: "today", paths: ["/"], title: "Today", icon: "today", nav: 1, load: () => import("./today.jsx") },
	{
		name: "time", paths: ["/time", "/time/:view"], title: "Time", icon: "time", nav: 2,
		needs: "workSessions",
		covers: [
			"workSessions", "workSettings", "workRules", "workTerms", "periods", "clients", "projects",
			"jobSites", "schedules", "assignments", "messages",
		],
		past: () => true, load: () => import("../time/screen.jsx"),
	},
	{
		name: "fleet", paths: ["/fleet", "/fleet/:view", "/fleet/:view/:id"], title: "Fleet", icon: "fleet",
		nav: 3,
		needs: "cars",
		covers: ["cars", "shifts", "roster", "notifications"],
		past: () => true, load: () => import("../fleet/screen.jsx"),
	},
	// These areas have no screens of their own: their records are reached one by one, from More.
	{
		name: "expenses", paths: [], title: "Expenses", icon: "wallet", needs: "mileage",
		covers: [
			"timesheets", "dayNotes", "odometerReadings", "expenseReports", "vehicles", "places",
			"costCenters", "mileageRates", "perDiemRules",
		],
	},
	{
		name: "routine", paths: [], title: "Routine", icon: "check", needs: "tasks",
		covers: [
			"taskLogs", "moods", "exercises", "exerciseLogs", "books", "bookLogs", "routineSettings",
		],
	},
	{
		name: "collection", title: "Records", icon: "list",
		paths: ["/c/:collection", "/c/:collection/:id", "/c/:collection/:id/:panel"],
		past: ({ id, panel }) => id !== "+" && !panel, load: () => import("../generic/screen.jsx"),
	},
	{ name: "more", paths: ["/more"], title: "More", icon: "more", load: () => import("./more.jsx") },
	{
		name: "team", paths: ["/team", "/team/:panel"], title: "Team", icon: "team", nav: 5, kind: "team",
		covers: ["members", "employees", "spaceSettings"],
		load: () => import("./team.jsx"),
	},
	{
		name: "settings", paths: ["/settings", "/settings/:panel"], title: "Settings", icon: "settings", nav: 6,
		covers: ["imports"],
		load: () => import("./settings.jsx"),
	},
];

/** The place of an address, with its parameters: {place, params}, or null. */
export function placeOf(path) {
	for (const place of places)
		for (const pattern of place.paths) {
			const params = matchPath(pattern, path);
			if (params)
				return { place, params };
		}
	return null;
}

offerPast((path) => {
	const found = placeOf(path);
	return Boolean(found?.place.past?.(found.params));
});

const BELOW = ["team", "settings"]; // at the foot of the rail
const FIXED = ["today", "time", "fleet"]; // always in the bar of a phone, beside More and the one used most

/** Whether this space has a place. */
export function isOffered({ needs, kind }) {
	if (kind && kind !== spaceInfo.value?.kind)
		return false;
	return !needs || definitions.value.some((one) => one.name === needs);
}

function placeItem({ name, title, icon, paths, nav }) {
	return { name, title, icon, to: paths[0], nav };
}

/** The places of the navigation in this space, in order: [{name, title, icon, to}]. */
export const offered = computed(() =>
	places.filter((place) => place.nav && isOffered(place)).sort((a, b) => a.nav - b.nav).map(placeItem));

function collectionItem({ name, label, icon }) {
	return { name, title: label, icon: icon ?? "list", to: "/c/" + name };
}

function mayRead({ may }) {
	return !may?.read || hasRole(may.read);
}

// Collections that a personal space does not show: it has nobody to manage.
const FOR_TEAMS = ["members", "employees"];

/** All collections that the person may read here: [{name, title, icon, to, home}].  home: the place it belongs to. */
export const collections = computed(() => {
	const here = places.filter(isOffered), isTeam = spaceInfo.value?.kind === "team";
	const shown = definitions.value.filter((one) => mayRead(one) && (isTeam || !FOR_TEAMS.includes(one.name)));
	const homeOf = (name) => here.find((place) => place.covers?.includes(name))?.name ?? null;
	return shown.map((one) => ({ ...collectionItem(one), home: homeOf(one.name) }));
});

/** The collections that belong to no place. */
export const ownCollections = computed(() => collections.value.filter((one) => !one.home));

export const railPlaces = computed(() => ({
	places: offered.value.filter((place) => !BELOW.includes(place.name)),
	below: offered.value.filter((place) => BELOW.includes(place.name)),
}));

const more = { name: "more", title: "More", icon: "menu", to: "/more" };

/** The places of the bar, five at most: the fixed ones, the ones that this person uses most, and More. */
export const barPlaces = computed(() => {
	const fixed = offered.value.filter((place) => FIXED.includes(place.name));
	const others = [...ownCollections.value, ...offered.value.filter((place) => !FIXED.includes(place.name))];
	const timesOf = ({ to }) => visits.value[to] ?? 0;
	const often = others.sort((a, b) => timesOf(b) - timesOf(a));
	return [...fixed, ...often.slice(0, 4 - fixed.length), more];
});
