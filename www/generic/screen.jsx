// Any collection: its list, and beside it (over it on phones) a record, its form, its history, a conflict or an import.
// Everything is in the address: /c/cars, /c/cars/128489, /c/cars/128489/edit, …/history, …/conflict, /c/cars/+,
// /c/cars/+/import.

import {
	Button, Empty, IconButton, Menu, Page, Row, Tag, capital, formatNumber, isWide, undoable,
} from "../ui/index.js";
import { useKeys } from "../base/keys.js";
import { NotYet } from "../base/once-loaded.jsx";
import { go } from "../base/router.jsx";
import { definition, hasRole, ops, past, row, rows, space, status, userId } from "../base/state.js";
import { asOfItem } from "./as-of.jsx";
import { ConflictView } from "./conflict.jsx";
import { hasOwners, mayDo, nameOf, plan } from "./context.js";
import { RecordDetail } from "./detail.jsx";
import { draftOf } from "./drafts.js";
import { hasOwnId, isEmpty, isSingle, openFields, singularOf, titleOfNew } from "./fields.js";
import { RecordForm } from "./form.jsx";
import { RecordHistory } from "./history.jsx";
import { keepDraft, keptDraft } from "./kept.js";
import { Records, SelectionBar, Tools, useSelection } from "./list.jsx";
import { columnNames, useLook, viewOf } from "./look.js";
import { Panel } from "./panel.jsx";
import { PastCollection } from "./past.jsx";
import { ImportSheet } from "./import.jsx";
import { exportRecords } from "./transfer.jsx";

const NEW = "+";

function address(name, ...parts) {
	return ["/c", name, ...parts.map(encodeURIComponent)].join("/").replaceAll("%2B", "+");
}

// The query stays, so that the list behind a panel keeps its search, filters and order.
function show(query, ...parts) {
	go(address(...parts), query);
}

async function remove(name, record) {
	const words = nameOf(name, record);
	const op = await space.value.remove(name, record.id);
	undoable(`${words} deleted.`, () => space.value.undo(op.edit ?? op.id));
}

function copy(form, record, query) {
	const names = openFields(form, true).filter(({ type }) => type !== "file").map(({ name }) => name);
	const filled = names.filter((name) => !isEmpty(record[name]));
	const values = Object.fromEntries(filled.map((name) => [name, record[name]]));
	keepDraft(form.name, null, { ...draftOf(undefined, values), touched: true });
	show(query, form.name, NEW);
}

function Missing({ form, onHistory }) {
	if (!status.value?.loaded)
		return <NotYet />;
	const text = `This ${singularOf(form)} is not here. It may have been deleted.`;
	const history = <Button icon="history" onClick={onHistory}>Its history</Button>;
	return <Empty icon={form.icon} text={text} action={history} />;
}

// What can be done with a record besides editing it.
function recordItems(form, record, query, close) {
	const { name } = form, mayCopy = mayDo("create", name) && !hasOwnId(form) && !isSingle(form);
	const removeIt = () => {
		close();
		remove(name, record);
	};
	return [
		{ label: "History", icon: "history", onSelect: () => show(query, name, record.id, "history") },
		asOfItem(),
		mayCopy && { label: "Duplicate", icon: "copy", onSelect: () => copy(form, record, query) },
		mayDo("delete", name, record) && { label: "Delete", icon: "trash", danger: true, onSelect: removeIt },
	].filter(Boolean);
}

function conflictOf(collection, id) {
	return ops.value.find((op) => op.collection === collection && op.record === id && op.state === "conflict");
}

function HistoryPanel({ form, id, title, lead, onClose }) {
	return (
		<Panel title="History" lead={lead} onClose={onClose}>
			<p class="hint panel-about below-4" dir="auto">{title}</p>
			<RecordHistory collection={form.name} id={id} />
		</Panel>
	);
}

function EditPanel({ form, id, lead, onClose, onDone }) {
	return (
		<Panel title={`Edit ${singularOf(form)}`} lead={lead} onClose={onClose}>
			<RecordForm collection={form.name} id={id} onClose={onDone} autofocus={isWide.value} />
		</Panel>
	);
}

