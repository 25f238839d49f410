// Waiting: each wait has an end, and says then what it waited for.

export const PATIENCE = 90; // seconds; the app itself may pause for more than a minute after failures

const NAP = 40; // milliseconds between two questions

function late(what, patience, error) {
	return new Error(`waited ${patience} s in vain: ${what}${error ? ` (${error.message})` : ""}`);
}

/** Settles as the promise does; rejects after `patience` seconds and names what it waited for. */
export function within(what, promise, patience = PATIENCE) {
	let timer;
	const end = new Promise((_, reject) => {
		timer = setTimeout(() => reject(late(what, patience)), patience * 1000);
	});
	return Promise.race([promise, end]).finally(() => clearTimeout(timer));
}

/** Ask again and again until ask() gives something truthy: that.  An ask() that throws is asked again too. */
export async function until(what, ask, patience = PATIENCE) {
	const end = Date.now() + patience * 1000;
	let failed;

	for (;;) {
		try {
			const left = Math.max(1, (end - Date.now()) / 1000);
			const value = await within("an answer", (async () => ask())(), Math.round(left));
			if (value)
				return value;
			failed = undefined;
		} catch (error) {
			failed = error;
		}
		if (Date.now() >= end)
			throw late(what, patience, failed);
		await new Promise((resolve) => setTimeout(resolve, NAP));
	}
}
