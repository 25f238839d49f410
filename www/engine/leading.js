// @ts-check
// Which of several tabs is the leader and talks to the server: one at a time, a visible one if there is one.  How a tab
// claims the lead is claims.js.
import { claimByLease, claimByLock } from "./claims.js";

const ANSWER = 1_000; // milliseconds in which the leader says so
const BOUNCES = 3; // times a hidden tab gives way to a visible one that may be gone

/**
 * Visible tabs that would like to lead, and how often this one has let them go first.
 * @param {() => boolean} isVisible
 */
export function createCourtesy(isVisible) {
	const wanting = new Set();
	let bounces = 0;
	return {
		/** @param {string} tab @param {boolean} wants */
		note(tab, wants) {
			if (wants)
				wanting.add(tab);
			else
				wanting.delete(tab);
		},
		/** This tab leads.  If it is visible, no other one needs to. @param {string} tab */
		taken(tab) {
			wanting.delete(tab);
			if (isVisible())
				wanting.clear();
		},
		/** Whether this tab, about to lead, lets another go first. */
		givesWay() {
			const gives = !isVisible() && wanting.size > 0 && bounces < BOUNCES;
			bounces = gives ? bounces + 1 : 0;
			return gives;
		},
	};
}

/**
 * @param {{name: string, locks: LockManager | null, device: import("./device.js").Device,
 *   clock: import("./clock.js").Clock, tab: string, isVisible: () => boolean, tell: (message: any) => void,
 *   hears: boolean}} parts tell: to the other tabs; hears: whether they can answer
 */
export function createLeading({ name, locks, device, clock, tab, isVisible, tell, hears }) {
	const { note, taken, givesWay } = createCourtesy(isVisible);
	/** @type {{begins: () => void, ends: () => Promise<void>} | null} */
	let leader = null;
	/** @type {import("./claims.js").Claim | null} */
	let claim = null;
	let leadership = ""; // the key of the lock or lease
	let leads = false, answers = 0;

	function begins() {
		leads = true;
		taken(tab);
		tell({ wants: false });
		leader?.begins();
	}

	async function ends() {
		if (!leads)
			return;
		leads = false;
		await leader?.ends();
	}

	/** Whether no other tab says that it leads. @param {string} key */
	async function isDeserted(key) {
		if (!hears)
			return false;
		const before = answers;
		tell({ who: key });
		await new Promise((resolve) => { clock.wait(() => resolve(null), ANSWER); });
		return answers === before;
	}

	return {
		get leads() { return leads; },
		/** From another tab. @param {any} message */
		hear(message) {
			if (typeof message.wants === "boolean")
				note(message.tab, message.wants);
			if (message.wants === true && leads && !isVisible())
				claim?.giveWay();
			if (message.who === leadership && leads)
				tell({ leads: leadership });
			else if (message.leads === leadership)
				answers += 1;
		},
		/** @param {string} what @param {{begins: () => void, ends: () => Promise<void>}} told */
		lead(what, told) {
			const key = `${name}.${what}.leader`;
			leader = told;
			leadership = key;
			const parts = {
				key, tab, device, clock, givesWay, begins, ends, leads: () => leads,
				isDeserted: () => isDeserted(key), isCurrent: () => leadership === key,
			};
			claim = locks ? claimByLock(locks, parts) : claimByLease(parts);
		},
		isDeserted: () => isDeserted(leadership),
		/** This tab has become visible or hidden. */
		looked() {
			if (!leads)
				tell({ wants: isVisible() });
		},
		/** Does not lead any more, and does not ask to. */
		async resign() {
			const before = claim;
			claim = null;
			await before?.stop();
			if (claim === null)
				leader = null;
		},
	};
}
