// A span of changes to undo: what the person chose, as the server takes it.  No document.

import { instantIn, instantText, dayIn, addDays } from "../ui/zone.js";

const HOUR = 3_600_000; // milliseconds

export const SPANS = [["hour", "1 hour"], ["today", "Today"], ["week", "7 days"], ["own", "Other"]];

/** The instants of a span: {from, to}; null: open.  own: what the person typed. */
export function instantsOf(span, { now, zone, from = null, to = null }) {
	const today = dayIn(zone, now);
	switch (span) {
	case "hour": return { from: instantText(now - HOUR), to: null };
	case "today": return { from: instantText(instantIn(zone, today)), to: null };
	case "week": return { from: instantText(instantIn(zone, addDays(today, -6))), to: null };
	default: return { from, to };
	}
}

/** Devices that wrote, from rows of the audit, the latest first: [{id, at, changes}].  A write has several rows. */
export function devicesIn(rows) {
	const found = new Map(), seen = new Set();
	for (const { id, device_id: device, changed_at: at } of rows) {
		const [write] = id.split("-");
		if (!device || seen.has(write))
			continue;
		seen.add(write);
		const known = found.get(device) ?? { id: device, at, changes: 0 };
		found.set(device, { ...known, at: at > known.at ? at : known.at, changes: known.changes + 1 });
	}
	return [...found.values()].sort((left, right) => (left.at < right.at ? 1 : -1));
}

/** Why a span cannot be asked for, or null. */
export function problemWithSpan({ from, to }) {
	if (!from)
		return "Choose when the changes began.";
	return to && to <= from ? "The end must be after the start." : null;
}

/**
 * The request of an undo.  choice: {by, source, span, from, to, collections}; source: "", "device/ID", "token/ID" or
 * "import/ID".
 */
export function requestOf(choice, around) {
	const { from, to } = instantsOf(choice.span, { ...around, from: choice.from, to: choice.to });
	const [kind, ...rest] = (choice.source ?? "").split("/"), id = rest.join("/");
	const source = { device: { device: id }, token: { token: id }, import: { cause: id } }[kind] ?? {};
	return {
		...(choice.by ? { by: choice.by } : {}), ...source, ...(from ? { from } : {}), ...(to ? { to } : {}),
		...(choice.collections?.length > 0 ? { collections: choice.collections } : {}),
	};
}
