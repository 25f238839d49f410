// The form of any record, from its definition: what is typed is kept until it is saved or let go; what others change meanwhile is said
// beside the field and touches nothing.

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { Button, Field, FilesComing, Notice, Picker, TextInput, formatAgo, toast, undoable, useFilesFirst } from "../ui/index.js";
import { ownZone } from "../ui/zone.js";
import { idOf, newId } from "../engine/engine.js";
import { definition, engine, ops, personName, row, space, status, userId } from "../base/state.js";
import { capital } from "../ui/format.js";
import { changesOf, hasChanges, keepMine, meanwhile, problemsOf, seenOf, takeTheirs, valueIn } from "./drafts.js";
import { choices, currency, hasOwners, mayDo, members, nameOf, options, today, zone as ownZoneHere } from "./context.js";
import { NEEDED, fieldOf, hasOwnId, isEmpty, isZoneField, openFields, singularOf, startValues, zoneOf } from "./fields.js";
import { linesOf } from "./forms.js";
import { write } from "../base/write.js";
import { dropDraft, useDraft } from "./kept.js";
import { OpsOf } from "./failed.jsx";
import { formatValue } from "./values.js";
import { Widget } from "./widget.jsx";

function unitOf(field) {
	if (field.type === "money")
		return field.unit ?? currency.value;
	return field.unit === "s" ? undefined : field.unit;
}

function Meanwhile({ form, change, record, onMine, onTheirs }) {
	const { field, theirs } = change;
	const words = formatValue(field, theirs, { ...options(), zone: zoneOf(form, record) }) || "empty";
	return (
		<div class="meanwhile">
			<p><bdi>{capital(personName(record.lastUpdatedBy))}</bdi> changed this meanwhile, {formatAgo(record.lastUpdatedAt)}: <strong dir="auto">{words}</strong></p>
			<div class="meanwhile-acts">
				<Button small onClick={onMine}>Keep mine</Button>
				<Button small onClick={onTheirs}>Take theirs</Button>
			</div>
		</div>
	);
}

function FormField({ form, field, problem, change, autofocus, zone }) {
	const { draft, current, type } = form;
	const unread = draft.texts[field.name];
	const note = field.type === "instant" && zone !== ownZone() ? zone.replaceAll("_", " ") : undefined;
	return (
		<div class="form-field" data-field={field.name}>
			<Field label={field.label} help={field.help} unit={unitOf(field)} required={Boolean(field.required)} problem={problem} note={field.private ? "Private" : note} kind={field.type === "boolean" ? "line" : "block"}>
				<Widget field={field} value={valueIn(draft, field, current)} text={unread?.text} zone={zone} autofocus={autofocus} onInput={(value, text, words) => type(field.name, value, text, words)} />
			</Field>
			{change && <Meanwhile form={form.definition} change={change} record={current} onMine={() => form.change(keepMine(draft, field.name, current))} onTheirs={() => form.change(takeTheirs(draft, field.name))} />}
		</div>
	);
}

// A new record may have been made already, under the id that its fields or its number give it.
function existingOf(form, draft) {
	const set = { ...changesOf(form, draft), ...(draft.owner ? { owner: draft.owner } : {}) };
	const id = hasOwnId(form) ? draft.id.trim() : idOf(form, draft.owner ?? userId.value, set);
	return id ? row(form.name, id) : undefined;
}

async function store(form, id, { draft, current }) {
	const set = changesOf(form, draft);
	if (draft.mends)
		await space.value.discard(draft.mends).catch(() => {});
	if (!draft.seen) {
		const own = hasOwnId(form) ? draft.id.trim() : (form.idForm ?? "given") === "given" && !(form.unique?.length >= 0) ? newId() : undefined;
		return space.value.create(form.name, { ...set, ...(draft.owner ? { owner: draft.owner } : {}) }, own ? { id: own } : {});
	}
	return space.value.set(form.name, id, set, { seen: seenOf(form, draft, current) });
}

// What the server said of the last try, for the field it is about.
function refusedOf(collection, id) {
	const op = id === null ? undefined : ops.value.find((one) => one.collection === collection && one.record === id && one.state === "rejected");
	return op?.problem?.field ? { [op.problem.field]: op.problem.detail, op } : {};
}

