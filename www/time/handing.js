// What is written when hours are handed in and decided about, as ops of the engine: it works without a network.

import { toast } from "../ui/index.js";
import { personName, row, space, status, userId } from "../base/state.js";
import { spanWords } from "../base/words.js";
import { write } from "../base/write.js";
import { capital } from "../ui/format.js";

export const isTeam = () => space.value?.info.kind === "team";
export const isMine = (period) => (period.owner ?? userId.value) === userId.value;
export const stateOf = (period) => period.state ?? "open";

/** "Ana’s October 2026". */
export function nameOf(period) {
	return `${capital(isMine(period) ? "your" : `${personName(period.owner)}’s`)} ${spanWords(period)}`;
}

function said(words) {
	return () => (status.value?.trouble ? `${words} Saved here, will send when online.` : words);
}

function step(period, fields, label) {
	const { id, version } = period, seen = { version, fields: { ...period } };
	return write(() => space.value.set("periods", id, fields, { label, seen }));
}

/** Withdraws what was submitted. */
export async function withdraw(period) {
	const words = `${capital(spanWords(period))} withdrawn`;
	if (await step(period, { state: "open" }, words))
		toast(said(`${words}.`));
}

/** Submits a span.  known: its period, if there is one that is open or returned. */
export async function submit(span, known, note) {
	const words = `${capital(spanWords(span))} submitted`;
	const fields = { state: "submitted", note: note || null };
	const made = { ...span, kind: "hours", ...fields };
	const op = known ? await step(known, { ...fields, to: span.to }, words)
		: await write(() => space.value.create("periods", made, { label: words }));
	if (!op)
		return false;
	const takeBack = () => withdraw(row("periods", op.record));
	toast(said(`${words}.`), isTeam() ? { action: "Withdraw", onAction: takeBack } : {});
	return true;
}

/** Approves, returns or opens again.  verb: what was done.  Resolves to whether all of it is kept. */
export async function decide(list, fields, verb) {
	for (const period of list)
		if (!await step(period, fields, `${nameOf(period)} ${verb}`))
			return false;
	const words = list.length === 1 ? `${nameOf(list[0])} ${verb}.` : `${list.length} periods ${verb}.`;
	toast(said(words), { kind: "good" });
	return true;
}
