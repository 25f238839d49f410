// @ts-check
// The state of syncing, for the app to show.  The rounds (sync.js) report here, in this tab or in the leader.
import { freshTalk, troubleOf } from "./status.js";
import { amend } from "./userdata.js";

/**
 * @param {{database: import("./database.js").Database, clock: import("./clock.js").Clock, opened:
 *   import("./opened.js").Opened, isIn: () => boolean, tell: (message: any) => void}} parts tell: to the other tabs
 */
export function createConversation({ database, clock, opened, isIn, tell }) {
	const talk = freshTalk(), { live } = opened;

	/** Tells the other tabs too: they show what the leading tab has heard. @param {Partial<typeof talk>} news */
	function become(news) {
		Object.assign(talk, news);
		tell({ talk: { ...talk }, lives: opened.told() });
		opened.announceAll();
	}

	return {
		talk,
		/**
		 * The space is up to date with the head that the server sent.
		 * @param {string} space @param {string | null} head
		 */
		async caughtUp(space, head) {
			const state = await database.write(["meta"], (work) => amend(work, space, { head }));
			Object.assign(live(space), { state, loading: null });
		},
		/** @param {string} space @param {number | null} count of the changes that a load has brought so far */
		loading(space, count) {
			live(space).loading = count;
			opened.announce(space);
		},
		/** How a round went in one space. @param {string} space @param {any} error or null */
		spaceFailed(space, error) {
			const { failedAt } = live(space), since = error ? failedAt ?? clock.now() : null;
			Object.assign(live(space), { problem: error?.message ?? null, failedAt: since });
		},
		succeeded() {
			become({ lastAt: clock.now(), failedAt: null, trouble: null, problem: null });
		},
		/** @param {any} error @param {boolean} online */
		failed(error, online) {
			const trouble = troubleOf(error, online, isIn());
			become({ failedAt: talk.failedAt ?? clock.now(), trouble, problem: error.message });
		},
		/** Another tab has been opened, which knows nothing yet. */
		repeat() { become({}); },
		/** From the leader. @param {any} message */
		hear(message) {
			Object.assign(talk, message.talk);
			for (const [space, told] of Object.entries(message.lives ?? {}))
				Object.assign(live(space), told);
			opened.announceAll();
		},
	};
}
