// Any collection: its list, and beside it (on phones: over it) a record, its form, its history, a decision, an import.  Everything is in the
// address: /c/cars, /c/cars/128489, /c/cars/128489/edit, …/history, …/conflict, /c/cars/+, /c/cars/+/import.

import { Button, Empty, IconButton, Menu, Page, Row, Tag, capital, formatNumber, isWide, undoable } from "../ui/index.js";
import { useKeys } from "../base/keys.js";
import { go } from "../base/router.jsx";
import { definition, hasRole, ops, row, rows, space, status, userId } from "../base/state.js";
import { ConflictView } from "./conflict.jsx";
import { mayDo, nameOf, plan } from "./context.js";
import { RecordDetail } from "./detail.jsx";
import { draftOf } from "./drafts.js";
import { hasOwnId, isEmpty, isSingle, openFields, singularOf, titleOfNew } from "./fields.js";
import { RecordForm } from "./form.jsx";
import { RecordHistory } from "./history.jsx";
import { keepDraft, keptDraft } from "./kept.js";
import { NotYet, Records, SelectionBar, Tools, useSelection } from "./list.jsx";
import { useLook } from "./look.js";
import { Panel } from "./panel.jsx";
import { ImportSheet, exportRecords } from "./transfer.jsx";

const NEW = "+";

function address(name, ...parts) {
	return ["/c", name, ...parts.map(encodeURIComponent)].join("/").replaceAll("%2B", "+");
}

// The list behind a panel stays as it is looked at.
function show(query, ...parts) {
	go(address(...parts), query);
}

async function remove(name, record) {
	const words = nameOf(name, record);
	const op = await space.value.remove(name, record.id);
	undoable(`${words} deleted.`, () => space.value.undo(op.edit ?? op.id));
}

function copy(form, record, query) {
	const values = Object.fromEntries(openFields(form, true).filter(({ type }) => type !== "file").map(({ name }) => [name, record[name] ?? null]).filter(([, value]) => !isEmpty(value)));
	keepDraft(form.name, null, { ...draftOf(undefined, values), touched: true });
	show(query, form.name, NEW);
}

function RecordPanel({ form, id, panel, query }) {
	const record = row(form.name, id);
	const close = () => show(query, form.name);
	const back = () => show(query, form.name, id);
	const kind = singularOf(form), name = record ? nameOf(form.name, record) : capital(kind);
	const arrow = <IconButton icon="back" label={`Back to the ${kind}`} onClick={back} />;
	const mayEdit = Boolean(record) && mayDo("update", form.name, record);
	useKeys({ ...(mayEdit ? { e: ["Edit", () => show(query, form.name, id, "edit")] } : {}), h: ["History", () => show(query, form.name, id, "history")] });

	if (panel === "conflict") {
		const op = ops.value.find((one) => one.collection === form.name && one.record === id && one.state === "conflict");
		return <Panel title="Two changes at once" onClose={close}><ConflictView op={op} onClose={back} /></Panel>;
	}
	if (panel === "history")
		return <Panel title="History" lead={arrow} onClose={close}><p class="hint panel-about" dir="auto">{name}</p><RecordHistory collection={form.name} id={id} /></Panel>;
	if (panel === "edit" && (record || keptDraft(form.name, id)))
		return <Panel title={`Edit ${kind}`} lead={arrow} onClose={close}><RecordForm collection={form.name} id={id} onClose={back} autofocus={isWide.value} /></Panel>;
	if (!record)
		return (
			<Panel title={capital(kind)} onClose={close}>
				{status.value?.loaded ? <Empty icon={form.icon} text={`This ${singularOf(form)} is not here. It may have been deleted.`} action={<Button icon="history" onClick={() => show(query, form.name, id, "history")}>Its history</Button>} /> : <NotYet />}
			</Panel>
		);
	const items = [
		{ label: "History", icon: "history", onSelect: () => show(query, form.name, id, "history") },
		mayDo("create", form.name) && !hasOwnId(form) && !isSingle(form) && { label: "Use it again", icon: "copy", onSelect: () => copy(form, record, query) },
		mayDo("delete", form.name, record) && { label: "Delete", icon: "trash", danger: true, onSelect: () => { close(); remove(form.name, record); } },
	].filter(Boolean);
	return (
		<Panel title={capital(kind)} onClose={close} head={<Menu label="More" items={items} />}
			actions={mayEdit && <Button kind="primary" icon="pencil" onClick={() => show(query, form.name, id, "edit")}>Edit</Button>}>
			<RecordDetail collection={form.name} record={record} />
		</Panel>
	);
}

function OpenPanel({ form, id, panel, query }) {
	const close = () => show(query, form.name);
	if (id !== NEW)
		return <RecordPanel key={id} form={form} id={id} panel={panel} query={query} />;
	if (!mayDo("create", form.name) && !keptDraft(form.name, null))
		return <Panel title={capital(titleOfNew(form))} onClose={close}><Empty icon="lock" text="You may look at this list, not add to it." /></Panel>;
	return (
		<Panel title={titleOfNew(form)} onClose={close}>
			<RecordForm collection={form.name} onClose={close} autofocus={isWide.value} />
		</Panel>
	);
}

