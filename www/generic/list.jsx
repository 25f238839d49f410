// A collection as a list or a table: search, filters, order, groups with sums, selection; the rows say what is new and what is not sent.

import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { Button, Check, Empty, FilterBar, Icon, IconButton, List, Menu, Row, Sheet, Table, Tag, Trouble, Waiting, capital, formatNumber, isFine, isWide, undoable } from "../ui/index.js";
import { minute } from "../base/clock.js";
import { go, setQuery } from "../base/router.jsx";
import { keyOf, news, ops, personName, space, status, userId } from "../base/state.js";
import { write } from "../base/write.js";
import { hasOwners, mayDo, members, options } from "./context.js";
import { readField, singularOf } from "./fields.js";
import { draftedIds } from "./kept.js";
import { columnNames, setColumns, setView, sumText, viewOf } from "./look.js";
import { columnsOf, describeRow, isFigure, orderOf } from "./rows.js";
import { formatValue } from "./values.js";

const TAGS = 2; // shown in a row
const LEADS = 300; // rows looked at for the width of the leading figures

function newsOf(name, record) {
	const found = news.value.get(keyOf(name, record.id));
	return found ? `${capital(personName(found.by))} · now` : null;
}

function markOf(name, record, drafted) {
	const own = ops.value.filter((op) => op.collection === name && op.record === record.id);
	if (own.some(({ state }) => state === "conflict"))
		return <Tag kind="warn" icon="swap">Decide</Tag>;
	if (own.some(({ state }) => state === "rejected"))
		return <Tag kind="bad" icon="bad">Refused</Tag>;
	if (drafted.has(record.id))
		return <Tag icon="pencil">Unfinished</Tag>;
	return own.length > 0 && status.value?.trouble ? <Tag icon="offline">Waiting</Tag> : undefined;
}

function Picked({ isOn, lead }) {
	return (
		<>
			<span class={isOn ? "pick on" : "pick"}>{isOn && <Icon name="check" size={16} label="selected" />}</span>
			{lead && <b>{lead.figure}</b>}
			{lead?.unit && <small>{lead.unit}</small>}
		</>
	);
}

function RecordRow({ known, record, isOpen, selection, drafted, owners }) {
	const { name } = known.definition;
	const { lead, title, meta, tags, span } = describeRow(known, record, { ...options(), now: minute.value });
	const isSelected = selection?.ids.has(record.id);
	const words = owners && record.owner && record.owner !== userId.value ? [capital(personName(record.owner)), ...meta] : meta;
	const said = newsOf(name, record);
	return (
		<Row id={record.id} leading={selection ? <Picked isOn={isSelected} lead={lead} /> : lead} title={title} meta={words} news={said}
			selected={selection ? isSelected : isOpen} mark={markOf(name, record, drafted)} onOpen={() => (selection ? selection.toggle(record.id) : go(`/c/${name}/${encodeURIComponent(record.id)}`, queryNow()))}
			trailing={<>{!(said && !isWide.value) && tags.slice(0, TAGS).map(({ words: text, kind }) => <Tag key={text} kind={kind}>{text}</Tag>)}{span && <span class={span.running ? "row-span running" : "row-span"}>{span.text}</span>}</>} />
	);
}

function queryNow() {
	return Object.fromEntries(new URLSearchParams(location.search));
}

// So wide that the figures of all rows end at one edge.
function useLeadWidth(known, records) {
	return useMemo(() => {
		const around = options();
		let most = 0;
		for (const record of records.slice(0, LEADS)) {
			const { lead } = describeRow(known, record, around);
			most = Math.max(most, lead ? lead.figure.length * 0.8 + lead.unit.length * 0.62 : 0);
		}
		return `${Math.min(most, 8).toFixed(2)}rem`;
	}, [known, records]);
}

function cellOf(known, field, around) {
	return (record) => formatValue(field, readField(field, record), { ...around, zone: record.zone });
}

