// Addresses: real paths, so that links can be sent and opened without a network.  A screen is a row of places.js; what it is about
// stands in the path, how it is looked at in the query.

import { signal } from "@preact/signals";
import { closeTop } from "../ui/index.js";

function read() {
	const url = new URL(location.href);
	return { path: url.pathname, query: Object.fromEntries(url.searchParams) };
}

/** {path, query} of the address. */
export const address = signal(read());

// How many steps this window has gone, kept with each of them: only so is a step back told from one forward.
let steps = history.state?.steps ?? 0;
history.replaceState({ steps }, "");

// A step back closes what lies over the page, and the page stays: the step is taken forward again.
addEventListener("popstate", ({ state }) => {
	const to = state?.steps ?? steps;
	if (to < steps && closeTop())
		return history.go(steps - to);
	steps = to;
	address.value = read();
});

/** go("/fleet", {late: "1"}); replace keeps the way back as it is. */
export function go(path, query = {}, { replace = false } = {}) {
	const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== "");
	const text = given.length ? `${path}?${new URLSearchParams(given)}` : path;
	if (text === location.pathname + location.search)
		return;
	steps += replace ? 0 : 1;
	history[replace ? "replaceState" : "pushState"]({ steps }, "", text);
	address.value = read();
}

/** Changes the query of this screen alone: setQuery({view: "list"}). */
export function setQuery(changes, options = { replace: true }) {
	go(address.value.path, { ...address.value.query, ...changes }, options);
}

/** "/c/:collection/:id" against "/c/cars/1": the parameters, decoded, or null. */
export function matchPath(pattern, path) {
	const [wanted, given] = [pattern, path].map((text) => text.split("/").filter(Boolean));
	const params = {};
	if (wanted.length !== given.length)
		return null;
	for (const [at, part] of wanted.entries())
		if (part.startsWith(":"))
			params[part.slice(1)] = decode(given[at]);
		else if (part !== given[at])
			return null;
	return params;
}

function decode(text) {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}

/** A link that the app follows itself; with a key held down the browser does what it always does. */
export function Link({ to, query, children, ...rest }) {
	const search = query ? "?" + new URLSearchParams(query) : "";
	const follow = (event) => {
		if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
			return;
		event.preventDefault();
		go(to, query);
	};
	return <a href={to + search} onClick={follow} {...rest}>{children}</a>;
}
