// What became of a record, version by version, in sentences, with the way back to each.  It is kept by the server alone.

import { useEffect, useState } from "preact/hooks";
import { Button, Trouble, Waiting, formatInstant, toast } from "../ui/index.js";
import { definition, engine, personName, row, space } from "../base/state.js";
import { newId } from "../engine/engine.js";
import { capital } from "../ui/format.js";
import { mayDo, options } from "./context.js";
import { fieldOf, isEmpty, zoneOf } from "./fields.js";
import { formatValue } from "./values.js";

const VERBS = {
	created: "added it", deleted: "deleted it", revived: "brought it back", restored: "went back to an earlier version", reset: "reset it for a new shift",
	imported: "brought it in from a file", erased: "erased it",
};
const PAGE = 30;

const away = "The history is kept by the server. It can be read when there is a connection.";

function useHistory(collection, id, version) {
	const [past, setPast] = useState({ rows: null, next: null, error: null, busy: false });
	const read = async (after) => {
		setPast((was) => ({ ...was, busy: true, error: null }));
		try {
			const query = new URLSearchParams({ limit: PAGE, ...(after ? { after } : {}) });
			const { data } = await space.value.request("GET", `/${collection}/${encodeURIComponent(id)}/history?${query}`);
			setPast((was) => ({ rows: after ? [...was.rows, ...data.history] : data.history, next: data.next ?? null, error: null, busy: false }));
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
	return words === "" ? <em>empty</em> : <bdi class="was-value">{words}</bdi>;
}

// "Location: Yard → 200"; of a new record only what it was given.
function ChangeLine({ form, name, pair, zone }) {
	const field = fieldOf(form, name) ?? { name, label: name === "renamedFrom" ? "Was called" : name, type: "text" };
	const [before, after] = pair.map((value) => formatValue(field, value, { ...options(), zone }));
	return (
		<li>
			<span class="muted">{field.label}</span>{" "}
			{isEmpty(pair[0]) ? <Value words={after} /> : <><Value words={before} /> <span aria-label="became">→</span> <Value words={after} /></>}
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

function Entry({ form, entry, isCurrent, onRestore, zone, words }) {
	const said = words?.(entry);
	const changes = Object.entries(entry.changes ?? {}).filter(([name]) => !fieldOf(form, name)?.hidden);
	const device = entry.device && entry.device === engine.device.id ? "this device" : null;
	return (
		<li class="event stack">
			<p><strong dir="auto">{who(entry)}</strong> {said ?? entryWords(entry, changes.map(([name]) => name), form)}</p>
			<p class="hint">{[formatInstant(entry.at, { zone }), device, entry.claimedAt && Math.abs(Date.parse(entry.at) - Date.parse(entry.claimedAt)) > 60_000 && `written ${formatInstant(entry.claimedAt, { zone })}`].filter(Boolean).join(" · ")}</p>
			{!said && entry.action !== "deleted" && changes.length > 0 && <ul class="event-changes stack hair small">{changes.map(([name, pair]) => <ChangeLine key={name} form={form} name={name} pair={pair} zone={zone} />)}</ul>}
			{entry.changes === null && <p class="hint">What it was has been erased.</p>}
			{onRestore && !isCurrent && entry.action !== "deleted" && entry.changes !== null && <Button small icon="undo" onClick={onRestore}>Go back to this</Button>}
		</li>
	);
}

/** words(entry): what an area says of an entry, after the name of who did it and in place of its fields; nothing where it knows nothing better. */
export function RecordHistory({ collection, id, words }) {
	const form = definition(collection), record = row(collection, id);
	const { rows, next, error, busy, read } = useHistory(collection, id, record?.version ?? 0);
	const mayRestore = mayDo("update", collection, record);

	async function restore(version) {
		try {
			await space.value.request("POST", `/${collection}/${encodeURIComponent(id)}/restore`, { body: { version }, key: newId() });
			await space.value.sync();
			toast("It is again as it was then.", { kind: "good" });
			read();
		} catch (problem) {
			toast(problem.status === 0 ? "Going back needs a connection." : problem.message, { kind: "bad" });
		}
	}

	if (!rows && error)
		return <Trouble text={error.status === 0 ? away : error.status === 404 ? "The server does not know this record yet." : error.message} onRetry={() => read()} />;
	if (!rows)
		return <Waiting rows={4} label="Reading the history" />;
	return (
		<div class="history stack">
			<ol class="events">
				{rows.map((entry, at) => <Entry key={`${entry.id}/${entry.version}`} form={form} entry={entry} zone={zoneOf(form, record)} words={words} isCurrent={at === 0} onRestore={mayRestore && entry.id === id ? () => restore(entry.version) : undefined} />)}
			</ol>
			{error && <p class="field-problem small bad">{error.status === 0 ? away : error.message}</p>}
			{next && <Button wide busy={busy} onClick={() => read(next)}>Earlier</Button>}
		</div>
	);
}
