// Work of the server that takes longer than a request: it is asked how far it is until it is over.  No document.

const FIRST = 400, MOST = 2_000; // milliseconds between two questions

/** Whether a job is over. */
export const isOver = ({ state }) => state === "done" || state === "failed";

/** The job of an answer: what could be done at once is over already, and is its own result. */
export function jobOf(data) {
	if (typeof data?.job === "string")
		return { id: data.job, state: "waiting" };
	return data?.job ?? { id: null, state: "done", result: data };
}

/**
 * Asks for a job until it is over, and resolves to it; see(job) hears how far it is.  ask(id) resolves to the job.
 * While the server cannot be reached it is asked again, because the job goes on without us.
 */
export async function follow(job, { ask, see, wait, isWanted = () => true }) {
	let latest = job, pause = FIRST;
	see(latest);
	while (!isOver(latest) && isWanted()) {
		await wait(pause);
		pause = Math.min(MOST, pause * 1.5);
		try {
			latest = await ask(latest.id);
			see(latest);
		} catch (error) {
			if (!error.isPassing)
				throw error;
		}
	}
	return latest;
}
