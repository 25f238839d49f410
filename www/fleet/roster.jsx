// The roster: all cars of the space, whether or not they are on today's board.  It is edited like any collection, and
// it fills the board.

import { useState } from "preact/hooks";
import {
	Button, Empty, FilterBar, IconButton, List, Menu, Notice, Row, Tag, Waiting, formatNumber, isWide, toast,
} from "../ui/index.js";
import { go, setQuery as setAddress } from "../base/router.jsx";
import { hasRole, may, past, rows, status } from "../base/state.js";
import { ImportSheet, PastDetail, RecordForm, RecordHistory, exportRecords } from "../generic/index.js";
import { isReachable, useAction } from "./act.js";
import { compareNatural, matchesQuery } from "./board.js";
import { applyRoster, cars, takeRoster } from "./data.js";

const FILTERS = [["off", "Not on the board"], ["inactive", "Not active"]];

function said({ added, updated }) {
	const parts = [
		added && `${formatNumber(added)} ${added === 1 ? "car" : "cars"} added`,
		updated && `${formatNumber(updated)} changed`,
	].filter(Boolean);
	return parts.length ? `${parts.join(", ")}.` : "The board has all of them already.";
}

function takenWords(count) {
	return count ? `${formatNumber(count)} ${count === 1 ? "car" : "cars"} added to the roster.`
		: "All cars of the board are in the roster.";
}

// What can be done with the roster as a whole.
function Actions({ count, onNew, onImport }) {
	const onDone = (answer) => toast(said(answer), { kind: "good" });
	const adding = useAction((key) => applyRoster(false, key), { onDone });
	const updating = useAction((key) => applyRoster(true, key), { onDone });
	const problem = adding.problem ?? updating.problem;
	const canApply = hasRole("member") && !past.value && count > 0, mayEdit = may("create", "roster");
	const take = async () => toast(takenWords(await takeRoster()), { kind: "good" });
	return (
		<>
			<div class="flow">
				{canApply && (
					<Button
						kind="primary" busy={adding.busy} disabled={!isReachable()}
						onClick={() => adding.run()}
					>
						Fill board
					</Button>
				)}
				{mayEdit && isWide.value && <Button icon="plus" onClick={onNew}>Add car</Button>}
				{mayEdit && !isWide.value && (
					<IconButton
						icon="plus" kind="plain" label="Add to roster" onClick={onNew}
					/>
				)}
				<Menu label="More for the roster" items={[
					canApply && {
						label: "Fill board and update locations and times",
						icon: "sync",
						disabled: !isReachable(), onSelect: () => updating.run(),
					},
					mayEdit &&
						cars.value.length > 0 && {
							label: "Add cars from the board", icon: "undo",
							onSelect: take,
						},
					mayEdit && { label: "Import a file…", icon: "upload", onSelect: onImport },
					{
						label: "Export as CSV",
						icon: "download",
						onSelect: () => exportRecords("roster", "csv"),
					},
					{
						label: "Open as table",
						icon: "list",
						onSelect: () => go("/c/roster"),
					},
				]} />
			</div>
			{!isReachable() && canApply && (
				<p class="hint">
					You need a connection to fill the board.
				</p>
			)}
			{problem && <Notice kind="bad">{problem}</Notice>}
		</>
	);
}

function Line({ one, isOnBoard, isSelected, onOpen }) {
	const isActive = one.active !== false;
	const boardTag = isOnBoard ? <Tag kind="good" icon="check">on the board</Tag> : undefined;
	return (
		<Row
			title={one.id} strong selected={isSelected} onOpen={() => onOpen(one.id)}
			meta={[one.defaultLocation, one.expected && `due ${one.expected.slice(0, 5)}`, one.notes]}
			mark={isActive ? boardTag : <Tag>not active</Tag>}
		/>
	);
}

const NONE = "The roster holds every car you have, with its usual place and time. Each morning it fills the board.";

function EmptyRoster({ onNew }) {
	if (!status.value?.loaded)
		return <Waiting />;
	const action = may("create", "roster") && <Button kind="primary" icon="plus" onClick={onNew}>Add a car</Button>;
	return <Empty icon="list" text={NONE} action={action} />;
}

export function Roster({ selected, onOpen }) {
	const [query, setQuery] = useState("");
	const [filter, setFilter] = useState(null);
	const [importing, setImporting] = useState(false);
	const all = rows("roster").value;
	const onBoard = new Set(cars.value.map((car) => car.id));
	const tests = {
		off: (one) => one.active !== false && !onBoard.has(one.id),
		inactive: (one) => one.active === false,
	};
	const isShown = (one) =>
		(!filter || tests[filter](one)) && matchesQuery({ ...one, location: one.defaultLocation }, query);
	const shown = all.filter(isShown).sort((left, right) => compareNatural(left.id, right.id));
	const showAll = () => {
		setQuery("");
		setFilter(null);
	};
	const filters = FILTERS.map(([key, label]) => ({
		key, label, count: all.filter(tests[key]).length, on: filter === key,
		onToggle: () => setFilter(filter === key ? null : key),
	}));
	const line = (one) => (
		<Line one={one} isOnBoard={onBoard.has(one.id)} isSelected={one.id === selected} onOpen={onOpen} />
	);
	return (
		<section class="roster stack">
			<Actions count={all.length} onNew={() => onOpen("new")} onImport={() => setImporting(true)} />
			{all.length > 0 && (
				<FilterBar
					query={query} onQuery={setQuery} placeholder="Number, note" onClear={showAll}
					filters={filters}
				/>
			)}
			{all.length === 0 && <EmptyRoster onNew={() => onOpen("new")} />}
			{all.length > 0 && shown.length === 0 && (
				<Empty icon="filter" text="No car of the roster is like that." />
			)}
			<List items={shown} keyOf={(one) => one.id} height={64} label="Roster" row={line} />
			{importing && <ImportSheet collection="roster" onClose={() => setImporting(false)} />}
		</section>
	);
}

export function RosterCar({ id, onClose }) {
	if (past.value)
		return <PastDetail collection="roster" id={id} onRestored={() => setAddress({ at: null })} />;
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
