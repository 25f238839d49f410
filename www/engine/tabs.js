// @ts-check
// Several tabs of one browser hold the same data.  What one writes it tells the others, and what must not be done twice
// at once is done in turn.  A page without Web Locks uses leases in IndexedDB; without a BroadcastChannel nothing is
// told, and tabs notice by looking.
import { createLeading } from "./leading.js";

const LEASE = 15_000, ALONE_AGAIN = 200; // milliseconds

/**
 * @param {{name: string, locks: LockManager | null, makeChannel: import("./engine.d.ts").EngineOptions["channel"],
 *   device: import("./device.js").Device, clock: import("./clock.js").Clock, tab: string, isVisible: () => boolean,
 *   heard: (message: any) => void}} parts
 */
export function createTabs({ name, locks, makeChannel, device, clock, tab, isVisible, heard }) {
	const channel = makeChannel ? makeChannel(name) : null, hears = channel !== null;
	const leading = createLeading({ name, locks, device, clock, tab, isVisible, tell, hears });
	const { lead, looked, resign, isDeserted } = leading;
	let turns = 0;

	/** @param {any} message */
	function tell(message) {
		try {
			channel?.postMessage({ tab, ...message });
		} catch {
			// A message that cannot be copied, or a channel that was closed: the others look by themselves.
		}
	}

	if (channel)
		channel.onmessage = ({ data: message }) => {
			if (!message || message.tab === tab)
				return;
			leading.hear(message);
			heard(message);
		};

	/** @template T @param {string} key @param {() => Promise<T>} doing @returns {Promise<T>} */
	async function byLease(key, doing) {
		const holder = `${tab}.${turns += 1}`;
		while (!(await device.lease(key, holder, clock.now(), LEASE)))
			await new Promise((resolve) => { clock.wait(() => resolve(null), ALONE_AGAIN); });
		try {
			return await doing();
		} finally {
			await device.release(key, holder).catch(() => {});
		}
	}

	return {
		tell, hears, lead, looked, resign,
		/** Whether tabs can tell each other, and none of them says that it leads. */
		isDeserted,
		get leads() { return leading.leads; },
		/**
		 * Runs it while no other tab runs anything of this name.
		 * @template T @param {string} what @param {() => Promise<T>} doing @returns {Promise<T>}
		 */
		async alone(what, doing) {
			const key = `${name}.${what}`;
			return locks ? locks.request(key, doing) : byLease(key, doing);
		},
		close() {
			tell({ wants: false });
			channel?.close();
		},
	};
}

/** @typedef {ReturnType<typeof createTabs>} Tabs */
