// @ts-check
// What a role allows.  Pure.
const RANKS = ["viewer", "member", "manager", "owner"];

/** @param {string | undefined} role @param {string} least */
export function isAtLeast(role, least) {
	return RANKS.indexOf(role ?? "") >= RANKS.indexOf(least);
}

/**
 * Whether a role may read, create, update or delete.  All may, where nothing is known of the collection.
 * @param {import("./engine.d.ts").Definition | undefined} definition @param {"create" | "update" | "delete"} what
 * @param {string | undefined} role
 */
export function isAllowed(definition, what, role) {
	if (!definition?.may)
		return true;
	const least = definition.may[what];
	return Boolean(least) && isAtLeast(role, /** @type {string} */ (least));
}
