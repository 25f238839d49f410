// A collection as a list or a table, with search, filters, order, months and selection.  Rows show what is new and what
// is not sent yet.

import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import {
	Button, Check, Empty, FilterBar, Icon, IconButton, List, Menu, Row, Sheet, Table, Tag,
	capital, formatNumber, isFine, isWide, undoable,
} from "../ui/index.js";
import { minute } from "../base/clock.js";
import { NotYet } from "../base/once-loaded.jsx";
import { go, setQuery } from "../base/router.jsx";
import { keyOf, news, ops, personName, space, status, userId } from "../base/state.js";
import { write } from "../base/write.js";
import { hasOwners, mayDo, members, options } from "./context.js";
import { readField, singularOf, zoneOf } from "./fields.js";
import { draftedIds } from "./kept.js";
import { columnNames, setColumns, setView, sumText, viewOf } from "./look.js";
import { orderOf } from "./order.js";
import { isFigure } from "./plan.js";
import { describeRow, leadWidth, opsState } from "./rows.js";
import { ChangeSeveral } from "./several.jsx";
import { columnsOf, ordersOf } from "./table.js";
import { formatValue } from "./values.js";

const TAGS = 2; // shown in a row
const LEADS = 300; // rows looked at for the width of the leading figures
const WIDE = 1.6; // how many times as wide as other columns a column of texts is
const ROW = 66, FINE_ROW = 58; // pixels of a row: for fingers, for a mouse

function newsOf(name, record) {
	const found = news.value.get(keyOf(name, record.id));
	return found ? `${capital(personName(found.by))} · now` : null;
}

function Mark({ name, record, drafted }) {
	const state = opsState(ops.value, name, record.id);
	if (state === "conflict")
		return <Tag kind="warn" icon="swap">Decide</Tag>;
	if (state === "rejected")
		return <Tag kind="bad" icon="bad">Refused</Tag>;
	if (drafted.has(record.id))
		return <Tag icon="pencil">Unfinished</Tag>;
	return state === "waiting" && status.value?.trouble ? <Tag icon="offline">Waiting</Tag> : null;
}

function Picked({ isOn, lead }) {
	return (
		<>
			<span class={isOn ? "box centre on" : "box centre"}>
				{isOn && <Icon name="check" size={16} label="selected" />}
			</span>
			{lead && <b class="big">{lead.figure}</b>}
			{lead?.unit && <small>{lead.unit}</small>}
		</>
	);
}

// The end of a row: tags and the time it took.  On narrow windows news takes the place of the tags.
function Trail({ tags, span, isNews }) {
	const shown = isNews && !isWide.value ? [] : tags.slice(0, TAGS);
	return (
		<>
			{shown.map(({ words, kind }) => <Tag key={words} kind={kind}>{words}</Tag>)}
			{span && <span class={span.running ? "bold accent" : "bold"}>{span.text}</span>}
		</>
	);
}

function openRow(name, id) {
	go(`/c/${name}/${encodeURIComponent(id)}`, queryNow());
}

function RecordRow({ known, record, isOpen, selection, drafted, owners, isPast }) {
	const { name } = known.definition;
	const { lead, title, meta, tags, span } = describeRow(known, record, { ...options(), now: minute.value });
	const isSelected = selection?.ids.has(record.id);
	const isOthers = owners && record.owner && record.owner !== userId.value;
	const said = isPast ? null : newsOf(name, record);
	return (
		<Row id={record.id} leading={selection ? <Picked isOn={isSelected} lead={lead} /> : lead} title={title}
			meta={isOthers ? [capital(personName(record.owner)), ...meta] : meta} news={said}
			selected={selection ? isSelected : isOpen}
			mark={isPast ? null : <Mark name={name} record={record} drafted={drafted} />}
			onOpen={() => (selection ? selection.toggle(record.id) : openRow(name, record.id))}
			trailing={<Trail tags={tags} span={span} isNews={said} />} />
	);
}

function queryNow() {
	return Object.fromEntries(new URLSearchParams(location.search));
}

function useLeadWidth(known, records) {
	return useMemo(() => {
		const around = options();
		return leadWidth(records.slice(0, LEADS).map((record) => describeRow(known, record, around).lead));
	}, [known, records]);
}

function cellOf(known, field, around) {
	const zoneIn = (record) => zoneOf(known.definition, record);
	return (record) => formatValue(field, readField(field, record), { ...around, zone: zoneIn(record) });
}

function fieldColumn(known, field, records, around) {
	return {
		key: field.name, title: field.label, sort: true, align: isFigure(field) ? "end" : undefined,
		width: field.type === "text" || field.type === "ref" ? WIDE : 1,
		cell: cellOf(known, field, around), sum: sumText(field, records, around),
	};
}

function pickColumn({ ids }) {
	return { key: "pick", title: "", width: 0.3, cell: ({ id }) => <Picked isOn={ids.has(id)} /> };
}

