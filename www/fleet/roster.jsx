// The roster: all cars there are, apart from today's board.  It is edited like any collection; here it is put on the board.

import { useState } from "preact/hooks";
import { Button, Empty, FilterBar, IconButton, List, Menu, Notice, Row, Tag, Waiting, formatNumber, isWide, toast } from "../ui/index.js";
import { go } from "../base/router.jsx";
import { hasRole, may, rows, status } from "../base/state.js";
import { ImportSheet, RecordForm, RecordHistory, exportRecords } from "../generic/index.js";
import { isReachable, useAction } from "./act.js";
import { compareNatural, matchesQuery } from "./board.js";
import { applyRoster, cars, takeRoster } from "./data.js";

const FILTERS = [["off", "Not on the board"], ["inactive", "Not active"]];

function said({ added, updated }) {
	const parts = [added && `${formatNumber(added)} ${added === 1 ? "car" : "cars"} added`, updated && `${formatNumber(updated)} changed`].filter(Boolean);
	return parts.length ? `${parts.join(", ")}.` : "The board has all of them already.";
}

// Three things that only belong to the roster as a whole.
function Actions({ count, onNew, onImport }) {
	const onDone = (answer) => toast(said(answer), { kind: "good" });
	const adding = useAction((key) => applyRoster(false, key), { onDone }), updating = useAction((key) => applyRoster(true, key), { onDone });
	const problem = adding.problem ?? updating.problem;
	const canApply = hasRole("member") && count > 0, mayEdit = may("create", "roster");
	const take = async () => {
		const taken = await takeRoster();
		toast(taken ? `${formatNumber(taken)} ${taken === 1 ? "car" : "cars"} taken into the roster.` : "All cars of the board are in the roster.", { kind: "good" });
	};
	return (
		<>
			<div class="roster-actions">
				{canApply && <Button kind="primary" busy={adding.busy} disabled={!isReachable()} onClick={() => adding.run()}>Put on the board</Button>}
				{mayEdit && (isWide.value ? <Button icon="plus" onClick={onNew}>New</Button> : <IconButton icon="plus" kind="plain" label="New in the roster" onClick={onNew} />)}
				<Menu label="More for the roster" items={[
					canApply && { label: "Also bring places and times on the board up to date", icon: "sync", disabled: !isReachable(), onSelect: () => updating.run() },
					mayEdit && cars.value.length > 0 && { label: "Take over the cars of the board", icon: "undo", onSelect: take },
					mayEdit && { label: "Import a file…", icon: "upload", onSelect: onImport },
					{ label: "Export as CSV", icon: "download", onSelect: () => exportRecords("roster", "csv") },
					{ label: "As a table, with history", icon: "list", onSelect: () => go("/c/roster") },
				]} />
			</div>
			{!isReachable() && canApply && <p class="hint">The roster is put on the board by the server, which cannot be reached at the moment.</p>}
			{problem && <Notice kind="bad">{problem}</Notice>}
		</>
	);
}

export function Roster({ selected, onOpen }) {
	const [query, setQuery] = useState(""), [filter, setFilter] = useState(null), [importing, setImporting] = useState(false);
	const all = rows("roster").value;
	const onBoard = new Set(cars.value.map((car) => car.id));
	const tests = { off: (one) => one.active !== false && !onBoard.has(one.id), inactive: (one) => one.active === false };
	const shown = all.filter((one) => (!filter || tests[filter](one)) && matchesQuery({ ...one, location: one.defaultLocation }, query)).sort((left, right) => compareNatural(left.id, right.id));
	return (
		<section class="roster">
			<Actions count={all.length} onNew={() => onOpen("new")} onImport={() => setImporting(true)} />
			{all.length > 0 && <FilterBar query={query} onQuery={setQuery} placeholder="Number, note" onClear={() => { setQuery(""); setFilter(null); }}
				filters={FILTERS.map(([key, label]) => ({ key, label, count: all.filter(tests[key]).length, on: filter === key, onToggle: () => setFilter(filter === key ? null : key) }))} />}
			{all.length === 0 && (status.value?.loaded ? <Empty icon="list" text="The roster holds every car you have, with its usual place and time. Each morning it fills the board."
				action={may("create", "roster") && <Button kind="primary" icon="plus" onClick={() => onOpen("new")}>Add a car</Button>} /> : <Waiting />)}
			{all.length > 0 && shown.length === 0 && <Empty icon="filter" text="No car of the roster is like that." />}
			<List items={shown} keyOf={(one) => one.id} height={64} label="Roster" row={(one) => (
				<Row title={one.id} meta={[one.defaultLocation, one.expected && `due ${one.expected.slice(0, 5)}`, one.notes]} selected={one.id === selected} strong
					mark={one.active === false ? <Tag>not active</Tag> : onBoard.has(one.id) ? <Tag kind="good" icon="check">on the board</Tag> : undefined}
					onOpen={() => onOpen(one.id)} />
			)} />
			{importing && <ImportSheet collection="roster" onClose={() => setImporting(false)} />}
		</section>
	);
}

export function RosterCar({ id, onClose }) {
	if (id === "new")
		return <RecordForm collection="roster" id={null} onClose={onClose} />;
	return (
		<>
			{may("update", "roster") && <RecordForm collection="roster" id={id} onClose={onClose} />}
			<h3>History</h3>
			<RecordHistory collection="roster" id={id} />
		</>
	);
}
