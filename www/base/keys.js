// The keyboard.  A screen says which keys it knows while it is shown: useKeys({n: ["Add a weight", add]}).  Keys do
// nothing while somebody types or a sheet is open.

import { useLayoutEffect, useRef } from "preact/hooks";
import { isCovered, undoLast } from "../ui/index.js";
import { hide, layer, show } from "./layer.js";
import { go } from "./router.jsx";

const screens = []; // refs of the tables of the screens that are shown, the innermost last

/** keys: key → [words, what it does].  Of several screens that know a key, the innermost gets it. */
export function useKeys(keys) {
	const table = useRef(keys);
	table.current = keys;
	// A layout effect runs before the screen is painted, so the keys are known before one can be pressed.
	useLayoutEffect(() => {
		screens.push(table);
		return () => {
			screens.splice(screens.indexOf(table), 1);
		};
	}, []);
}

const PLACES = { t: "/", w: "/time", f: "/fleet", m: "/more", s: "/settings" }; // after G

const general = {
	"?": ["This list", () => show("help")],
	z: ["Take back what was done last", () => undoLast()],
	j: ["Next row", () => moveRow(1)],
	k: ["Row before", () => moveRow(-1)],
	"/": ["Search", () => show("palette")],
};

// Moves the focus to the next row.  The rows of all lists are buttons of one class.
function moveRow(by) {
	const rows = [...document.querySelectorAll(".content .row-open:not(.still), .content tbody tr[tabindex]")];
	const focused = rows.indexOf(document.activeElement);
	const at = focused < 0 ? rows.findIndex((row) => row.ariaCurrent === "true") : focused;
	rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : at + by]?.focus();
}

function isTyping({ isContentEditable, tagName, type }) {
	return isContentEditable ||
		(/^(?:INPUT|TEXTAREA|SELECT)$/.test(tagName) && !/^(?:checkbox|radio|button)$/.test(type));
}

function actionOf(key) {
	for (const table of [...screens].reverse())
		if (table.current?.[key])
			return table.current[key][1];
	return general[key]?.[1];
}

const WALKING = ["j", "k"]; // keys that go on while they are held down; of the others a press is one

const NEVER = -Infinity; // the clock of events begins with the page, so 0 is a moment ago on a fresh one
let wasG = NEVER; // when G was pressed

function onKey(event) {
	const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;

	if (event.defaultPrevented || event.isComposing || event.repeat && !WALKING.includes(key))
		return;
	if (key === "k" && (event.metaKey || event.ctrlKey) && !event.shiftKey && !event.altKey) {
		event.preventDefault();
		if (layer.value?.name === "palette")
			hide();
		else if (!isCovered())
			show("palette");
		return;
	}
	if (event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target) || isCovered())
		return;
	const place = event.timeStamp - wasG < 1_500 && PLACES[key];
	wasG = key === "g" ? event.timeStamp : NEVER;
	const action = place ? () => go(place) : actionOf(key);
	if (!action)
		return;
	event.preventDefault();
	action();
}

/** Listens to the keyboard.  Returns how to stop. */
export function follow() {
	addEventListener("keydown", onKey);
	return () => removeEventListener("keydown", onKey);
}

const wordsOf = (table) => Object.entries(table).map(([key, [words]]) => [key, words]);

/** What the keys do, for the help: {own: of this screen, general: everywhere}, each [[key, words]]. */
export function knownKeys() {
	const own = new Map(screens.flatMap((table) => wordsOf(table.current ?? {})));
	return { own: [...own], general: wordsOf(general).filter(([key]) => !own.has(key)) };
}
