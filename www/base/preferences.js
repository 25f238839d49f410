// Settings of this device that are needed before the database of a person is open.

const POLL_KEY = "daybook-poll";
const LOCALE_KEY = "daybook-locale";
const TOUCH_KEY = "daybook-touched";

export const POLLS = [
	[5_000, "Every 5 seconds"], [15_000, "Every 15 seconds"], [60_000, "Every minute"],
	[300_000, "Every 5 minutes"],
];

// Null if the browser stores nothing for pages.
function read(key) {
	try {
		return localStorage.getItem(key);
	} catch {
		return null;
	}
}

function keep(key, value) {
	try {
		if (value === null)
			localStorage.removeItem(key);
		else
			localStorage.setItem(key, value);
		return true;
	} catch {
		return false;
	}
}

/** The regions to choose from, for numbers and dates.  The words of the app are English in all of them. */
export const REGIONS = [
	"en-GB", "en-US", "en-CA", "en-AU", "en-IE", "da-DK", "de-AT", "de-CH", "de-DE", "es-ES", "es-MX", "fi-FI",
	"fr-CA", "fr-CH", "fr-FR", "it-IT", "ja-JP", "nb-NO", "nl-NL", "pl-PL", "pt-BR", "pt-PT", "sv-SE",
];

/** Milliseconds between two polls while the app is visible. */
export function readPoll() {
	const kept = Number(read(POLL_KEY));
	return POLLS.some(([ms]) => ms === kept) ? kept : POLLS[0][0];
}

/** Takes effect at the next start of the app. */
export function keepPoll(ms) {
	return keep(POLL_KEY, String(ms));
}

/** The chosen region for numbers and dates, or null for the browser's own. */
export function readLocale() {
	const kept = read(LOCALE_KEY);
	return REGIONS.includes(kept) ? kept : null;
}

/** Takes effect at the next start of the app. */
export function keepLocale(name) {
	return keep(LOCALE_KEY, name);
}

/** When somebody last touched a shared handheld, in any of its tabs; 0 if that is not known. */
export function readTouch() {
	return Number(read(TOUCH_KEY)) || 0;
}

export function keepTouch(at) {
	return keep(TOUCH_KEY, String(at));
}
