// Work of the server that takes longer than a request: it is asked how far it is until it is over.  No document.

const FIRST = 400, MOST = 2_000; // milliseconds between two questions

export const wait = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

/** Whether a job is over. */
export const isOver = ({ state }) => state === "done" || state === "failed";

/** The job of an answer: what could be done at once is over already, and is its own result. */
export function jobOf(data) {
	if (typeof data?.job === "string")
		return { id: data.job, state: "waiting" };
	return data?.job ?? { id: null, state: "done", result: data };
}

/**
 * Asks for a job until it is over, and resolves to it; see(job, isAway) hears how far it is, and whether the server
 * cannot be reached.  ask(id) resolves to the job.  Then it is asked again, because the job goes on without us.
 */
export async function follow(job, { ask, see, wait, isWanted = () => true }) {
	let latest = job, pause = FIRST;
	see(latest, false);
	while (!isOver(latest) && isWanted()) {
		await wait(pause);
		pause = Math.min(MOST, pause * 1.5);
		try {
			latest = await ask(latest.id);
			see(latest, false);
		} catch (error) {
			if (!error.isPassing)
				throw error;
			see(latest, true);
		}
	}
	return latest;
}
