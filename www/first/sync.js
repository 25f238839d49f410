// Keeps the store up to date: ask for what changed, apply it, wait, ask again.  Quick while someone looks, slow in the background, slower
// while the server fails, and at once when the page is looked at again or the network returns.  Its state is what the chip tells.

const LOOKING = 5_000, AWAY = 30_000, LONGEST = 60_000; // milliseconds between two questions

// startedOver() is called when the server wants everything to be loaded again: rights or definitions may have changed.
export function createSync({ api, store, page = globalThis.document, network = globalThis.navigator, changed = () => {}, startedOver = () => {},
	wait = setTimeout, forget = clearTimeout, now = Date.now, chance = Math.random }) {
	// lastAt: the last answer.  failedAt: the first failure after it.  loaded: the first load is complete.
	const state = { loaded: false, resyncing: false, lastAt: null, failedAt: null, offline: false, problem: null, nextAt: null };
	let cursor = null, etag = null;
	let failures = 0, timer = null, running = null, again = false, life = 0;

	function pause(error) {
		const usual = page.visibilityState === "hidden" ? AWAY : LOOKING;
		if (failures === 0)
			return usual;
		const longer = Math.min(usual * 2 ** Math.min(failures - 1, 5), LONGEST);
		// All clients lost the server at the same moment; they should not all come back in one.
		return Math.max(longer * (0.75 + chance() * 0.5), (error?.retryAfter ?? 0) * 1000);
	}

	async function askPage() {
		const query = cursor === null ? "" : "?since=" + encodeURIComponent(cursor);
		const headers = etag && cursor !== null ? { "If-None-Match": etag } : {};
		return await api.request("GET", "/api/sync/changes" + query, { headers });
	}

	// One round: pages until there are no more.  Returns early when stop() came in between.
	async function round(mine) {
		for (;;) {
			const reply = await askPage();
			if (mine !== life || reply.status === 304)
				return;
			const page = reply.data;
			if (state.resyncing)
				store.gather(page.changes);
			else
				store.apply(page.changes, state.loaded ? "elsewhere" : "first");
			// The tag names the state this answer brought us to.
			etag = page.more ? null : reply.etag;
			cursor = page.cursor;
			if (!page.more)
				return;
		}
	}

	function startOver() {
		cursor = null;
		etag = null;
		state.resyncing = state.loaded;
		if (state.resyncing)
			store.beginResync();
		startedOver();
		changed();
	}

	// 410, or a cursor the server cannot read any more.
	function wantsResync(error) {
		return error.status === 410 || (error.status === 400 && cursor !== null);
	}

	async function ask(mine) {
		try {
			await round(mine);
		} catch (error) {
			if (!wantsResync(error) || mine !== life)
				throw error;
			startOver();
			await round(mine);
		}
		if (mine === life && state.resyncing) {
			store.endResync();
			state.resyncing = false;
		}
	}

	function succeed() {
		failures = 0;
		Object.assign(state, { loaded: true, lastAt: now(), failedAt: null, offline: false, problem: null });
	}

	function fail(error) {
		failures += 1;
		state.failedAt ??= now();
		state.offline = error.status === 0 && network.onLine === false;
		state.problem = error.message;
	}

	async function turn(mine) {
		let failed = null;
		forget(timer);
		try {
			await ask(mine);
			if (mine === life)
				succeed();
		} catch (error) {
			failed = error;
			if (mine === life)
				fail(error);
		}
		if (mine !== life)
			return;
		const ms = again && !failed ? 0 : pause(failed);
		again = false;
		state.nextAt = now() + ms;
		timer = wait(askNow, ms);
		changed();
	}

	// A question now.  During a turn it joins: what was written meanwhile is asked for right after.
	function askNow() {
		if (running) {
			again = true;
			return running;
		}
		const mine = life;
		const turning = turn(mine).finally(() => {
			if (running === turning)
				running = null;
		});
		running = turning;
		return turning;
	}

	function start() {
		life += 1;
		cursor = etag = null;
		failures = 0;
		again = false;
		running = null;
		Object.assign(state, { loaded: false, resyncing: false, lastAt: null, failedAt: null, offline: false, problem: null, nextAt: null });
		return askNow();
	}

	function stop() {
		life += 1;
		running = null;
		forget(timer);
	}

	return { state, start, stop, now: askNow };
}
