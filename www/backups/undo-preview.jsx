// What an undo would change, and what it leaves and why.

import { Notice, formatNumber } from "../ui/index.js";
import { nameOf } from "../generic/index.js";
import { definition, row } from "../base/state.js";
import { plural } from "./words.js";

const VERBS = { changed: "Back to what it was", added: "Deleted again", deleted: "Brought back" };
const REASONS = {
	"changed-since": "changed by someone else since then", rules: "no longer allowed by a rule",
	purged: "too old: what it was is no longer known", erased: "erased for good",
	forbidden: "your role doesn’t allow it",
};

function Example({ example: { collection, id, title, what } }) {
	const known = row(collection, id), name = title ?? (known ? nameOf(collection, known) : id);
	return <li><bdi>{name}</bdi> <span class="muted">{VERBS[what] ?? ""}</span></li>;
}

function Left({ left, reasons }) {
	if (!left)
		return null;
	const known = Object.entries(reasons ?? {}).filter(([, n]) => n > 0);
	const line = ([why, n]) => <li key={why}>{formatNumber(n)}: {REASONS[why] ?? why}</li>;
	return (
		<Notice kind="warn">
			<p>{plural(left, "change")} can’t be undone and {left === 1 ? "stays" : "stay"}.</p>
			{known.length > 0 && (
				<ul>{known.map(line)}</ul>
			)}
		</Notice>
	);
}

function Counts({ counts }) {
	const lines = Object.entries(counts ?? {}).filter(([, one]) => one.undone > 0);
	return (
		<dl class="facts">
			{lines.map(([name, one]) => (
				<div key={name}>
					<dt dir="auto">{definition(name)?.label ?? name}</dt>
					<dd>{formatNumber(one.undone)}</dd>
				</div>
			))}
		</dl>
	);
}

export function UndoPreview({ undo: { counts, undone, left, examples = [], reasons } }) {
	const line = (one) => <Example key={`${one.collection}/${one.id}`} example={one} />;
	return (
		<section class="stack gap-3" aria-label="Preview" aria-live="polite">
			<p class="big bold">
				{undone > 0 ? `${plural(undone, "change")} would be undone` : "Nothing to undo here"}
			</p>
			{undone > 0 && <Counts counts={counts} />}
			{examples.length > 0 && (
				<ul class="small stack gap-1">{examples.map(line)}</ul>
			)}
			<Left left={left} reasons={reasons} />
		</section>
	);
}
