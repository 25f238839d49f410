// Every screen of the app: its addresses, its name, where it stands in the navigation, and how its code is loaded.  An area (time, fleet,
// generic, …) is a folder; its screens are components that get {params, query}.  A screen is loaded when it is first looked at.

/**
 * paths: patterns.  nav: its order in the rail and bar; absent: reached from elsewhere.  icon: a name of ui/icon.jsx.
 * needs: a collection that must be readable for the place to be offered.  kind: only in spaces of that kind.
 */
export const places = [
	{ name: "today", paths: ["/"], title: "Today", icon: "today", nav: 1, load: () => import("./today.jsx") },
	{ name: "time", paths: ["/time", "/time/:view"], title: "Time", icon: "time", nav: 2, needs: "workSessions", load: () => import("../time/screen.jsx") },
	{ name: "fleet", paths: ["/fleet", "/fleet/:view", "/fleet/:view/:id"], title: "Fleet", icon: "fleet", nav: 3, needs: "cars", load: () => import("../fleet/screen.jsx") },
	{ name: "collection", paths: ["/c/:collection", "/c/:collection/:id", "/c/:collection/:id/:panel"], title: "Records", icon: "list", load: () => import("../generic/screen.jsx") },
	{ name: "team", paths: ["/team"], title: "Team", icon: "team", nav: 5, load: () => import("./team.jsx") },
	{ name: "settings", paths: ["/settings", "/settings/:panel"], title: "Settings", icon: "settings", nav: 6, load: () => import("./settings.jsx") },
];