function saidOnSave(isNew, form, isDisputed) {
	if (isDisputed)
		return "Saved here. Somebody changed the same; you will be asked which holds.";
	if (status.value?.trouble)
		return "Saved here, will send when online.";
	return isNew ? `${capital(singularOf(form))} added.` : "Saved.";
}

/**
 * id: null for a new record.  start: values a new one begins with.  onSaved(id) and onClose are called after a save; onClose alone when the
 * form is let go.  fields: names of those to show ("owner" for whose it is), else all.
 */
export function RecordForm({ collection, id = null, onClose, onSaved, start, fields, autofocus = false }) {
	const definitionHere = definition(collection);
	if (!definitionHere)
		return null;
	return <Form key={`${collection}/${id}`} form={definitionHere} id={id} onClose={onClose} onSaved={onSaved} start={start} only={fields} autofocus={autofocus} />;
}

// A role may change while a form is half typed: what was typed can be read, and taken along, until it is let go.
function Locked({ form, draft, zone, isDirty, onDrop }) {
	const typed = form.fields.map((field) => [field, draft.texts[field.name]?.text ?? formatValue(field, draft.values[field.name], { ...options(), zone })]).filter(([, words]) => words);
	return (
		<>
			<Notice icon="lock">You may look at this, not change it.</Notice>
			{isDirty && typed.length > 0 && (
				<section class="form-locked">
					<h3>What you typed</h3>
					<dl class="detail-fields">{typed.map(([field, words]) => <div key={field.name}><dt>{field.label}</dt><dd dir="auto">{words}</dd></div>)}</dl>
					<Button onClick={onDrop}>Let go</Button>
				</section>
			)}
		</>
	);
}

