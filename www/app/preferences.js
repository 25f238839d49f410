// Settings of this device that are needed before anybody's database is open.

const POLL_KEY = "daybook-poll";

export const POLLS = [[5_000, "Every 5 seconds"], [15_000, "Every 15 seconds"], [60_000, "Every minute"], [300_000, "Every 5 minutes"]];

/** Milliseconds between two looks for news while somebody looks at the app. */
export function readPoll() {
	try {
		const kept = Number(localStorage.getItem(POLL_KEY));
		return POLLS.some(([ms]) => ms === kept) ? kept : POLLS[0][0];
	} catch {
		return POLLS[0][0];
	}
}

/** Holds from the next start of the app on. */
export function keepPoll(ms) {
	try {
		localStorage.setItem(POLL_KEY, String(ms));
		return true;
	} catch {
		return false;
	}
}
