// What an undo would change, and what it leaves and why.

import { Notice, formatNumber } from "../ui/index.js";
import { nameOf } from "../generic/index.js";
import { definition, row } from "../base/state.js";
import { plural } from "./words.js";

const REASONS = {
	"changed-since": "changed by someone else since then",
	"deleted-since": "deleted by someone else since then",
	rights: "your role doesn’t allow it", closed: "in a period that is closed",
	rules: "no longer allowed by a rule", history: "too old, or what it was has been erased",
};

function labelsOf(collection, names) {
	const form = definition(collection);
	return names.map((name) => form?.fields.find((field) => field.name === name)?.label ?? name).join(", ");
}

// What becomes of a record, by what had been done with it.
function fateOf({ collection, what, fields }) {
	if (what === "added")
		return "will be deleted";
	return what === "deleted" ? "will come back" : `back to before: ${labelsOf(collection, fields ?? [])}`;
}

function nameIn({ collection, id }) {
	const known = row(collection, id);
	return known ? nameOf(collection, known) : id;
}

function Example({ example }) {
	return <li><bdi>{nameIn(example)}</bdi> <span class="muted">{fateOf(example)}</span></li>;
}

const whyOf = ({ detail, reason }) => detail ?? REASONS[reason] ?? reason;

function Kept({ kept }) {
	return (
		<details class="fold">
			<summary class="link small">Which ones</summary>
			<ul class="small stack gap-1">
				{kept.map((one) => (
					<li key={`${one.collection}/${one.id}`}>
						<bdi>{nameIn(one)}</bdi>{" "}
						<span class="muted">{whyOf(one)}</span>
					</li>
				))}
			</ul>
		</details>
	);
}

function Left({ left, reasons, kept }) {
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
			{kept.length > 0 && <Kept kept={kept} />}
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

export function UndoPreview({ undo: { counts, undone, left, examples = [], reasons, kept = [] } }) {
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
			<Left left={left} reasons={reasons} kept={kept} />
		</section>
	);
}