function Form({ form, id, onClose, onSaved, start, only, autofocus }) {
	const isNew = id === null;
	const element = useRef(null);
	const [left, setLeft] = useState(new Set()); // fields the person has been in and left
	const [tried, setTried] = useState(false), [busy, setBusy] = useState(false);
	const files = useFilesFirst(save);
	const kept = useDraft(form.name, id, isNew ? { ...startValues(form, { now: engine.now(), today: today(), zone: ownZoneHere.value, choices }), ...start } : undefined);
	const { draft, current, isKept, isStored } = kept;
	const isGone = !isNew && !current && status.value?.loaded;
	const problems = { ...problemsOf(form, draft, current, choices) };
	const refused = refusedOf(form.name, id);
	const existing = isNew && !problems.id ? existingOf(form, draft) : undefined;
	const changes = meanwhile(form, draft, current);
	const shown = openFields(form, isNew).filter((field) => !only || only.includes(field.name));
	const zoneField = form.fields.find(isZoneField);
	const zone = (zoneField && valueIn(draft, zoneField, current)) || zoneOf(form, current) || ownZone();
	const isDirty = hasChanges(form, draft);
	const others = Object.keys(problems).filter((name) => name !== "id" && !shown.some((field) => field.name === name));

	// By itself a browser does so for the first form of a page alone, and not for every kind of field.  Before anything can be typed, or the
	// first letters go where the focus was; a microtask later, when a sheet that is drawn with the form stands in the document too.
	useLayoutEffect(() => {
		if (autofocus)
			queueMicrotask(() => element.current?.querySelector(".form-fields :is(input, select, textarea)")?.focus({ preventScroll: true }));
	}, []);

	if (!mayDo(isNew ? "create" : "update", form.name, current))
		return <Locked form={form} draft={draft} zone={zone} isDirty={isDirty} onDrop={kept.drop} />;

	const problemOf = (name) => {
		const problem = problems[name];
		// What is not filled in yet is no reproach before the person has tried to save.
		if (problem && (tried || (left.has(name) && problem !== NEEDED)))
			return problem;
		return name in draft.values ? undefined : refused[name];
	};

	async function save(event) {
		event?.preventDefault();
		if (busy || files.wait())
			return;
		setTried(true);
		if (Object.keys(problems).length > 0 || existing || isGone) {
			setTimeout(() => element.current?.querySelector("[aria-invalid=true]:is(input, select, textarea), [aria-invalid=true] :is(input, button)")?.focus());
			return;
		}
		if (!isNew && Object.keys(changesOf(form, draft)).length === 0) {
			kept.drop();
			return onClose?.();
		}
		setBusy(true);
		const op = await write(() => store(form, id, kept), "it");
		setBusy(false);
		if (!op)
			return;
		dropDraft(form.name, id);
		undoable(saidOnSave(isNew, form, changes.length > 0), () => space.value.undo(op.edit ?? op.id));
		setTried(false);
		setLeft(new Set());
		onSaved?.(op.record);
		onClose?.();
	}

	async function addAgain() {
		const fields = Object.fromEntries(openFields(form, true).map((field) => [field.name, valueIn(draft, field, undefined)]).filter(([, value]) => !isEmpty(value)));
		const op = await write(() => space.value.create(form.name, fields), "it");
		if (!op)
			return;
		kept.drop();
		onSaved?.(op.record);
		onClose?.();
	}

	function letGo() {
		const last = draft;
		files.forget();
		kept.drop();
		setTried(false);
		if (isDirty)
			toast("What you typed was let go.", { action: "Undo", onAction: () => kept.change(last) });
		onClose?.();
	}

	const leave = ({ target }) => {
		const name = target.closest("[data-field]")?.dataset.field;
		if (name)
			setLeft((was) => (was.has(name) ? was : new Set([...was, name])));
	};
	const key = (event) => {
		if (event.key === "Enter" && (event.ctrlKey || event.metaKey))
			save(event);
	};

	return (
		<form ref={element} class="form" noValidate onSubmit={save} onFocusOut={leave} onKeyDown={key} data-collection={form.name}>
			<FilesComing.Provider value={files.coming}>
				<div class="form-fields">
					{isGone && <Notice kind="warn" action={mayDo("create", form.name) && !hasOwnId(form) && <Button small onClick={addAgain}>Add it again</Button>}>This {singularOf(form)} was deleted meanwhile. What you typed is still here.</Notice>}
					{!isNew && <OpsOf collection={form.name} id={id} brief />}
					{isNew && hasOwnId(form) && (
						<div class="form-field" data-field="id">
							<Field label={form.idLabel} required problem={problemOf("id")}>
								<TextInput name="id" value={draft.id} autofocus={autofocus} spellcheck={false} maxLength={64} onInput={(text) => kept.change({ ...draft, id: text, touched: true })} />
							</Field>
						</div>
					)}
					{isNew && hasOwners(form.name) && (!only || only.includes("owner")) && (
						<div class="form-field" data-field="owner">
							<Field label="For" help="Whose it is."><Picker name="owner" value={draft.owner ?? userId.value} emptiable={false} options={members.value} onInput={(owner) => kept.change({ ...draft, owner, touched: true })} /></Field>
						</div>
					)}
					{linesOf(shown).map((line, at) => (
						<div key={line[0].name} class={line.length > 1 ? "form-pair" : "form-line"}>
							{line.map((field, place) => (
								<FormField key={field.name} form={{ ...kept, definition: form }} field={field} zone={zone} problem={problemOf(field.name)} change={changes.find((one) => one.field === field)}
									autofocus={autofocus && at === 0 && place === 0 && !hasOwnId(form)} />
							))}
						</div>
					))}
					{tried && others.length > 0 && <Notice kind="bad">{others.map((name) => `${fieldOf(form, name)?.label ?? name}: ${problems[name]}`).join(" ")}</Notice>}
					{existing && (tried || hasOwnId(form)) && (
						<Notice kind="warn"><bdi>{nameOf(form.name, existing)}</bdi> is there already. Change that one, or say here what makes this another.</Notice>
					)}
				</div>
			</FilesComing.Provider>
			<footer class="form-foot">
				{isKept && isDirty && <span class="form-kept" data-lost={isStored ? undefined : "true"}>{isStored ? "Kept on this device until you save" : "This device has no room to keep this: save before you leave"}</span>}
				{(onClose || isDirty) && <Button onClick={letGo}>{isDirty ? "Let go" : "Cancel"}</Button>}
				<Button type="submit" kind="primary" busy={busy || files.isWaiting}>Save</Button>
			</footer>
		</form>
	);
}
