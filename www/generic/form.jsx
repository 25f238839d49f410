// The form of any record, from its definition.  What is typed is kept on the device until it is saved or dropped.  What
// others change meanwhile is shown beside the field and does not overwrite what was typed.

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import {
	Button, Field, FilesComing, Notice, Picker, TextInput, formatAgo, toast, useFilesFirst,
} from "../ui/index.js";
import { ownZone } from "../ui/zone.js";
import { idOf, newId } from "../engine/engine.js";
import { definition, engine, ops, personName, row, rows, space, status, userId } from "../base/state.js";
import { capital } from "../ui/format.js";
import { changesOf, keepMine, seenOf, takeTheirs, valueIn } from "./drafts.js";
import { choices, currency, mayAssign, mayDo, members, nameOf, options, today } from "./context.js";
import { hasOwnId, singularOf, startValues, usedFields, zoneOf } from "./fields.js";
import {
	factsOf, fieldsOfNew, filledIn, idOfNew, linesOf, problemShown, savedWords, typedIn, unitOf, zoneTyped,
} from "./forms.js";
import { tellUndoably, write } from "../base/write.js";
import { zone as zoneHere } from "../base/zones.jsx";
import { dropDraft, useDraft } from "./kept.js";
import { OpsOf } from "./failed.jsx";
import { formatValue } from "./values.js";
import { Widget } from "./widget.jsx";

const INVALID = "[aria-invalid=true]:is(input, select, textarea), [aria-invalid=true] :is(input, button)";

function Meanwhile({ zone, change, record, onMine, onTheirs }) {
	const { field, theirs } = change;
	const words = formatValue(field, theirs, { ...options(), zone }) || "empty";
	return (
		<div class="meanwhile plate stack gap-2 small warn">
			<p>
				<bdi>{capital(personName(record.lastUpdatedBy))}</bdi> changed this meanwhile,
				{" "}{formatAgo(record.lastUpdatedAt)}: <strong dir="auto">{words}</strong>
			</p>
			<div class="flow">
				<Button small onClick={onMine}>Keep mine</Button>
				<Button small onClick={onTheirs}>Use theirs</Button>
			</div>
		</div>
	);
}

// The end of a field's label.
function noteOf(field, zone) {
	if (field.private)
		return "Private";
	return field.type === "instant" && zone !== ownZone() ? zone.replaceAll("_", " ") : undefined;
}

function FormField({ form, kept, field, problem, change, autofocus, zone }) {
	const { draft, current } = kept, { name, label, help, required, type } = field;
	return (
		<div class="stack gap-2" data-field={name}>
			<Field label={label} help={help} unit={unitOf(field, currency.value)} problem={problem}
				required={Boolean(required)} note={noteOf(field, zone)}
				kind={type === "boolean" ? "line" : "block"}>
				<Widget field={field} value={valueIn(draft, field, current)}
					text={draft.texts[name]?.text} zone={zone} autofocus={autofocus}
					onInput={(value, text, words) => kept.type(name, value, text, words)} />
			</Field>
			{change && (
				<Meanwhile zone={zoneOf(form, current)} change={change} record={current}
					onMine={() => kept.change(keepMine(draft, name, current))}
					onTheirs={() => kept.change(takeTheirs(draft, name))} />
			)}
		</div>
	);
}

// The record that already has the id which this new one would get, from its fields or its number.
function existingOf(form, draft) {
	const id = hasOwnId(form) ? draft.id.trim() : idOf(form, draft.owner ?? userId.value, fieldsOfNew(form, draft));
	return id ? row(form.name, id) : undefined;
}

async function store(form, id, { draft, current }) {
	if (draft.mends)
		await space.value.discard(draft.mends).catch(() => {});
	if (draft.seen)
		return space.value.set(form.name, id, changesOf(form, draft), { seen: seenOf(form, draft, current) });
	const own = idOfNew(form, draft, newId);
	return space.value.create(form.name, fieldsOfNew(form, draft), own ? { id: own } : {});
}

/**
 * id: null for a new record.  start: values a new one begins with.  onSaved(id) and onClose are called after a save;
 * onClose alone when the form is discarded.  fields: names of those to show ("owner" for whose it is), else all.
 */
export function RecordForm({ collection, id = null, fields, autofocus = false, ...rest }) {
	const form = definition(collection);
	if (!form)
		return null;
	return <Form key={`${collection}/${id}`} form={form} id={id} only={fields} autofocus={autofocus} {...rest} />;
}

