// The ops of a record that are not done: refused, in conflict, or waiting to be sent.  Each says what can be done about
// it.

import { useState } from "preact/hooks";
import { Button, Notice, confirm, toast } from "../ui/index.js";
import { go } from "../base/router.jsx";
import { opsNow, rowNow, space, status } from "../base/state.js";
import { draftOf } from "./drafts.js";
import { keepDraft } from "./kept.js";
import { opInWords, reasonOf } from "./words.js";

function addressOf(op, panel) {
	return `/c/${op.collection}/${encodeURIComponent(op.record)}/${panel}`;
}

/** Opens the form of a refused op with what it wanted in it. */
export function editOp(op) {
	const record = rowNow(op.collection, op.record);
	// A new record that was refused is still shown, and editing it changes the op itself.
	const draft = draftOf(record ?? { id: op.record, version: 0, ...op.was }), isSet = op.kind === "set";
	const values = isSet ? { ...op.set } : {}, mends = isSet ? op.id : undefined;
	keepDraft(op.collection, op.record, { ...draft, values, touched: true, mends });
	go(addressOf(op, "edit"));
}

/** Asks whether a change shall be discarded, and does it. */
export async function discardOp(op) {
	const sure = await confirm({
		title: "Discard this change?",
		text: `“${opInWords(op)}” won’t be sent. You’ll see the server’s version again. This can’t be undone.`,
		action: "Discard change", danger: true,
	});
	if (sure)
		await space.value.discard(op.id);
}

/** A refused op: what it wanted, why it was refused, what can be done.  brief: without what it wanted. */
export function FailedOp({ op, brief = false, onEdit }) {
	const [busy, setBusy] = useState(false);
	const act = (work) => async () => {
		setBusy(true);
		try {
			await work();
		} catch (error) {
			toast(error.message, { kind: "bad" });
		}
		setBusy(false);
	};
	const discard = act(() => discardOp(op));
	const retry = act(() => space.value.retry(op.id));
	const mayEdit = op.kind === "create" || (op.kind !== "delete" && Boolean(rowNow(op.collection, op.record)));
	return (
		<Notice kind="bad">
			{!brief && (
				<p dir="auto"><strong>{opInWords(op)}</strong></p>
			)}
			<p dir="auto">Not accepted: {reasonOf(op)}</p>
			<div class="flow apart">
				{mayEdit && (
					<Button small icon="pencil" onClick={onEdit ?? (() => editOp(op))}>Edit</Button>
				)}
				<Button small icon="sync" busy={busy} onClick={retry}>Try again</Button>
				<Button small icon="trash" onClick={discard}>Discard change</Button>
			</div>
		</Notice>
	);
}

function InConflict({ op }) {
	const decide = () => go(addressOf(op, "conflict"));
	return (
		<Notice kind="warn" icon="swap" action={<Button small onClick={decide}>Resolve</Button>}>
			Two people changed this at once. Nothing is lost.
		</Notice>
	);
}

/** Notices for all ops of a record that are not done. */
export function OpsOf({ collection, id, brief = false }) {
	const own = opsNow.value.filter((op) => op.collection === collection && op.record === id);
	if (own.length === 0)
		return null;
	const isIn = (...states) => (op) => states.includes(op.state);
	const isWaiting = own.some(isIn("waiting", "sent")) && status.value?.trouble;
	return (
		<div class="ops-of stack gap-2">
			{own.filter(isIn("conflict")).map((op) => <InConflict key={op.id} op={op} />)}
			{own.filter(isIn("rejected")).map((op) => <FailedOp key={op.id} op={op} brief={brief} />)}
			{isWaiting && <Notice icon="offline">Saved here, will send when online.</Notice>}
		</div>
	);
}