function tableColumns(known, records, selection) {
	const { name, idLabel } = known.definition;
	const around = options(), names = columnNames(known);
	const fields = columnsOf(known).filter((field) => names.includes(field.name));
	const columns = fields.map((field) => fieldColumn(known, field, records, around));
	if (idLabel)
		columns.unshift({ key: "id", title: idLabel, sort: true, cell: (record) => record.id });
	if (hasOwners(name))
		columns.push({ key: "owner", title: "Whose", cell: (record) => capital(personName(record.owner)) });
	if (selection)
		columns.unshift(pickColumn(selection));
	return columns;
}

function RecordTable({ known, look, openId, selection }) {
	const { name, label } = known.definition;
	const isSelected = (record) => (selection ? selection.ids.has(record.id) : record.id === openId);
	return (
		<Table label={label} columns={tableColumns(known, look.records, selection)}
			items={look.records} keyOf={(record) => record.id} sort={look.order} onSort={look.setOrder}
			mark={(record) => ({ selected: isSelected(record), news: newsOf(name, record) })}
			onOpen={(record) => (selection ? selection.toggle(record.id) : openRow(name, record.id))} />
	);
}

// If the browser stores nothing, or is full, the place is forgotten.
function readPlace(name) {
	try {
		return Number(sessionStorage.getItem(name));
	} catch {
		return 0;
	}
}

function keepPlace(name, top) {
	try {
		sessionStorage.setItem(name, String(Math.round(top)));
	} catch {}
}

// The place in a list is kept when the person goes elsewhere or reloads the page.
export function useScrollPlace(key, isReady) {
	const ref = useRef(null);
	useLayoutEffect(() => {
		if (!isReady)
			return undefined;
		const scroller = ref.current?.closest(".page-body");
		const name = `scroll:${key}`, kept = readPlace(name);
		if (kept > 0)
			scroller.scrollTop = kept;
		const keep = () => keepPlace(name, scroller.scrollTop);
		scroller.addEventListener("scrollend", keep);
		addEventListener("pagehide", keep);
		return () => {
			keep();
			scroller.removeEventListener("scrollend", keep);
			removeEventListener("pagehide", keep);
		};
	}, [key, isReady]);
	return ref;
}

function NoMatch({ bar }) {
	const text = bar.query ? `Nothing matches “${bar.query}”.` : "Nothing matches these filters.";
	return <Empty icon="search" text={text} action={<Button onClick={bar.onClear}>Show all</Button>} />;
}

function Nothing({ definition }) {
	const { name, icon } = definition, singular = singularOf(definition);
	if (!mayDo("create", name))
		return <Empty icon={icon} text="There is nothing here yet." />;
	const text = `The first ${singular} you add will stand here, on all your devices.`;
	const add = <Button kind="primary" icon="plus" onClick={() => go(`/c/${name}/+`)}>Add {singular}</Button>;
	return <Empty icon={icon} text={text} action={add} />;
}

function Columns({ known, onClose }) {
	const [names, setNames] = useState(columnNames(known));
	const change = (name, isOn) => {
		const next = isOn ? [...names, name] : names.filter((one) => one !== name);
		setNames(next);
		setColumns(known, next);
	};
	const done = <Button kind="primary" onClick={onClose}>Done</Button>;
	return (
		<Sheet title="Columns" onClose={onClose} actions={done}>
			{columnsOf(known).map(({ name, label }) => (
				<Check key={name} value={names.includes(name)} onInput={(isOn) => change(name, isOn)}>
					{label}
				</Check>
			))}
		</Sheet>
	);
}

// The menu of orders: first to reverse the order, then what to order by.
function orderItems(known, look) {
	const { order } = look, isOwnDown = orderOf(known).down;
	const isDown = (key) => key === "lastUpdatedAt" || (key === known.order?.name && isOwnDown);
	const turn = {
		label: order.down ? "Sort ascending" : "Sort descending",
		icon: order.down ? "ascending" : "descending",
		onSelect: () => look.setOrder({ ...order, down: !order.down }),
	};
	const byKey = ([key, label]) => ({
		label: `By ${label.toLowerCase()}`,
		icon: key === order.key ? "check" : undefined,
		onSelect: () => look.setOrder({ key, down: isDown(key) }),
	});
	return [turn, ...ordersOf(known).map(byKey)];
}

function ownerItems(chosen) {
	return [["", "Everybody’s"], ...members.value].map(([id, label]) => ({
		label, icon: id === chosen ? "check" : undefined, onSelect: () => setQuery({ owner: id }),
	}));
}