// A role may change while somebody types.  What they typed stays readable until they drop it.
function Locked({ form, draft, zone, isDirty, onDrop }) {
	const typed = isDirty ? typedIn(form, draft, { ...options(), zone }) : [];
	return (
		<>
			<Notice icon="lock">You may look at this, not change it.</Notice>
			{typed.length > 0 && (
				<section class="form-locked">
					<h3>What you typed</h3>
					<dl class="detail-fields ruled if-any">
						{typed.map(([field, words]) => (
							<div key={field.name}>
								<dt>{field.label}</dt>
								<dd dir="auto">{words}</dd>
							</div>
						))}
					</dl>
					<Button onClick={onDrop}>Discard draft</Button>
				</section>
			)}
		</>
	);
}

function Gone({ form, onAgain }) {
	const mayAdd = mayDo("create", form.name) && !hasOwnId(form);
	return (
		<Notice kind="warn" action={mayAdd && <Button small onClick={onAgain}>Add it again</Button>}>
			This {singularOf(form)} was deleted meanwhile. What you typed is still here.
		</Notice>
	);
}

function Existing({ form, record }) {
	return (
		<Notice kind="warn">
			<bdi>{nameOf(form.name, record)}</bdi> is there already.
			Change that one, or say here what makes this another.
		</Notice>
	);
}

// The number of a new record.
function IdField({ form, kept, problem, autofocus }) {
	const { draft } = kept;
	return (
		<div class="stack gap-2" data-field="id">
			<Field label={form.idLabel} required problem={problem}>
				<TextInput name="id" value={draft.id} maxLength={64}
					autofocus={autofocus} spellcheck={false}
					onInput={(id) => kept.change({ ...draft, id, touched: true })} />
			</Field>
		</div>
	);
}

// The owner of a new record.
function OwnerField({ kept }) {
	const { draft } = kept;
	return (
		<div class="stack gap-2" data-field="owner">
			<Field label="For" help="Whose it is.">
				<Picker name="owner" value={draft.owner ?? userId.value}
					options={members.value} emptiable={false}
					onInput={(owner) => kept.change({ ...draft, owner, touched: true })} />
			</Field>
		</div>
	);
}

const KEPT = "Draft saved on this device";
const LOST = "Can’t keep a draft (device full). Save before you leave.";

function Kept({ isStored }) {
	return (
		<span class={`form-kept tiny ${isStored ? "muted" : "bad"}`} data-lost={isStored ? undefined : "true"}>
			{isStored ? KEPT : LOST}
		</span>
	);
}

// Moves the focus into a form that opens.  A browser does that by itself only for the first form of a page, and not for
// every kind of field.  It has to happen before anything can be typed, but in a microtask, when a sheet around the form
// is in the document too.
function useFirstFocus(element, autofocus) {
	useLayoutEffect(() => {
		const focus = () => {
			const first = element.current?.querySelector(".form-fields :is(input, select, textarea)");
			first?.focus({ preventScroll: true });
		};
		if (autofocus)
			queueMicrotask(focus);
	}, []);
}

function startOf(form, start) {
	const around = { now: engine.now(), today: today(), zone: zoneHere.value, choices };
	return { ...startValues(form, around), ...start };
}

/**
 * What the buttons of a form do.  facts: of factsOf(), and isGone and existing.  It also knows the fields that had the
 * focus and lost it (left), whether the person has tried to save (tried), and whether a save is under way (busy).
 */
function useSending(form, id, kept, facts, { element, onSaved, onClose }) {
	const [left, setLeft] = useState(new Set());
	const [tried, setTried] = useState(false), [busy, setBusy] = useState(false);
	const files = useFilesFirst(save);
	const { draft } = kept, { isNew, isGone, existing, problems, changes, isDirty } = facts;

	function close(record) {
		onSaved?.(record);
		onClose?.();
	}

	async function save(event) {
		event?.preventDefault();
		if (busy || files.wait())
			return;
		setTried(true);
		if (Object.keys(problems).length > 0 || existing || isGone) {
			setTimeout(() => element.current?.querySelector(INVALID)?.focus());
			return;
		}
		if (!isNew && Object.keys(changesOf(form, draft)).length === 0) {
			kept.drop();
			onClose?.();
			return;
		}
		setBusy(true);
		const op = await write(() => store(form, id, kept), "it");
		setBusy(false);
		if (!op)
			return;
		dropDraft(form.name, id);
		const isDisputed = changes.length > 0, isWaiting = Boolean(status.value?.trouble);
		tellUndoably(savedWords(form, { isNew, isDisputed, isWaiting }), op);
		setTried(false);
		setLeft(new Set());
		close(op.record);
	}

	async function addAgain() {
		const op = await write(() => space.value.create(form.name, filledIn(form, draft)), "it");
		if (!op)
			return;
		kept.drop();
		close(op.record);
	}

	function letGo() {
		files.forget();
		kept.drop();
		setTried(false);
		if (isDirty)
			toast("Draft discarded.", { action: "Undo", onAction: () => kept.change(draft) });
		onClose?.();
	}

	function leave({ target }) {
		const name = target.closest("[data-field]")?.dataset.field;
		if (name)
			setLeft((was) => (was.has(name) ? was : new Set([...was, name])));
	}

	return { left, tried, busy: busy || files.isWaiting, coming: files.coming, save, addAgain, letGo, leave };
}