function Unfinished({ form, query }) {
	const draft = keptDraft(form.name, null);
	if (!draft)
		return null;
	return <div class="unfinished"><Row icon="pencil" title={titleOfNew(form)} meta="Begun, not saved" trailing={<Tag>Unfinished</Tag>} onOpen={() => show(query, form.name, NEW)} /></div>;
}

function menuOf(form, look) {
	const mayImport = mayDo("create", form.name) && mayDo("update", form.name) && !isSingle(form);
	return [
		mayImport && { label: "Import a file", icon: "upload", onSelect: () => go(address(form.name, NEW, "import")) },
		{ label: "Export as CSV", icon: "download", disabled: look.all.length === 0, onSelect: () => exportRecords(form.name, "csv") },
		{ label: "Export as JSON", icon: "download", disabled: look.all.length === 0, onSelect: () => exportRecords(form.name, "json") },
	].filter(Boolean);
}

function Collection({ known, id, panel, query }) {
	const form = known.definition;
	const look = useLook(known, query);
	const { selection, begin } = useSelection(form.name, look.records);
	const isImport = id === NEW && panel === "import";
	const isOpen = id !== undefined && !isImport;
	const mayAdd = mayDo("create", form.name);
	const add = () => show(query, form.name, NEW);
	const open = isOpen ? <OpenPanel form={form} id={id} panel={panel} query={query} /> : null;
	const count = look.isNarrowed ? `${formatNumber(look.records.length)} of ${formatNumber(look.all.length)}` : look.all.length > 0 ? formatNumber(look.all.length) : undefined;
	useKeys({
		...(mayAdd ? { n: [`Add ${singularOf(form)}`, add] } : {}),
		"/": ["Search this list", () => document.querySelector("[data-search]")?.focus()],
	});
	return (
		<Page title={form.label} note={count} flush actions={<Menu label="Import and export" items={menuOf(form, look)} />} aside={isWide.value ? open : undefined}
			below={look.all.length > 0 && (selection ? <SelectionBar selection={selection} total={look.records.length} /> : <Tools known={known} look={look} query={query} onSelect={mayDo("delete", form.name) ? begin : undefined} />)}
			primary={mayAdd && !selection && look.all.length > 0 && <Button kind="primary" icon="plus" onClick={add}>Add {singularOf(form)}</Button>}>
			{form.help && look.all.length === 0 && !isOpen && <p class="list-help hint">{form.help}</p>}
			<Unfinished form={form} query={query} />
			<Records known={known} look={look} query={query} openId={isOpen && id !== NEW ? id : null} selection={selection} />
			{!isWide.value && open}
			{isImport && <ImportSheet placed collection={form.name} onClose={() => show(query, form.name)} />}
		</Page>
	);
}

// Settings and the like: one record, shown as such.
function Single({ form, id, panel, query }) {
	const record = rows(form.name).value.find((one) => !form.own || one.owner === userId.value);
	const open = id === undefined || (record && id === record.id && !panel) ? null : <OpenPanel form={form} id={id} panel={panel} query={query} />;
	const mayEdit = record ? mayDo("update", form.name, record) : mayDo("create", form.name);
	const edit = () => (record ? show(query, form.name, record.id, "edit") : show(query, form.name, NEW));
	useKeys(mayEdit ? { e: ["Edit", edit] } : {});
	return (
		<Page title={form.label} aside={isWide.value && open ? open : undefined} actions={record && <IconButton icon="history" label="History" onClick={() => show(query, form.name, record.id, "history")} />}
			primary={mayEdit && record && <Button kind="primary" icon="pencil" onClick={edit}>Edit</Button>}>
			{record ? <RecordDetail collection={form.name} record={record} /> : !status.value?.loaded ? <NotYet />
				: <Empty icon={form.icon} text={mayEdit ? "Nothing has been set yet; the usual values hold." : "Nothing has been set here."} action={mayEdit && <Button kind="primary" onClick={edit}>Set {form.label.toLowerCase()}</Button>} />}
			{!isWide.value && open}
		</Page>
	);
}

export default function CollectionScreen({ params, query }) {
	const { collection, id, panel } = params;
	const form = definition(collection), known = plan(collection);
	if (!form || !known)
		return <Page title="Records">{status.value?.loaded ? <Empty icon="list" text="There is no such list in this space." action={<Button onClick={() => go("/")}>Go to Today</Button>} /> : <NotYet />}</Page>;
	if (form.may?.read && !hasRole(form.may.read))
		return <Page title={form.label}><Empty icon="lock" text="Your role in this space does not see this list." /></Page>;
	if (isSingle(form) && !(form.own && rows(collection).value.length > 1))
		return <Single key={collection} form={form} id={id} panel={panel} query={query} />;
	return <Collection key={collection} known={known} id={id} panel={panel} query={query} />;
}
