// @ts-check
// Which spaces a person has, and their definitions: learnt from the server, kept on the device, and what
// happens when a space is lost or comes back.  What is in a space is space.js.
import { ApiError } from "./api.js";
import { isActive } from "./outbox.js";
import { advance, amend, opsOfRecord, opsOfSpace, readState } from "./userdata.js";

const DAY = 86_400_000; // milliseconds after which definitions are looked at again
const NO_MEMBER = "You are no longer a member of this space.";
const NOT_KNOWN = "The server was restored from a backup that does not know you in this space.";

/** @typedef {import("./engine.d.ts").SpaceInfo} SpaceInfo */
/** @typedef {import("./engine.d.ts").Definition} Definition */
/** @typedef {import("./userdata.js").SpaceState} SpaceState */

/**
 * @param {{user: string, database: import("./database.js").Database, clock: import("./clock.js").Clock, request:
 *   (method: string, path: string, options?: any) => Promise<any>, pull: ReturnType<typeof
 *   import("./pull.js").createPull>, live: (space: string) => {state: SpaceState}, publish: (space: string, outcome:
 *   import("./userdata.js").Outcome) => void, learn: (user: any) => Promise<void>, tell: (message: any) => void,
 *   changed: () => void, defined: (space: string, list: Definition[]) => void}} parts learn hears of the person,
 *   changed of the list, defined of definitions
 */