function RecordTable({ known, look, openId, selection }) {
	const { name, idLabel } = known.definition;
	const around = options();
	const names = columnNames(known);
	const fields = columnsOf(known).filter((field) => names.includes(field.name));
	const columns = fields.map((field) => ({
		key: field.name, title: field.label, sort: true, align: isFigure(field) ? "end" : undefined, width: field.type === "text" || field.type === "ref" ? 1.6 : 1,
		cell: cellOf(known, field, around), sum: sumText(field, look.records, around),
	}));
	if (idLabel)
		columns.unshift({ key: "id", title: idLabel, sort: true, cell: (record) => record.id });
	if (hasOwners(name))
		columns.push({ key: "owner", title: "Whose", cell: (record) => capital(personName(record.owner)) });
	if (selection)
		columns.unshift({ key: "pick", title: "", width: 0.3, cell: (record) => <Picked isOn={selection.ids.has(record.id)} /> });
	return (
		<Table label={known.definition.label} columns={columns} items={look.records} keyOf={(record) => record.id} sort={look.order} onSort={look.setOrder}
			mark={(record) => ({ selected: selection ? selection.ids.has(record.id) : record.id === openId, news: newsOf(name, record) })}
			onOpen={(record) => (selection ? selection.toggle(record.id) : go(`/c/${name}/${encodeURIComponent(record.id)}`, queryNow()))} />
	);
}

// A browser that keeps nothing for pages, or has no room, forgets the place.
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

// The place in a list outlives going elsewhere and a reload of the page.
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

function Nothing({ known, look }) {
	const { definition } = known, { name, icon } = definition;
	const mayAdd = mayDo("create", name);
	if (look.isNarrowed)
		return <Empty icon="search" text={look.bar.query ? `Nothing matches “${look.bar.query}”.` : "Nothing matches these filters."} action={<Button onClick={look.bar.onClear}>Show all</Button>} />;
	return (
		<Empty icon={icon} text={mayAdd ? `The first ${singularOf(definition)} you add will stand here, on all your devices.` : "There is nothing here yet."}
			action={mayAdd && <Button kind="primary" icon="plus" onClick={() => go(`/c/${name}/+`)}>Add {singularOf(definition)}</Button>} />
	);
}

/** Before there is anything to list: not loaded yet, or nothing. */
export function NotYet() {
	const { trouble, problem } = status.value ?? {};
	if (trouble)
		return <Trouble text="Nothing could be loaded yet." onRetry={() => space.value.sync()}><p>{trouble === "offline" ? "You are offline." : problem ?? "The server does not answer."} Daybook keeps asking; what you add meanwhile is kept here.</p></Trouble>;
	return <Waiting />;
}

function Columns({ known, onClose }) {
	const [names, setNames] = useState(columnNames(known));
	const change = (name, isOn) => {
		const next = isOn ? [...names, name] : names.filter((one) => one !== name);
		setNames(next);
		setColumns(known, next);
	};
	return (
		<Sheet title="Columns" onClose={onClose} actions={<Button kind="primary" onClick={onClose}>Done</Button>}>
			{columnsOf(known).map((field) => <Check key={field.name} value={names.includes(field.name)} onInput={(isOn) => change(field.name, isOn)}>{field.label}</Check>)}
		</Sheet>
	);
}

function orders(known) {
	const fields = columnsOf(known).filter(({ type }) => !["place", "file", "list", "boolean"].includes(type)).map(({ name, label }) => [name, label]);
	return [...(known.definition.idLabel ? [["id", known.definition.idLabel]] : []), ...fields, ["lastUpdatedAt", "Last change"]];
}

