// @ts-check
// The heads of a space that this device has seen, and what follows when the server's chain no longer goes through them
// (schema/PROTOCOL.md 5).  Pure.

/** @typedef {{seq: number, chain: string, at: string | null, seal?: string}} Head */
/**
 * What was found out about the past of a space.  common: the last head that it still goes through.  broken: the last
 * one that it should go through and does not.  isSetBack: the space does not even come so far.
 * @typedef {{heads: Head[], common: Head | null, broken: Head | null, isSetBack: boolean}} Judged
 */
/**
 * What a person is told until they have decided.  found: the operator loaded a backup; the database was set back; its
 * past is another one.  since: when and where the two pasts part at the earliest.  claim: what the server is still to
 * be told.  kept: how many records this device held otherwise.
 * @typedef {{found: "restored" | "set-back" | "other-past", at: number, since: {seq: number, at: string | null} | null,
 *   claim: Head | null, kept: number}} Alarm
 */
/** @typedef {import("./gathering.js").Reason} Reason */

const KEPT = 64; // heads of a space, as many as one question may name

/**
 * The heads with one more.  Of too many, one goes that leaves the smallest hole for its age: the series is dense near
 * the end, and its first one stays.
 * @param {Head[]} heads oldest first @param {Head} head
 */
export function remember(heads, head) {
	const all = [...heads.filter((one) => one.seq < head.seq), head];
	if (all.length <= KEPT)
		return all;
	const hole = (/** @type {number} */ i) =>
		(all[i + 1].seq - all[i - 1].seq) / (head.seq - all[i - 1].seq);
	let least = 1;
	for (let i = 2; i < all.length - 1; i += 1)
		if (hole(i) < hole(least))
			least = i;
	return all.toSpliced(least, 1);
}

/**
 * @param {Head[]} heads as they were asked about
 * @param {{seq: number, past?: {seq: number, through: boolean | null}[]}} answer
 * @param {Reason["restored"]} restored what is above its seq may be lost, and is no longer remembered
 * @returns {Judged}
 */
export function judge(heads, answer, restored) {
	const through = new Map((answer.past ?? []).map((one) => [one.seq, one.through]));
	const due = heads.filter((head) => !restored || head.seq <= restored.seq);
	const broken = due.filter((head) => through.get(head.seq) === false);
	return {
		heads: due.filter((head) => through.get(head.seq) !== false),
		common: due.findLast((head) => through.get(head.seq) === true) ?? null,
		broken: broken.at(-1) ?? null,
		isSetBack: broken.length > 0 && broken.every((head) => head.seq > answer.seq),
	};
}

const WEIGHT = ["restored", "set-back", "other-past"];

/** @param {Reason} why @param {Judged | null} judged @returns {Alarm["found"]} */
function foundOf({ reason, restored }, judged) {
	if (judged?.broken)
		return judged.isSetBack ? "set-back" : "other-past";
	return restored ? "restored" : reason === "ahead" ? "set-back" : "other-past";
}

/**
 * What the person is told when a resync begins because of another past.
 * @param {Alarm | null} before @param {Reason} why @param {Judged | null} judged null when it cannot be known
 * @param {number} now @returns {Alarm}
 */
export function alarmAfter(before, why, judged, now) {
	const common = judged?.common ?? null, found = foundOf(why, judged);
	const since = common && { seq: common.seq, at: common.at };
	return {
		found: before && WEIGHT.indexOf(before.found) > WEIGHT.indexOf(found) ? before.found : found,
		at: before?.at ?? now,
		since: before && (!before.since || (since && before.since.seq < since.seq)) ? before.since : since,
		claim: judged?.broken ?? before?.claim ?? null,
		kept: before?.kept ?? 0,
	};
}