function RecordPanel({ form, id, panel, query }) {
	const record = row(form.name, id), kind = singularOf(form);
	const close = () => show(query, form.name), back = () => show(query, form.name, id);
	const edit = () => show(query, form.name, id, "edit"), history = () => show(query, form.name, id, "history");
	const arrow = <IconButton icon="back" label={`Back to the ${kind}`} onClick={back} />;
	const mayEdit = Boolean(record) && mayDo("update", form.name, record);
	useKeys({ ...(mayEdit ? { e: ["Edit", edit] } : {}), h: ["History", history] });

	if (panel === "conflict")
		return (
			<Panel title="Two changes at once" onClose={close}>
				<ConflictView op={conflictOf(form.name, id)} onClose={back} />
			</Panel>
		);
	if (panel === "history") {
		const title = record ? nameOf(form.name, record) : capital(kind);
		return <HistoryPanel form={form} id={id} title={title} lead={arrow} onClose={close} />;
	}
	if (panel === "edit" && (record || keptDraft(form.name, id)))
		return <EditPanel form={form} id={id} lead={arrow} onClose={close} onDone={back} />;
	if (!record)
		return <Panel title={capital(kind)} onClose={close}><Missing form={form} onHistory={history} /></Panel>;
	return (
		<Panel title={capital(kind)} onClose={close}
			head={<Menu label="More" items={recordItems(form, record, query, close)} />}
			actions={mayEdit && <Button kind="primary" icon="pencil" onClick={edit}>Edit</Button>}>
			<RecordDetail collection={form.name} record={record} />
		</Panel>
	);
}

function OpenPanel({ form, id, panel, query }) {
	const close = () => show(query, form.name), title = titleOfNew(form);
	if (id !== NEW)
		return <RecordPanel key={id} form={form} id={id} panel={panel} query={query} />;
	if (!mayDo("create", form.name) && !keptDraft(form.name, null))
		return (
			<Panel title={capital(title)} onClose={close}>
				<Empty icon="lock" text="You may look at this list, not add to it." />
			</Panel>
		);
	return (
		<Panel title={title} onClose={close}>
			<RecordForm collection={form.name} onClose={close} autofocus={isWide.value} />
		</Panel>
	);
}

function Unfinished({ form, query }) {
	if (!keptDraft(form.name, null))
		return null;
	return (
		<div class="unfinished">
			<Row icon="pencil" title={titleOfNew(form)} meta="Begun, not saved"
				trailing={<Tag>Unfinished</Tag>}
				onOpen={() => show(query, form.name, NEW)} />
		</div>
	);
}

// What a file of the list holds: the records and, of a table, the columns that are shown.
function shownIn(known, look, query) {
	const { name } = known.definition, isTable = viewOf(name, query) === "table" && isWide.value;
	return {
		filters: look.filters, owner: query.owner || null,
		ids: look.isNarrowed ? new Set(look.records.map(({ id }) => id)) : undefined,
		fields: isTable ? tableFields(known) : null,
	};
}

function tableFields(known) {
	const { name, idLabel } = known.definition;
	return [hasOwners(name) && "owner", idLabel && "id", ...columnNames(known)].filter(Boolean);
}

function menuOf(known, look, query) {
	const form = known.definition, { name } = form, isEmptyList = look.records.length === 0;
	const mayImport = mayDo("create", name) && mayDo("update", name) && !isSingle(form);
	const shown = shownIn(known, look, query);
	const exportAs = (label, kind, style) => ({
		label, icon: "download", disabled: isEmptyList,
		onSelect: () => exportRecords(name, kind, style === "people" ? { ...shown, style }
			: { ...shown, style, fields: null }),
	});
	const importFile = { label: "Import a file", icon: "upload", onSelect: () => go(address(name, NEW, "import")) };
	return [
		asOfItem(address(name)),
		mayImport && importFile,
		exportAs("Export for people (spreadsheet)", "csv", "people"),
		exportAs("Export for programs (CSV)", "csv", "programs"),
		exportAs("Export for programs (JSON)", "json"),
	].filter(Boolean);
}

function countIn({ records, all, isNarrowed }) {
	if (isNarrowed)
		return `${formatNumber(records.length)} of ${formatNumber(all.length)}`;
	return all.length > 0 ? formatNumber(all.length) : undefined;
}

