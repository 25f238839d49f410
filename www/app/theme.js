// Light, dark, or as the system has it.  The dark colours are in one media rule of the styles, and a choice that
// differs from the system changes the condition of that rule.  The choice belongs to the device, not to a person,
// because it is needed before any database is open.

import { signal } from "@preact/signals";

const KEY = "daybook-theme";
const DARK = "(prefers-color-scheme: dark)";
const CONDITIONS = { system: DARK, light: "not all", dark: "all" };
const changed = []; // the media rules whose condition is changed

function read() {
	try {
		const kept = localStorage.getItem(KEY);
		return kept in CONDITIONS ? kept : "system";
	} catch {
		return "system";
	}
}

/** "system", "light" or "dark". */
export const theme = signal(read());

function isDark(rule) {
	return rule instanceof CSSMediaRule && rule.media.mediaText.replace(/\s/g, "") === DARK.replace(/\s/g, "");
}

function find(rules) {
	for (const rule of rules) {
		if (isDark(rule))
			changed.push(rule);
		if (rule.cssRules)
			find(rule.cssRules);
	}
}

function apply(wanted) {
	if (changed.length === 0)
		for (const sheet of document.styleSheets)
			find(sheet.cssRules);
	for (const rule of changed)
		rule.media.mediaText = CONDITIONS[wanted];
	document.documentElement.style.colorScheme = wanted === "system" ? "" : wanted;
	for (const meta of document.querySelectorAll("meta[name=theme-color]"))
		meta.content = getComputedStyle(document.documentElement).getPropertyValue("--paper");
}

export function chooseTheme(wanted) {
	theme.value = wanted;
	try {
		localStorage.setItem(KEY, wanted);
	} catch {
		// A browser that stores nothing shows the choice until the page closes.
	}
	apply(wanted);
}

if (theme.value !== "system")
	apply(theme.value);
