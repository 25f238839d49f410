// @ts-check
// Several tabs of one browser hold the same data: one of them leads and talks to the server, a visible one if
// there is one, and what a tab writes it tells the others.  Web Locks where the page has them, else leases in
// IndexedDB; no BroadcastChannel, no telling: tabs then notice by looking.

const LEASE = 15_000, LEASE_AGAIN = 5_000, ALONE_AGAIN = 200, ANSWER = 1_000; // milliseconds
const BOUNCES = 3; // times a hidden tab gives way to a visible one that may be gone

/**
 * @param {{name: string, locks: LockManager | null, makeChannel: import("./engine.d.ts").EngineOptions["channel"],
 *   device: import("./device.js").Device, clock: import("./clock.js").Clock, tab: string, isVisible: () => boolean,
 *   heard: (message: any) => void}} parts
 */
export function createTabs({ name, locks, makeChannel, device, clock, tab, isVisible, heard }) {
	const channel = makeChannel ? makeChannel(name) : null;
	/** @type {(() => void) | null} lets the lock go */
	let release = null;
	let leads = false, life = 0, bounces = 0, turns = 0, answered = false;
	/** @type {any} */
	let timer = null;
	/** Visible tabs that would like to lead. */
	const wanting = new Set();
	/** @type {{begins: () => void, ends: () => Promise<void>} | null} */
	let leader = null;
	let leadership = ""; // the key of the lock or lease

	/** @param {any} message */
	function tell(message) {
		try {
			channel?.postMessage({ tab, ...message });
		} catch {
			// A message that cannot be copied, or a channel that was closed: the others look by themselves.
		}
	}

	if (channel)
		channel.onmessage = (event) => {
			const message = event.data;
			if (!message || message.tab === tab)
				return;
			if (message.wants === true)
				wanting.add(message.tab);
			else if (message.wants === false)
				wanting.delete(message.tab);
			if (message.wants === true && leads && !isVisible())
				giveWay();
			if (message.who === leadership && leads)
				tell({ leads: leadership });
			else if (message.leads === leadership)
				answered = true;
			heard(message);
		};

	// --- one at a time ---

	/**
	 * Runs it while no other tab runs anything of this name.
	 * @template T @param {string} what @param {() => Promise<T>} doing @returns {Promise<T>}
	 */
	async function alone(what, doing) {
		const key = `${name}.${what}`;
		if (locks)
			return locks.request(key, doing);
		const holder = `${tab}.${turns += 1}`;
		while (!(await device.lease(key, holder, clock.now(), LEASE)))
			await new Promise((resolve) => { clock.wait(() => resolve(null), ALONE_AGAIN); });
		try {
			return await doing();
		} finally {
			await device.release(key, holder).catch(() => {});
		}
	}

	// --- leading ---

	function begins() {
		leads = true;
		wanting.delete(tab);
		if (isVisible())
			wanting.clear();
		tell({ wants: false });
		leader?.begins();
	}

	async function ends() {
		if (!leads)
			return;
		leads = false;
		await leader?.ends();
	}

	/** @param {string} key @param {number} mine */
	function queueForLock(key, mine) {
		/** @type {LockManager} */ (locks).request(key, async () => {
			if (mine !== life)
				return;
			if (!isVisible() && wanting.size > 0 && bounces < BOUNCES) {
				bounces += 1;
				return;
			}
			bounces = 0;
			/** @type {Promise<void>} */
			const released = new Promise((resolve) => { release = resolve; });
			begins();
			await released;
			await ends();
		}).catch(() => {}).then(() => {
			if (mine === life)
				timer = clock.wait(() => queueForLock(key, mine), 50);
		});
	}

	/** A lease whose holder is gone, as a page is after a reload, is let go for it. @param {string} key */
	async function freeDeserted(key) {
		const held = await device.get("lease:" + key);
		if (!channel || !held)
			return;
		answered = false;
		tell({ who: key });
		await new Promise((resolve) => { clock.wait(() => resolve(null), ANSWER); });
		if (!answered)
			await device.release(key, held.holder);
	}

	/** @param {string} key @param {number} mine */
	async function takeLease(key, mine) {
		if (await device.lease(key, tab, clock.now(), LEASE))
			return true;
		if (leads)
			return false;
		await freeDeserted(key);
		return mine === life && device.lease(key, tab, clock.now(), LEASE);
	}

	/** @param {string} key @param {number} mine */
	async function tryLease(key, mine) {
		let held = leads;
		try {
			const yields = !leads && !isVisible() && wanting.size > 0 && bounces < BOUNCES;
			bounces = yields ? bounces + 1 : 0;
			held = !yields && await takeLease(key, mine);
		} catch {
			// The database is away for a moment: who led goes on, ops cannot be applied twice.
		}
		// It was asked for somebody who has gone since.
		if (mine !== life && held && key !== leadership)
			await device.release(key, tab).catch(() => {});
		if (mine !== life)
			return;
		if (held && !leads)
			begins();
		else if (!held && leads)
			await ends();
		timer = clock.wait(() => tryLease(key, mine), LEASE_AGAIN);
	}

	function giveWay() {
		if (release)
			return release();
		if (!leads)
			return;
		ends().then(() => device.release(leadership, tab)).catch(() => {});
	}

	return {
		tell, alone,
		get leads() { return leads; },
		hears: channel !== null,
		/** @param {string} what @param {{begins: () => void, ends: () => Promise<void>}} told */
		lead(what, told) {
			leader = told;
			life += 1;
			leadership = `${name}.${what}.leader`;
			if (locks)
				queueForLock(leadership, life);
			else
				tryLease(leadership, life);
		},
		/** This tab is looked at, or not any more. */
		looked() {
			if (!leads)
				tell({ wants: isVisible() });
		},
		/** Leads no more, and does not ask to. */
		async resign() {
			life += 1;
			clock.forget(timer);
			await ends();
			leader = null;
			release?.();
			release = null;
			if (!locks)
				await device.release(leadership, tab).catch(() => {});
		},
		close() {
			tell({ wants: false });
			channel?.close();
		},
	};
}

/** @typedef {ReturnType<typeof createTabs>} Tabs */