function FormFields({ form, id, kept, facts, sending, autofocus }) {
	const { draft, current } = kept, { shown, changes, isNumbered, existing } = facts;
	const { tried, left } = sending, zone = zoneTyped(form, draft, current) ?? ownZone();
	const problemOf = (name) => problemShown(name, { ...facts, draft, left, tried });
	const fieldIn = (field) => (
		<FormField key={field.name} form={form} kept={kept} field={field} zone={zone}
			problem={problemOf(field.name)} change={changes.find((one) => one.field === field)}
			autofocus={autofocus && field === shown[0] && !hasOwnId(form)} />
	);
	return (
		<div class="form-fields stack">
			{facts.isGone && <Gone form={form} onAgain={sending.addAgain} />}
			{!facts.isNew && <OpsOf collection={form.name} id={id} brief />}
			{isNumbered && (
				<IdField form={form} kept={kept} problem={problemOf("id")} autofocus={autofocus} />
			)}
			{facts.hasOwner && <OwnerField kept={kept} />}
			{linesOf(shown).map((line) => (
				<div key={line[0].name} class={line.length > 1 ? "pair" : undefined}>
					{line.map(fieldIn)}
				</div>
			))}
			{tried && facts.elsewhere && <Notice kind="bad">{facts.elsewhere}</Notice>}
			{existing && (tried || isNumbered) && <Existing form={form} record={existing} />}
		</div>
	);
}

// The names of the fields to show, and "owner"; undefined for all.
function namesShown(form, record, only) {
	const used = usedFields(form, record, (collection) => rows(collection).value.length > 0);
	if (only || used.length === form.fields.length)
		return only;
	return ["owner", ...used.map(({ name }) => name)];
}

function useFacts(form, id, kept, asked) {
	const only = namesShown(form, kept.current, asked);
	const facts = factsOf(form, id, kept, { only, choices, ops: ops.value }), { isNew, problems } = facts;
	return {
		...facts,
		isGone: !isNew && !kept.current && status.value?.loaded,
		existing: isNew && !problems.id ? existingOf(form, kept.draft) : undefined,
		hasOwner: isNew && mayAssign(form.name) && (!only || only.includes("owner")),
	};
}

function Form({ form, id, onClose, onSaved, start, only, autofocus }) {
	const element = useRef(null);
	const kept = useDraft(form.name, id, id === null ? startOf(form, start) : undefined), { draft, current } = kept;
	const facts = useFacts(form, id, kept, only), { isNew, isDirty } = facts;
	const sending = useSending(form, id, kept, facts, { element, onSaved, onClose });
	const { busy, coming, save, letGo, leave } = sending;
	useFirstFocus(element, autofocus);

	if (!mayDo(isNew ? "create" : "update", form.name, current)) {
		const zone = zoneTyped(form, draft, current) ?? ownZone();
		return <Locked form={form} draft={draft} zone={zone} isDirty={isDirty} onDrop={kept.drop} />;
	}

	const key = (event) => {
		if (event.key === "Enter" && (event.ctrlKey || event.metaKey))
			save(event);
	};
	return (
		<form ref={element} class="form stack gap-0" data-collection={form.name} noValidate
			onSubmit={save} onFocusOut={leave} onKeyDown={key}>
			<FilesComing.Provider value={coming}>
				<FormFields form={form} id={id} kept={kept} facts={facts} sending={sending}
					autofocus={autofocus} />
			</FilesComing.Provider>
			<footer class="form-foot paper topped foot flow to-end">
				{kept.isKept && isDirty && <Kept isStored={kept.isStored} />}
				{(onClose || isDirty) && (
					<Button onClick={letGo}>{isDirty ? "Discard draft" : "Cancel"}</Button>
				)}
				<Button type="submit" kind="primary" busy={busy}>Save</Button>
			</footer>
		</form>
	);
}