/** The tools over a list: search, filters, owner, order, list or table. */
export function Tools({ known, look, query, onSelect }) {
	const { name, label } = known.definition;
	const [choosing, setChoosing] = useState(false);
	const isTable = viewOf(name, query) === "table" && isWide.value;
	const choose = () => setChoosing(true);
	const other = isTable ? ["list", "Show as a list"] : ["columns", "Show as a table"];
	const [icon, words] = other, turn = () => setView(name, isTable ? "list" : "table");
	return (
		<div class="tools flow">
			<FilterBar {...look.bar} label={`Search ${label.toLowerCase()}`} />
			<div class="tools-end line gap-1 push">
				{hasOwners(name) && (
					<Menu
						label="Filter by person" icon="users"
						items={ownerItems(query.owner ?? "")}
					/>
				)}
				<Menu label="Sort" icon="sort" items={orderItems(known, look)} />
				{isWide.value && (
					<IconButton icon={icon} label={words} onClick={turn} />
				)}
				{isTable && (
					<IconButton icon="sliders" label="Choose columns" onClick={choose} />
				)}
				{onSelect && (
					<IconButton icon="check-square" label="Select" onClick={onSelect} />
				)}
			</div>
			{choosing && (
				<Columns known={known} onClose={() => setChoosing(false)} />
			)}
		</div>
	);
}

// Deletes records one after another until this device cannot store an op.  Resolves to the ops that were written.
async function removeAll(name, records) {
	const done = [];
	for (const { id } of records) {
		const op = await write(() => space.value.remove(name, id), "all of it");
		if (!op)
			break;
		done.push(op);
	}
	return done;
}

async function bringBack(ops) {
	for (const op of ops)
		await space.value.undo(op.edit ?? op.id);
}

/** Selecting several: {selection: {ids, toggle, …} or null, begin}. */
export function useSelection(name, records) {
	const [ids, setIds] = useState(null);
	if (ids === null)
		return { selection: null, begin: () => setIds(new Set()) };
	const without = (was, id) => [...was].filter((one) => one !== id);
	const toggle = (id) => setIds((was) => new Set(was.has(id) ? without(was, id) : [...was, id]));
	const end = () => setIds(null);
	const chosen = records.filter(({ id }) => ids.has(id));
	const removable = chosen.filter((record) => mayDo("delete", name, record));
	const changeable = chosen.filter((record) => mayDo("update", name, record));
	async function remove() {
		end();
		const done = await removeAll(name, removable);
		if (done.length > 0)
			undoable(`${formatNumber(done.length)} deleted.`, () => bringBack(done));
	}
	const all = () => setIds(new Set(records.map(({ id }) => id)));
	const selection = {
		ids, toggle, end, remove, all, count: chosen.length, removable: removable.length, changeable,
	};
	return { selection, begin: end };
}

export function SelectionBar({ known, selection, total }) {
	const { count, removable, changeable } = selection;
	const [isChanging, setChanging] = useState(false);
	return (
		<div class="selection-bar flow gap-2 touch" role="status">
			<IconButton icon="close" label="Stop selecting" onClick={selection.end} />
			<strong class="grow">{formatNumber(count)} selected</strong>
			{count < total && (
				<Button small kind="quiet" onClick={selection.all}>All {formatNumber(total)}</Button>
			)}
			<Button
				small icon="pencil" disabled={changeable.length === 0}
				onClick={() => setChanging(true)}
			>
				Change
			</Button>
			<Button small kind="danger" icon="trash" disabled={removable === 0} onClick={selection.remove}>
				Delete
			</Button>
			{isChanging && (
				<ChangeSeveral
					known={known} records={changeable} onDone={selection.end}
					onClose={() => setChanging(false)}
				/>
			)}
		</div>
	);
}

/** isPast: they are of the past, so that nothing of now is said of them. */
export function Records({ known, look, query, openId, selection, isPast = false }) {
	const { definition } = known, { name, label } = definition, { records } = look;
	const drafted = new Set(draftedIds(name)), owners = hasOwners(name) && !query.owner;
	const shared = { known, selection, drafted, owners, isPast };
	const place = useScrollPlace(`${space.value.id}/${name}${isPast ? "/past" : ""}`, records.length > 0);
	const lead = useLeadWidth(known, records);
	const isTable = viewOf(name, query) === "table" && isWide.value;
	const rowOf = (record) => <RecordRow {...shared} record={record} isOpen={record.id === openId} />;

	if (records.length === 0 && !isPast && !status.value?.loaded)
		return <NotYet />;
	if (records.length === 0)
		return look.isNarrowed ? <NoMatch bar={look.bar} /> : <Nothing definition={definition} />;
	return (
		<div ref={place} class="records" style={{ "--lead": lead }}>
			{isTable && (
				<RecordTable known={known} look={look} openId={openId} selection={selection} />
			)}
			{!isTable && (
				<List items={records} keyOf={(record) => record.id} groupOf={look.groupOf} label={label}
					height={isFine.value ? FINE_ROW : ROW} current={openId} row={rowOf} />
			)}
		</div>
	);
}