/** What stands over the list: search, filters, whose, order, list or table. */
export function Tools({ known, look, query, onSelect }) {
	const { name } = known.definition;
	const [choosing, setChoosing] = useState(false);
	const view = viewOf(name, query), isTable = view === "table" && isWide.value;
	const items = [
		{ label: look.order.down ? "Turn the order round: smallest first" : "Turn the order round: largest first", icon: look.order.down ? "ascending" : "descending", onSelect: () => look.setOrder({ ...look.order, down: !look.order.down }) },
		...orders(known).map(([key, label]) => ({ label: `By ${label.toLowerCase()}`, icon: key === look.order.key ? "check" : undefined, onSelect: () => look.setOrder({ key, down: key === "lastUpdatedAt" || (key === known.order?.name && orderOf(known).down) }) })),
	];
	const owners = [["", "Everybody’s"], ...members.value].map(([id, label]) => ({ label, icon: id === (query.owner ?? "") ? "check" : undefined, onSelect: () => setQuery({ owner: id }) }));
	return (
		<div class="tools">
			<FilterBar {...look.bar} label={`Search ${known.definition.label.toLowerCase()}`} />
			<div class="tools-end">
				{hasOwners(name) && <Menu label="Whose" icon="users" items={owners} />}
				<Menu label="Order" icon="sort" items={items} />
				{isWide.value && <IconButton icon={isTable ? "list" : "columns"} label={isTable ? "Show as a list" : "Show as a table"} onClick={() => setView(name, isTable ? "list" : "table")} />}
				{isTable && <IconButton icon="sliders" label="Choose columns" onClick={() => setChoosing(true)} />}
				{onSelect && <IconButton icon="check-square" label="Select several" onClick={onSelect} />}
			</div>
			{choosing && <Columns known={known} onClose={() => setChoosing(false)} />}
		</div>
	);
}

/** Selecting several: {ids, toggle, …} or null. */
export function useSelection(name, records) {
	const [ids, setIds] = useState(null);
	if (ids === null)
		return { selection: null, begin: () => setIds(new Set()) };
	const toggle = (id) => setIds((was) => {
		const next = new Set(was);
		if (!next.delete(id))
			next.add(id);
		return next;
	});
	const end = () => setIds(null);
	const chosen = records.filter(({ id }) => ids.has(id));
	const removable = chosen.filter((record) => mayDo("delete", name, record));
	async function remove() {
		const done = [];
		end();
		for (const { id } of removable) {
			const op = await write(() => space.value.remove(name, id), "all of it");
			if (!op)
				break;
			done.push(op);
		}
		if (done.length === 0)
			return;
		undoable(`${formatNumber(done.length)} deleted.`, async () => {
			for (const op of done)
				await space.value.undo(op.edit ?? op.id);
		});
	}
	return { selection: { ids, toggle, end, remove, count: chosen.length, removable: removable.length, all: () => setIds(new Set(records.map(({ id }) => id))) }, begin: end };
}

export function SelectionBar({ selection, total }) {
	return (
		<div class="selection-bar" role="status">
			<IconButton icon="close" label="Stop selecting" onClick={selection.end} />
			<strong>{formatNumber(selection.count)} selected</strong>
			{selection.count < total && <Button small kind="quiet" onClick={selection.all}>All {formatNumber(total)}</Button>}
			<Button small kind="danger" icon="trash" disabled={selection.removable === 0} onClick={selection.remove}>Delete</Button>
		</div>
	);
}

export function Records({ known, look, query, openId, selection }) {
	const { name, label } = known.definition;
	const drafted = new Set(draftedIds(name));
	const place = useScrollPlace(`${space.value.id}/${name}`, look.records.length > 0);
	const lead = useLeadWidth(known, look.records);
	const owners = hasOwners(name) && !query.owner;

	if (look.records.length === 0)
		return status.value?.loaded || look.all.length > 0 ? <Nothing known={known} look={look} /> : <NotYet />;
	return (
		<div ref={place} class="records" style={{ "--lead": lead }}>
			{viewOf(name, query) === "table" && isWide.value
				? <RecordTable known={known} look={look} openId={openId} selection={selection} />
				: <List items={look.records} keyOf={(record) => record.id} groupOf={look.groupOf} height={isFine.value ? 58 : 66} label={label} current={openId}
					row={(record) => <RecordRow known={known} record={record} isOpen={record.id === openId} selection={selection} drafted={drafted} owners={owners} />} />}
		</div>
	);
}