export function createSpaces({ user, database, clock, request, pull, live, publish, learn, tell, changed, defined }) {
	/** @type {SpaceInfo[]} */
	let spaces = [];
	/** @type {Map<string, Definition[]>} */
	const definitions = new Map();
	let definedAt = 0;

	/** @param {string} space */
	const isGone = (space) => live(space).state.gone !== null;

	/** @param {string} space @returns {Promise<SpaceState>} */
	const stateOf = (space) => database.read(["meta"], (work) => readState(work, space));

	/** @param {string} space */
	async function fetchDefinitions(space) {
		const { data } = await request("GET", `/spaces/${encodeURIComponent(space)}/collections`);
		if (!Array.isArray(data?.collections))
			throw new ApiError(0);
		const before = JSON.stringify(definitions.get(space));
		if (before === JSON.stringify(data.collections))
			return;
		await database.write(["meta"], (work) => work.put("meta", data.collections, "definitions:" + space));
		definitions.set(space, data.collections);
		defined(space, data.collections);
		tell({ defined: space });
	}

	/** @param {SpaceInfo[]} list */
	async function keepSpaces(list) {
		if (JSON.stringify(list) === JSON.stringify(spaces))
			return;
		await database.write(["meta"], (work) => work.put("meta", list, "spaces"));
		spaces = list;
		tell({ spaces: true });
		changed();
	}

	/**
	 * Takes away what is not this person's own work.
	 * @param {import("./userdata.js").Transaction} work @param {string} space
	 * @param {import("./outbox.js").StoredOp[]} ops
	 */
	async function wipe(work, space, ops) {
		const own = new Set(ops.map((op) => op.collection + "/" + op.record));
		const wiped = (await work.all("rows", "space", space)).filter(
			(row) => !own.has(row.collection + "/" + row.id)
		);
		for (const row of wiped)
			await work.delete("rows", [space, row.collection, row.id]);
		return wiped.map((row) => ({ collection: row.collection, id: row.id, record: null }));
	}

	/** @param {any[]} rows */
	const changesOf = (rows) =>
		rows.map((row) => ({
			collection: row.collection,
			id: row.id,
			from: /** @type {const} */ ("elsewhere"),
		}));

	/**
	 * The space is no longer ours.  After an operator's restore everything is kept; otherwise what is not our own
	 * work is wiped.
	 * @param {string} space @param {boolean} restored
	 */
	async function lose(space, restored) {
		const outcome = await database.write(["meta", "rows", "fresh", "ops"], async (work) => {
			const ops = await opsOfSpace(work, space), rows = restored ? [] : await wipe(work, space, ops);
			const reason = restored ? NOT_KNOWN : NO_MEMBER;
			const problem = {
				type: "/problems/not-a-member",
				title: "Not a member",
				status: 404,
				detail: `${reason} You can save this as a file.`,
			};
			for (const op of ops.filter(isActive))
				await work.put("ops", { ...op, state: "rejected", problem });
			await work.deleteAll("fresh", "space", space);
			const state = await advance(work, space, {
				head: null, resync: null, gone: { reason, kept: restored },
			});
			const touched = [];
			for (const op of ops)
				touched.push({
					collection: op.collection,
					id: op.record,
					ops: await opsOfRecord(work, space, op.collection, op.record),
				});
			return { outcome: { state, rows, ops: touched, changes: changesOf(rows) }, left: ops.length };
		});
		publish(space, outcome.outcome);
		return restored || outcome.left > 0;
	}

	/**
	 * With the last of one's own work on it, a record of a space that is no longer ours goes too.
	 * @param {string} space
	 */
	async function letGo(space) {
		const outcome = await database.write(["meta", "rows", "ops"], async (work) => {
			const { gone } = await readState(work, space);
			const rows = gone && !gone.kept ? await wipe(work, space, await opsOfSpace(work, space)) : [];
			return { state: await advance(work, space), rows, ops: [], changes: changesOf(rows) };
		});
		publish(space, outcome);
	}

	/**
	 * Whether the server has been restored since we last talked about any space that is still there.
	 * @param {any[]} listed
	 */
	async function wasRestored(listed) {
		for (const one of listed) {
			const { epoch } = await stateOf(one.id);
			if (epoch && one.epoch && epoch !== one.epoch)
				return true;
		}
		return false;
	}

	/** @param {any[]} listed as /auth/me lists them */
	async function meetListed(listed) {
		const restored = await wasRestored(listed);
		const list = listed.map(({ id: one, name, kind, role }) => ({ id: one, name, kind, role }));
		for (const known of spaces) {
			if (list.some((one) => one.id === known.id))
				continue;
			if (isGone(known.id) ? await hasLeft(known.id) : await lose(known.id, restored))
				list.push(known);
		}
		for (const one of listed)
			if (isGone(one.id))
				await comeBack(one.id);
		await keepSpaces(list);
		for (const one of listed)
			await noteEpoch(one.id, one.epoch);
	}

	/**
	 * The epoch is only taken where none is known: a change of it is told by the feed.
	 * @param {string} space @param {string | undefined} epoch
	 */
	async function noteEpoch(space, epoch) {
		const state = await stateOf(space);
		if (!epoch || state.epoch || state.resync)
			return;
		await database.write(["meta"], (work) => amend(work, space, { epoch }));
	}

	/** @param {string} space */
	async function hasLeft(space) {
		const left = await database.read(
			["ops", "rows"],
			async (work) =>
				(await work.count("ops", "space", space)) + (await work.count("rows", "space", space))
		);
		return left > 0;
	}

	/**
	 * A member again: what was kept beside unsent work may be long out of date, so everything is loaded anew.
	 * @param {string} space
	 */
	async function comeBack(space) {
		await pull.beginResync(space, { reason: "view" });
		const state = await database.write(["meta"], (work) =>
			advance(work, space, { gone: null, loaded: false })
		);
		publish(space, { state, rows: [], ops: [], changes: [] });
	}

	async function refresh() {
		const { data } = await request("GET", "/auth/me");
		if (!Array.isArray(data?.spaces) || data.user?.id !== user)
			throw new ApiError(0);
		await learn({ ...data.user, homeSpace: data.homeSpace });
		await meetListed(data.spaces);
		for (const one of data.spaces)
			await fetchDefinitions(one.id).catch((error) => {
				if (!(error instanceof ApiError) || error.isPassing || error.status === 401)
					throw error;
			});
		definedAt = clock.now();
	}

	/** What this device knows, at the beginning and after another tab has changed it. */
	async function load() {
		const { list, some } = await database.read(["meta"], async (work) => {
			/** @type {SpaceInfo[]} */
			const all = await work.get("meta", "spaces") ?? [];
			return {
				list: all,
				some: await Promise.all(
					all.map(async ({ id }) => ({
						id,
						state: await readState(work, id),
						of: await work.get("meta", "definitions:" + id),
					}))
				),
			};
		});
		spaces = list;
		for (const { id, state, of } of some) {
			live(id).state = state;
			if (of) {
				definitions.set(id, of);
				defined(id, of);
			}
		}
	}

	/** Answers whether another tab knows of other spaces. */
	async function loadAgain() {
		const before = JSON.stringify(spaces);
		await load();
		return JSON.stringify(spaces) !== before;
	}

	return {
		load, loadAgain, refresh, letGo,
		list: () => spaces,
		ids: () => spaces.map((one) => one.id),
		/** @param {string} space @returns {SpaceInfo} */
		infoOf: (space) =>
			spaces.find((one) => one.id === space) ?? { id: space, name: "", kind: "team", role: "viewer" },
		/** @param {string} space @param {string} collection */
		definition: (space, collection) => definitions.get(space)?.find((one) => one.name === collection),
		/**
		 * A space cannot be shown without them; but where there is no network, it is shown as it is.
		 * @param {string} space
		 */
		async need(space) {
			if (!definitions.has(space))
				await fetchDefinitions(space).catch(() => {});
		},
		areOld: () =>
			definedAt === 0 ||
			clock.now() - definedAt > DAY ||
			spaces.some((one) => !isGone(one.id) && !definitions.has(one.id)),
		/**
		 * The first space, as the sign-in names it, until the server has told of all.
		 * @param {SpaceInfo} first
		 */
		async expect(first) {
			if (!spaces.some((one) => one.id === first.id))
				await keepSpaces([...spaces, first]);
		},
	};
}
