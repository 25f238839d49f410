// What a restore or an import would change: a line for each list, with examples.

import { Icon, Notice, formatNumber } from "../ui/index.js";
import { nameOf } from "../generic/index.js";
import { definition, row } from "../base/state.js";
import { changesIn, linesOf, totalOf } from "./difference.js";
import { plural } from "./words.js";

const HEADS = [["new", "New"], ["changed", "Changed"], ["deleted", "Deleted"]];
const VERBS = { new: "New", changed: "Changed", deleted: "Deleted" };

// An example is the id of a record, or says more about it.
function exampleWords(collection, example) {
	const { id = example, title, what } = typeof example === "object" ? example : {};
	const known = row(collection, id), name = title ?? (known ? nameOf(collection, known) : id);
	return [what && VERBS[what], name].filter(Boolean).join(": ");
}

function Count({ line, what }) {
	const tone = what === "deleted" && line[what] > 0 ? "figure bad" : "figure";
	return (
		<td class={line[what] > 0 ? tone : "figure muted"}>
			{what === "deleted" && line[what] > 0 && <Icon name="trash" size={14} label="" />}
			{formatNumber(line[what])}
		</td>
	);
}

function Examples({ line }) {
	if (line.examples.length === 0)
		return null;
	const more = changesIn(line) - line.examples.length;
	return (
		<details class="fold">
			<summary class="link small">Examples</summary>
			<ul class="small soft stack gap-1">
				{line.examples.map((one, at) => (
					<li key={at}><bdi>{exampleWords(line.collection, one)}</bdi></li>
				))}
				{more > 0 && <li class="hint">and {formatNumber(more)} more</li>}
			</ul>
		</details>
	);
}

function Line({ line }) {
	return (
		<tr>
			<th scope="row">
				<span dir="auto">{definition(line.collection)?.label ?? line.collection}</span>
				<Examples line={line} />
			</th>
			{HEADS.map(([what]) => <Count key={what} line={line} what={what} />)}
		</tr>
	);
}

function Counts({ lines, total }) {
	const sum = ([what]) => <td key={what} class="figure">{formatNumber(total[what])}</td>;
	return (
		<table class="difference small">
			<caption class="unseen">What would change</caption>
			<thead>
				<tr>
					<th scope="col">List</th>
					{HEADS.map(([what, words]) => (
						<th key={what} scope="col" class="figure">{words}</th>
					))}
				</tr>
			</thead>
			<tbody>{lines.map((line) => <Line key={line.collection} line={line} />)}</tbody>
			{lines.length > 1 && <tfoot><tr><th scope="row">All</th>{HEADS.map(sum)}</tr></tfoot>}
		</table>
	);
}

// What does not change, and what comes beside records.
function restWords(total, files) {
	return [
		total.unchanged > 0 && `${plural(total.unchanged, "record")} unchanged.`,
		total.kept > 0 && `Keeps ${plural(total.kept, "record")} changed since then.`,
		files > 0 && `${plural(files, "photo or file", "photos and files")} come with them.`,
	].filter(Boolean).join(" ");
}

// What of a file of another system is left out, or read in another way, and why.
function Notes({ title, notes }) {
	if (notes.length === 0)
		return null;
	const line = ({ what, why, count }) => (
		<li key={`${what}/${why}`}>
			{formatNumber(count)} of {definition(what)?.label ?? what}: {why}
		</li>
	);
	return (
		<Notice kind="warn">
			<p>{title}</p>
			<ul>{notes.map(line)}</ul>
		</Notice>
	);
}

/**
 * answer: {difference: {COLLECTION: {new, changed, deleted, unchanged, kept, examples}}, files: {missing},
 * left, changed: [{what, why, count}], owners}, as the server tells it.
 */
export function Difference({ answer: { difference, files, left = [], changed = [], owners = 0 } }) {
	const lines = linesOf(difference), total = totalOf(difference);
	return (
		<div class="stack gap-3">
			{lines.length > 0
				? <Counts lines={lines} total={total} />
				: <p class="medium">Nothing would change: it’s all here already.</p>}
			<p class="hint">{restWords(total, files?.missing ?? 0)}</p>
			<Notes title="Left out:" notes={left} />
			<Notes title="Read in another way:" notes={changed} />
			{owners > 0 && (
				<p class="hint">
					{plural(owners, "record")} of people who aren’t members here would become yours.
				</p>
			)}
		</div>
	);
}