function Collection({ known, id, panel, query }) {
	const form = known.definition, { name } = form;
	const look = useLook(known, query), isEmptyList = look.all.length === 0;
	const { selection, begin } = useSelection(name, look.records);
	const isImport = id === NEW && panel === "import", isOpen = id !== undefined && !isImport;
	const mayAdd = mayDo("create", name);
	const add = () => show(query, name, NEW), close = () => show(query, name);
	const open = isOpen ? <OpenPanel form={form} id={id} panel={panel} query={query} /> : null;
	const maySelect = mayDo("delete", name) || mayDo("update", name);
	const tools = selection
		? <SelectionBar known={known} selection={selection} total={look.records.length} />
		: <Tools known={known} look={look} query={query} onSelect={maySelect ? begin : undefined} />;
	const addButton = <Button kind="primary" icon="plus" onClick={add}>Add {singularOf(form)}</Button>;
	useKeys({
		...(mayAdd ? { n: [`Add ${singularOf(form)}`, add] } : {}),
		"/": ["Search this list", () => document.querySelector("[data-search]")?.focus()],
	});
	return (
		<Page title={form.label} note={countIn(look)} flush aside={isWide.value ? open : undefined}
			actions={<Menu label="Past, import and export" items={menuOf(known, look, query)} />}
			below={!isEmptyList && tools} primary={mayAdd && !selection && !isEmptyList && addButton}>
			{form.help && isEmptyList && !isOpen && <p class="list-help in-4 hint">{form.help}</p>}
			<Unfinished form={form} query={query} />
			<Records known={known} look={look} query={query} selection={selection}
				openId={isOpen && id !== NEW ? id : null} />
			{!isWide.value && open}
			{isImport && <ImportSheet placed collection={name} onClose={close} />}
		</Page>
	);
}

// A collection of at most one record, while it has none.
function Unset({ form, mayEdit, onEdit }) {
	if (!status.value?.loaded)
		return <NotYet />;
	if (!mayEdit)
		return <Empty icon={form.icon} text="Nothing has been set here." />;
	const set = <Button kind="primary" onClick={onEdit}>Set {form.label.toLowerCase()}</Button>;
	return <Empty icon={form.icon} text="Nothing has been set yet; the usual values hold." action={set} />;
}

// A collection of at most one record, such as settings: that record is shown without a list.
function Single({ form, id, panel, query }) {
	const record = rows(form.name).value.find((one) => !form.own || one.owner === userId.value);
	const isShown = id === undefined || (record && id === record.id && !panel);
	const open = isShown ? null : <OpenPanel form={form} id={id} panel={panel} query={query} />;
	const mayEdit = record ? mayDo("update", form.name, record) : mayDo("create", form.name);
	const edit = () => (record ? show(query, form.name, record.id, "edit") : show(query, form.name, NEW));
	const history = () => show(query, form.name, record.id, "history");
	const editButton = <Button kind="primary" icon="pencil" onClick={edit}>Edit</Button>;
	useKeys(mayEdit ? { e: ["Edit", edit] } : {});
	return (
		<Page title={form.label} aside={isWide.value && open ? open : undefined}
			actions={record && <IconButton icon="history" label="History" onClick={history} />}
			primary={mayEdit && record && editButton}>
			{record && <RecordDetail collection={form.name} record={record} />}
			{!record && <Unset form={form} mayEdit={mayEdit} onEdit={edit} />}
			{!isWide.value && open}
		</Page>
	);
}

function NoSuchList() {
	const home = <Button onClick={() => go("/")}>Go to Today</Button>;
	return (
		<Page title="Records">
			{status.value?.loaded && (
				<Empty icon="list" text="There is no such list in this space." action={home} />
			)}
			{!status.value?.loaded && <NotYet />}
		</Page>
	);
}

export default function CollectionScreen({ params, query }) {
	const { collection, id, panel } = params;
	const form = definition(collection), known = plan(collection);
	if (!form || !known)
		return <NoSuchList />;
	if (form.may?.read && !hasRole(form.may.read))
		return (
			<Page title={form.label}>
				<Empty icon="lock" text="Your role in this space does not see this list." />
			</Page>
		);
	if (past.value && !panel && id !== NEW)
		return <PastCollection key={collection} known={known} id={id} query={query} />;
	if (isSingle(form) && !(form.own && rows(collection).value.length > 1))
		return <Single key={collection} form={form} id={id} panel={panel} query={query} />;
	return <Collection key={collection} known={known} id={id} panel={panel} query={query} />;
}
