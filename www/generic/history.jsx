// The history of a record: each version in a sentence, with a way back to it.  Only the server keeps it.

import { useEffect, useState } from "preact/hooks";
import { Button, Trouble, Waiting, formatInstant, toast } from "../ui/index.js";
import { definition, engine, personName, row, space } from "../base/state.js";
import { newId } from "../engine/engine.js";
import { capital } from "../ui/format.js";
import { mayDo, options } from "./context.js";
import { fieldOf, isEmpty, zoneOf } from "./fields.js";
import { formatValue } from "./values.js";

const VERBS = {
	created: "added it", deleted: "deleted it", revived: "brought it back",
	restored: "went back to an earlier version", reset: "reset it for a new shift",
	imported: "brought it in from a file", erased: "erased it",
};
const PAGE = 30; // versions asked for at a time
const MINUTE = 60_000; // milliseconds

const AWAY = "The history is kept by the server. It can be read when there is a connection.";

function useHistory(collection, id, version) {
	const [past, setPast] = useState({ rows: null, next: null, error: null, busy: false });
	const read = async (after) => {
		setPast((was) => ({ ...was, busy: true, error: null }));
		try {
			const query = new URLSearchParams({ limit: PAGE, ...(after ? { after } : {}) });
			const address = `/${collection}/${encodeURIComponent(id)}/history?${query}`;
			const { history, next = null } = (await space.value.request("GET", address)).data;
			const together = (rows) => (after ? [...rows, ...history] : history);
			setPast((was) => ({ rows: together(was.rows), next, error: null, busy: false }));
		} catch (error) {
			setPast((was) => ({ ...was, error, busy: false }));
		}
	};
	useEffect(() => { read(); }, [collection, id, version]);
	return { ...past, read };
}

function who(entry) {
	const known = personName(entry.by);
	return capital(known === "someone else" ? entry.byName ?? known : known);
}

function Value({ words }) {
	return words === "" ? <em>empty</em> : <bdi class="was-value scroll">{words}</bdi>;
}

// "Location: Yard → 200".  Where there was nothing before, only the new value.
function ChangeLine({ form, name, pair, zone }) {
	const label = name === "renamedFrom" ? "Was called" : name;
	const field = fieldOf(form, name) ?? { name, label, type: "text" };
	const [before, after] = pair.map((value) => formatValue(field, value, { ...options(), zone }));
	return (
		<li>
			<span class="muted">{field.label}</span>{" "}
			{!isEmpty(pair[0]) && (
				<><Value words={before} /> <span aria-label="became">→</span>{" "}</>
			)}
			<Value words={after} />
		</li>
	);
}

function entryWords(entry, names, form) {
	if (entry.action !== "updated")
		return VERBS[entry.action] ?? entry.action;
	if (names.length === 0)
		return "changed it";
	const labels = names.map((name) => fieldOf(form, name)?.label ?? name);
	return `changed ${labels.length > 2 ? `${labels.length} fields` : labels.join(" and ")}`;
}

// When the server got the change, and when it was written if that was earlier.
function whenText(entry, zone) {
	const device = entry.device && entry.device === engine.device.id ? "this device" : null;
	const { at, claimedAt } = entry;
	const isLate = claimedAt && Math.abs(Date.parse(at) - Date.parse(claimedAt)) > MINUTE;
	const written = isLate && `written ${formatInstant(claimedAt, { zone })}`;
	return [formatInstant(at, { zone }), device, written].filter(Boolean).join(" · ");
}

function Entry({ form, entry, onRestore, zone, words }) {
	const said = words?.(entry);
	const changes = Object.entries(entry.changes ?? {}).filter(([name]) => !fieldOf(form, name)?.hidden);
	const names = changes.map(([name]) => name);
	const lineOf = ([name, pair]) => <ChangeLine key={name} form={form} name={name} pair={pair} zone={zone} />;
	const isListed = !said && entry.action !== "deleted" && changes.length > 0;
	const isThere = entry.action !== "deleted" && entry.changes !== null;
	return (
		<li class="event anchor stack">
			<p>
				<strong dir="auto">{who(entry)}</strong> {said ?? entryWords(entry, names, form)}
			</p>
			<p class="hint">{whenText(entry, zone)}</p>
			{isListed && (
				<ul class="event-changes above-1 below-1 stack hair small">
					{changes.map(lineOf)}
				</ul>
			)}
			{entry.changes === null && <p class="hint">What it was has been erased.</p>}
			{onRestore && isThere && (
				<Button small icon="undo" onClick={onRestore}>Restore this version</Button>
			)}
		</li>
	);
}

function whyNotRead({ status, message }) {
	if (status === 0)
		return AWAY;
	return status === 404 ? "The server does not know this record yet." : message;
}

/** Restores an older version of a record, and tells of it.  Resolves to whether it worked. */
export async function restoreVersion(collection, id, version) {
	const address = `/${collection}/${encodeURIComponent(id)}/restore`;
	try {
		await space.value.request("POST", address, { body: { version }, key: newId() });
		await space.value.sync();
		toast("Version restored.", { kind: "good" });
		return true;
	} catch ({ status, message }) {
		toast(status === 0 ? "Restoring needs a connection." : message, { kind: "bad" });
		return false;
	}
}

/**
 * words(entry): an area's own words for an entry.  They follow the name of the person and replace the list of fields.
 * If there are none, the entry is shown as usual.
 */
export function RecordHistory({ collection, id, words }) {
	const form = definition(collection), record = row(collection, id), zone = zoneOf(form, record);
	const { rows, next, error, busy, read } = useHistory(collection, id, record?.version ?? 0);
	const mayRestore = mayDo("update", collection, record);

	const restore = async (version) => {
		if (await restoreVersion(collection, id, version))
			read();
	};

	// The newest version is the current one.  A version with another id is from before the record was renamed.
	const restoreOf = (entry, at) => {
		const isOlder = at > 0 && entry.id === id;
		return mayRestore && isOlder ? () => restore(entry.version) : undefined;
	};

	if (!rows && error)
		return <Trouble text={whyNotRead(error)} onRetry={() => read()} />;
	if (!rows)
		return <Waiting rows={4} label="Reading the history" />;
	return (
		<div class="history stack">
			<ol class="events">
				{rows.map((entry, at) => (
					<Entry key={`${entry.id}/${entry.version}`} form={form} entry={entry}
						zone={zone} words={words} onRestore={restoreOf(entry, at)} />
				))}
			</ol>
			{error && <p class="field-problem small bad">{error.status === 0 ? AWAY : error.message}</p>}
			{next && <Button wide busy={busy} onClick={() => read(next)}>Earlier</Button>}
		</div>
	);
}
