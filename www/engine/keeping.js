// @ts-check
// How long an account keeps things on the device: acknowledged ops for 30 days, and everything else for as long as the
// browser keeps it.  The browser is asked to promise that.

const KEPT = 30 * 86_400_000; // milliseconds for which acknowledged ops are kept
const ASK_AGAIN = 7 * 86_400_000; // milliseconds between requests to the browser, which may ask the person each time

/** @param {import("./database.js").Database} database @param {number} now */
export function forgetOld(database, now) {
	return database.write(["done"], async (work) => {
		for (const op of await work.all("done"))
			if (op.doneAt < now - KEPT)
				await work.delete("done", op.id);
	});
}

/**
 * Asks the browser to keep the database, unless it has promised to or was asked not long ago.
 * @param {import("./environment.js").Environment} env @param {(persisted: boolean) => void} learnt
 */
export async function askToPersist({ storage, clock, device }, learnt) {
	if (!storage)
		return;
	const persisted = await storage.persisted();
	learnt(persisted);
	if (persisted || Math.abs(clock.now() - (await device.get("askedToPersist") ?? 0)) < ASK_AGAIN)
		return;
	await device.put("askedToPersist", clock.now());
	learnt(await storage.persist());
}
