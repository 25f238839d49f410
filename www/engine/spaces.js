// @ts-check
// Which spaces a person has, as the server lists them and as this device keeps them.  What happens when one is lost is
// membership.js; what is in one is space.js.
import { ApiError } from "./api.js";
import { createDefinitions } from "./definitions.js";
import { createMembership } from "./membership.js";
import { readState } from "./userdata.js";

/** @typedef {import("./engine.d.ts").SpaceInfo} SpaceInfo */
/** @typedef {import("./engine.d.ts").Definition} Definition */
/** @typedef {import("./userdata.js").SpaceState} SpaceState */

/**
 * What this device knows of spaces.
 * @param {import("./database.js").Database} database
 */
function readKnown(database) {
	return database.read(["meta"], async (work) => {
		/** @type {SpaceInfo[]} */
		const list = await work.get("meta", "spaces") ?? [];
		const some = await Promise.all(list.map(async ({ id }) => ({
			id,
			state: await readState(work, id),
			/** @type {Definition[] | undefined} */
			of: await work.get("meta", "definitions:" + id),
			/** @type {import("./definitions.js").Mark | undefined} */
			mark: await work.get("meta", "definitionsMark:" + id),
		})));
		return { list, some };
	});
}

/**
 * @param {{user: string, database: import("./database.js").Database, clock: import("./clock.js").Clock, chance: () =>
 *   number, request: (method: string, path: string, options?: any) => Promise<any>, pull: ReturnType<typeof
 *   import("./pull.js").createPull>, live: (space: string) => {state: SpaceState}, publish: (space: string, outcome:
 *   import("./userdata.js").Outcome) => void, learn: (user: any) => Promise<void>, tell: (message: any) => void,
 *   changed: () => void, defined: (space: string, list: Definition[]) => void}} parts learn hears of the person,
 *   changed of the list, defined of definitions
 */
export function createSpaces({
	user, database, clock, chance, request, pull, live, publish, learn, tell, changed, defined,
}) {
	/** @type {SpaceInfo[]} */
	let spaces = [];
	const definitions = createDefinitions({ database, clock, chance, request, tell, defined });
	const membership = createMembership({ database, pull, publish });

	/** @param {string} space */
	const isGone = (space) => live(space).state.gone !== null;

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
	 * Whether a space that the server does not list stays in sight.
	 * @param {string} space @param {boolean} restored
	 */
	function stays(space, restored) {
		return isGone(space) ? membership.hasLeft(space) : membership.lose(space, restored);
	}

	/** @param {any[]} listed as /auth/me lists them */
	async function meetListed(listed) {
		const restored = await membership.wasRestored(listed);
		const list = listed.map(({ id, name, kind, role }) => ({ id, name, kind, role }));
		for (const known of spaces)
			if (!list.some((one) => one.id === known.id) && await stays(known.id, restored))
				list.push(known);
		for (const one of listed)
			if (isGone(one.id))
				await membership.comeBack(one.id);
		await keepSpaces(list);
		for (const one of listed)
			await membership.noteEpoch(one.id, one.epoch);
	}

	async function refresh() {
		const { data } = await request("GET", "/auth/me");
		if (!Array.isArray(data?.spaces) || data.user?.id !== user)
			throw new ApiError(0);
		await learn({ ...data.user, homeSpace: data.homeSpace });
		await meetListed(data.spaces);
		await definitions.refresh(data.spaces.map((/** @type {any} */ one) => one.id));
	}

	/** What this device knows, at the beginning and after another tab has changed it. */
	async function load() {
		const { list, some } = await readKnown(database);
		spaces = list;
		for (const { id, state, of, mark } of some) {
			live(id).state = state;
			if (of)
				definitions.take(id, of, mark);
		}
	}

	/** Resolves to whether another tab knows of other spaces. */
	async function loadAgain() {
		const before = JSON.stringify(spaces);
		await load();
		return JSON.stringify(spaces) !== before;
	}

	return {
		load, loadAgain, refresh,
		letGo: membership.letGo,
		definition: definitions.find,
		limits: definitions.limits,
		need: definitions.need,
		hearStamp: definitions.hear,
		suspect: definitions.suspect,
		/** @param {() => Promise<boolean>} isWaiting whether anything waits to be sent */
		meetDefinitions: (isWaiting) =>
			definitions.meet(spaces.map((one) => one.id).filter((id) => !isGone(id)), isWaiting),
		list: () => spaces,
		ids: () => spaces.map((one) => one.id),
		/** @param {string} space @returns {SpaceInfo} */
		infoOf: (space) =>
			spaces.find((one) => one.id === space) ?? { id: space, name: "", kind: "team", role: "viewer" },
		/** Whether definitions are to be asked for again. */
		areOld: () => definitions.areOld() || spaces.some(({ id }) => !isGone(id) && !definitions.has(id)),
		/**
		 * The space that the sign-in names.  It is shown until the list of all spaces has come.
		 * @param {SpaceInfo} first
		 */
		async expect(first) {
			if (!spaces.some((one) => one.id === first.id))
				await keepSpaces([...spaces, first]);
		},
	};
}
