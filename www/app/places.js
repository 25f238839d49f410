// Every screen of the app: its addresses, its name, where it stands in the navigation, and how its code is loaded.  An area (time, fleet,
// generic, …) is a folder; its screens are default exports that get {params, query}.  A screen is loaded when it is first looked at.

import { computed } from "@preact/signals";
import { matchPath } from "../base/router.jsx";
import { definitions, hasRole, spaceInfo, visits } from "../base/state.js";

/**
 * paths: patterns.  nav: its order in the rail and bar; absent: reached from elsewhere.  icon: a name of ui/icon.jsx.
 * needs: a collection that must be readable for the place to be offered.  covers: collections that are at home there.
 */
export const places = [
	{ name: "today", paths: ["/"], title: "Today", icon: "today", nav: 1, load: () => import("./today.jsx") },
	{
		name: "time", paths: ["/time", "/time/:view"], title: "Time", icon: "time", nav: 2, needs: "workSessions",
		covers: ["workSessions", "workSettings", "jobSites", "schedules", "assignments", "messages"], load: () => import("../time/screen.jsx"),
	},
	{
		name: "fleet", paths: ["/fleet", "/fleet/:view", "/fleet/:view/:id"], title: "Fleet", icon: "fleet", nav: 3, needs: "cars",
		covers: ["cars", "shifts", "roster", "notifications"], load: () => import("../fleet/screen.jsx"),
	},
	{ name: "collection", paths: ["/c/:collection", "/c/:collection/:id", "/c/:collection/:id/:panel"], title: "Records", icon: "list", load: () => import("../generic/screen.jsx") },
	{ name: "more", paths: ["/more"], title: "More", icon: "more", load: () => import("./more.jsx") },
	{ name: "team", paths: ["/team", "/team/:panel"], title: "Team", icon: "team", nav: 5, kind: "team", covers: ["members", "employees", "spaceSettings"], load: () => import("./team.jsx") },
	{ name: "settings", paths: ["/settings", "/settings/:panel"], title: "Settings", icon: "settings", nav: 6, load: () => import("./settings.jsx") },
];

/** The place an address leads to, with its parameters; null when there is none. */
export function placeOf(path) {
	for (const place of places)
		for (const pattern of place.paths) {
			const params = matchPath(pattern, path);
			if (params)
				return { place, params };
		}
	return null;
}

const BELOW = ["team", "settings"]; // at the foot of the rail
const FIXED = ["today", "time", "fleet"]; // in the bar of a phone, with More and the one used most

/** Whether a place is there in this space. */
export function isOffered(place) {
	const { kind } = spaceInfo.value ?? {};
	return (!place.needs || definitions.value.some((one) => one.name === place.needs)) && (!place.kind || place.kind === kind);
}

function placeItem({ name, title, icon, paths, nav }) {
	return { name, title, icon, to: paths[0], nav };
}

/** The places of the navigation in this space, in order: [{name, title, icon, to}]. */
export const offered = computed(() => places.filter((place) => place.nav && isOffered(place)).sort((a, b) => a.nav - b.nav).map(placeItem));

function collectionItem({ name, label, icon }) {
	return { name, title: label, icon: icon ?? "list", to: "/c/" + name };
}

function mayRead({ may }) {
	return !may?.read || hasRole(may.read);
}

// A personal space has nobody to manage; its settings (zone, currency, lunch) it has all the same.
const FOR_TEAMS = ["members", "employees"];

/** All collections a person may look at here, each with the place it is at home in: [{…, home}]. */
export const collections = computed(() => {
	const here = places.filter(isOffered);
	const shown = definitions.value.filter((one) => mayRead(one) && (spaceInfo.value?.kind === "team" || !FOR_TEAMS.includes(one.name)));
	return shown.map((one) => ({ ...collectionItem(one), home: here.find((place) => place.covers?.includes(one.name))?.name ?? null }));
});

/** Those without a place of their own. */
export const ownCollections = computed(() => collections.value.filter((one) => !one.home));

export const railPlaces = computed(() => ({
	places: offered.value.filter((place) => !BELOW.includes(place.name)),
	below: offered.value.filter((place) => BELOW.includes(place.name)),
}));

const more = { name: "more", title: "More", icon: "menu", to: "/more" };

/** At most five: the fixed ones, what this person uses most besides, and the rest behind More. */
export const barPlaces = computed(() => {
	const fixed = offered.value.filter((place) => FIXED.includes(place.name));
	const others = [...ownCollections.value, ...offered.value.filter((place) => !FIXED.includes(place.name))];
	const often = others.map((place) => [place, visits.value[place.to] ?? 0]).sort((a, b) => b[1] - a[1]).map(([place]) => place);
	return [...fixed, ...often.slice(0, 4 - fixed.length), more];
});
