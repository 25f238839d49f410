// Addresses: real paths, so that links can be sent and opened without a network.  A screen is a row of places.js; its
// path says what it is about, its query how it is shown.

import { computed, signal } from "@preact/signals";
import { closeTop } from "../ui/index.js";
import { asOfIn } from "./past.js";

function read() {
	const url = new URL(location.href);
	return { path: url.pathname, query: Object.fromEntries(url.searchParams) };
}

/** {path, query} of the address. */
export const address = signal(read());

const showsPast = signal(() => false);

/** Says which paths can show the past. */
export function offerPast(test) {
	showsPast.value = test;
}

/** Whether a path can show the past. */
export const canShowPast = (path) => showsPast.value(path);

/** The moment of the past that is on the screen, as an instant; null for the present. */
export const moment = computed(() => (canShowPast(address.value.path) ? asOfIn(address.value.query) : null));

// Whoever looks at the past stays in it until the query says something else, or a place has none.
function atMoment(path, query = {}) {
	return moment.value && !("at" in query) && canShowPast(path) ? { ...query, at: moment.value } : query;
}

// The number of steps in the history of this window, stored with each step, so that back can be told from forward.
let steps = history.state?.steps ?? 0;
history.replaceState({ steps }, "");

// A step back closes what is open over the page.  The page stays, so the step is undone.
addEventListener("popstate", ({ state }) => {
	const to = state?.steps ?? steps;
	if (to < steps && closeTop())
		return history.go(steps - to);
	steps = to;
	address.value = read();
});

/** go("/fleet", {late: "1"}).  replace: adds no step to the history. */
export function go(path, query = {}, { replace = false } = {}) {
	const isGiven = ([, value]) => value !== null && value !== undefined && value !== "";
	const given = Object.entries(atMoment(path, query)).filter(isGiven);
	const text = given.length ? `${path}?${new URLSearchParams(given)}` : path;
	if (text === location.pathname + location.search)
		return;
	steps += replace ? 0 : 1;
	history[replace ? "replaceState" : "pushState"]({ steps }, "", text);
	address.value = read();
}

/** Changes only the query: setQuery({view: "list"}). */
export function setQuery(changes, options = { replace: true }) {
	go(address.value.path, { ...address.value.query, ...changes }, options);
}

/** The decoded parameters of a path, matchPath("/c/:collection/:id", "/c/cars/1"), or null. */
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

/**
 * Whether a click only follows a link: with a key held down, or by another button, the browser does what it always
 * does.
 */
export function isPlainClick({ button, metaKey, ctrlKey, shiftKey, altKey }) {
	return button === 0 && !metaKey && !ctrlKey && !shiftKey && !altKey;
}

/** A link that the app follows itself. */
export function Link({ to, query, children, ...rest }) {
	const whole = Object.entries(atMoment(to, query));
	const search = whole.length > 0 ? "?" + new URLSearchParams(whole) : "";
	const follow = (event) => {
		if (event.defaultPrevented || !isPlainClick(event))
			return;
		event.preventDefault();
		go(to, query);
	};
	return <a href={to + search} onClick={follow} {...rest}>{children}</a>;
}
