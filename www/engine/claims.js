// @ts-check
// The two ways in which a tab claims the lead (leading.js): a Web Lock, or, where the page has none, a lease in
// IndexedDB that is renewed while the tab lives.  A claim is repeated until it is stopped.

const LEASE = 15_000, LEASE_AGAIN = 5_000, LOCK_AGAIN = 50; // milliseconds

/**
 * givesWay: whether another tab goes first this time.  leads: whether this tab leads now.  begins, ends: it leads, it
 * leads no longer.  isDeserted: whether no other tab says that it leads.  isCurrent: whether this tab still claims the
 * lead of this name.
 * @typedef {{key: string, tab: string, device: import("./device.js").Device, clock: import("./clock.js").Clock,
 *   givesWay: () => boolean, leads: () => boolean, begins: () => void, ends: () => Promise<void>,
 *   isDeserted: () => Promise<boolean>, isCurrent: () => boolean}} Parts
 * @typedef {{giveWay: () => void, stop: () => Promise<void>}} Claim
 */

/** @param {LockManager} locks @param {Parts} parts @returns {Claim} */
export function claimByLock(locks, { key, clock, givesWay, begins, ends }) {
	/** Lets the lock go. */
	let release = () => {};
	/** @type {any} */
	let timer = null;
	let stopped = false;

	async function hold() {
		if (stopped || givesWay())
			return;
		/** @type {Promise<void>} */
		const released = new Promise((resolve) => { release = resolve; });
		begins();
		await released;
		await ends();
	}

	function queue() {
		locks.request(key, hold).catch(() => {}).then(() => {
			if (!stopped)
				timer = clock.wait(queue, LOCK_AGAIN);
		});
	}

	queue();
	return {
		giveWay: () => release(),
		async stop() {
			stopped = true;
			clock.forget(timer);
			await ends();
			release();
		},
	};
}

/** @param {Parts} parts @returns {Claim} */
export function claimByLease({ key, tab, device, clock, givesWay, leads, begins, ends, isDeserted, isCurrent }) {
	/** @type {any} */
	let timer = null;
	let stopped = false;

	const lease = () => device.lease(key, tab, clock.now(), LEASE);
	const release = () => device.release(key, tab);

	/** Lets go of a lease whose holder is gone, as a page is after a reload. */
	async function freeDeserted() {
		const held = await device.get("lease:" + key);
		if (held && await isDeserted())
			await device.release(key, held.holder);
	}

	async function take() {
		if (await lease())
			return true;
		if (leads())
			return false;
		await freeDeserted();
		return !stopped && lease();
	}

	async function attempt() {
		let held = leads();
		try {
			held = (leads() || !givesWay()) && await take();
		} catch {
			// The database is away for a moment.  A tab that leads goes on leading: two leaders do no harm,
			// because no op is applied twice.
		}
		if (stopped) {
			// It was taken for a person who has signed out since.
			if (held && !isCurrent())
				await release().catch(() => {});
			return;
		}
		if (held && !leads())
			begins();
		else if (!held && leads())
			await ends();
		timer = clock.wait(attempt, LEASE_AGAIN);
	}

	attempt();
	return {
		giveWay() {
			if (leads())
				ends().then(release).catch(() => {});
		},
		async stop() {
			stopped = true;
			clock.forget(timer);
			await ends();
			await release().catch(() => {});
		},
	};
}
