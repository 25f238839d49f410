// An entry by hand, and a past one changed: by its times or by how long it was.  An end that is not later than the start is the next
// day's, and that is said.  What is typed is kept on this device until it is entered.

import { useState } from "preact/hooks";
import { Button, DateInput, DurationInput, Field, Notice, Segments, Select, Sheet, TextInput, TimeInput, formatDuration } from "../ui/index.js";
import { engine, may, personName, row, space, userId } from "../app/state.js";
import { go } from "../app/router.jsx";
import { elapsed } from "./hours.js";
import { binding, bindingFor, change, enter, people, remove, sessionsFor, sites, titleOf } from "./data.js";
import { entryFromDuration, entryFromTimes, formTime, overlapping } from "./sessions.js";

const KINDS = [["work", "Work"], ["lunch", "Lunch"]];

function openSites(chosen) {
	return sites.value.filter((site) => (site.status ?? "active") === "active" || site.id === chosen).map((site) => [site.id, site.name]);
}

// The form of a session as it is.
function formOf(one, zone) {
	const begins = formTime(zone, one.start), ends = one.end ? formTime(zone, one.end) : null;
	return { by: "times", date: begins.date, from: begins.time, to: ends?.time ?? null, duration: one.end ? elapsed(one.start, one.end) : null, kind: one.lunch ? "lunch" : "work", note: one.row.note ?? "", jobSite: one.row.jobSite ?? null };
}

// What of the form differs from the record.  A start or end that was not touched keeps its seconds.
function changesOf(one, form, before, fields) {
	const set = {};
	const moved = ["date", "from", "to", "duration", "by"].some((name) => form[name] !== before[name]);
	if (moved && (form.date !== before.date || form.from !== before.from))
		set.start = fields.start;
	if (moved && fields.end !== undefined && (form.to !== before.to || form.duration !== before.duration || set.start))
		set.end = fields.end;
	if (form.kind !== before.kind)
		set.kind = form.kind;
	if (form.note.trim() !== (one.row.note ?? ""))
		set.note = form.note.trim() || null;
	if ((form.jobSite ?? null) !== (one.row.jobSite ?? null))
		set.jobSite = form.jobSite;
	return set;
}

function readForm(form, zone) {
	return form.by === "times" ? entryFromTimes({ zone, ...form }) : entryFromDuration({ zone, ...form });
}

// Keeps what is typed under a key until it is entered or dropped.
function useForm(key, initial) {
	const [form, setForm] = useState(() => ({ ...initial, ...engine.notes.get(key) }));
	const type = (changes) => {
		const next = { ...form, ...changes };
		engine.notes.put(key, next);
		setForm(next);
	};
	return { form, type, drop: () => engine.notes.drop(key) };
}

function Fields({ form, type, problems, person, onPerson, isNew }) {
	const said = (name) => (problems?.field === name ? problems.problem : undefined);
	return (
		<>
			{isNew && people.value.length > 1 && <Field label="Whose"><Select value={person} options={people.value.map(({ id, name }) => [id, id === userId.value ? "Mine" : name])} onInput={onPerson} /></Field>}
			<Segments label="Kind" value={form.kind} options={KINDS} onInput={(kind) => type({ kind })} />
			<Field label="Day" problem={said("date")}><DateInput value={form.date} onInput={(date) => type({ date: date ?? null })} /></Field>
			<Segments label="Entered by" value={form.by} options={[["times", "From and to"], ["duration", "From, and how long"]]} onInput={(by) => type({ by })} />
			<div class="entry-times">
				<Field label="From" problem={said("from")}><TimeInput value={form.from} onInput={(from) => type({ from: from ?? null })} /></Field>
				{form.by === "times"
					? <Field label="To" problem={said("to")}><TimeInput value={form.to} onInput={(to) => type({ to: to ?? null })} /></Field>
					: <Field label="How long" problem={said("duration")}><DurationInput value={form.duration} onInput={(duration) => type({ duration: duration ?? null })} /></Field>}
			</div>
			{form.kind === "work" && sites.value.length > 0 && <Field label="Job site"><Select value={form.jobSite} empty="None" options={openSites(form.jobSite)} onInput={(jobSite) => type({ jobSite })} /></Field>}
			<Field label="Note"><TextInput value={form.note} maxLength={500} onInput={(note) => type({ note: note ?? "" })} /></Field>
		</>
	);
}

/** What an entry comes to, and what it lies over. */
function Outcome({ read, form, others }) {
	if (read.problem || !read.fields.end)
		return read.fields ? <p class="hint">Without an end it is a timer that runs since then.</p> : null;
	const seconds = elapsed(Date.parse(read.fields.start), Date.parse(read.fields.end));
	const over = overlapping(others, { ...read.fields, kind: form.kind });
	return (
		<>
			<p class="entry-sum"><b>{formatDuration(seconds)}</b>{read.overnight && " · ends the next day"}</p>
			{over.length > 0 && <Notice kind="warn">It lies over {over.length === 1 ? `“${titleOf(over[0].row)}”` : `${over.length} other entries`}. Both will count.</Notice>}
		</>
	);
}

export function NewEntry({ date, from = null, to = null, person: whose = null, onClose }) {
	const key = `time/entry/${space.value.id}`;
	const { form, type, drop } = useForm(key, { by: "times", date, from, to, duration: null, kind: "work", note: "", jobSite: null });
	const [person, setPerson] = useState(whose ?? userId.value), [tried, setTried] = useState(false);
	const { zone } = person === userId.value ? binding.value : bindingFor(person);
	const read = readForm(form, zone);
	const submit = async (event) => {
		event.preventDefault();
		setTried(true);
		if (read.problem || !await enter(read.fields, person))
			return;
		drop();
		onClose();
	};
	return (
		<Sheet title="Enter hours" onClose={onClose} actions={<Button kind="primary" wide type="submit" form="entry">Enter</Button>}>
			<form id="entry" class="entry" onSubmit={submit} noValidate>
				<Fields form={form} type={type} problems={tried ? read : null} person={person} onPerson={setPerson} isNew />
				<Outcome read={read} form={form} others={sessionsFor(person)} />
			</form>
		</Sheet>
	);
}

export function EditEntry({ id, onClose }) {
	const record = row("workSessions", id);
	const person = record?.owner ?? userId.value;
	const zone = record?.zone ?? bindingFor(person).zone;
	const one = sessionsFor(person).find((other) => other.id === id);
	const [opened] = useState(() => (one ? { before: formOf(one, zone), one, seen: { version: record.version, fields: { ...record } } } : null));
	const { form, type, drop } = useForm(`time/entry/${id}`, opened?.before ?? {});
	const [tried, setTried] = useState(false);
	if (!one || !opened)
		return <Sheet title="Entry" onClose={onClose}><p class="lead">This entry is gone: it was deleted, here or elsewhere.</p></Sheet>;
	const read = form.to === null && form.by === "times" && one.running ? { fields: { start: record.start } } : readForm(form, zone);
	const locked = !may("update", "workSessions");
	const save = async (event) => {
		event.preventDefault();
		setTried(true);
		if (read.problem)
			return;
		const set = changesOf(opened.one, form, opened.before, read.fields);
		if (Object.keys(set).length > 0 && !await change(id, set, opened.seen))
			return;
		drop();
		onClose();
	};
	const take = async () => {
		if (await remove(one)) {
			drop();
			onClose();
		}
	};
	return (
		<Sheet title={person === userId.value ? "Entry" : `Entry of ${personName(person)}`} onClose={onClose} actions={locked ? undefined : [
			<Button key="delete" kind="quiet" icon="trash" onClick={take}>Delete</Button>,
			<Button key="save" kind="primary" type="submit" form="entry">Save</Button>,
		]}>
			<form id="entry" class="entry" onSubmit={save} noValidate>
				{record.version > opened.seen.version && <Notice kind="warn" icon="swap">Changed by {personName(record.lastUpdatedBy)} while this stood open. What you typed is kept.</Notice>}
				<fieldset disabled={locked}><Fields form={form} type={type} problems={tried ? read : null} person={person} /></fieldset>
				<Outcome read={read} form={form} others={sessionsFor(person).filter((other) => other.id !== id)} />
				{record.fenceIn === "outside" && <p class="hint">Clocked in {record.distanceIn} m from the site, outside its fence.</p>}
				{record.manual && <p class="hint">Typed in, not clocked.</p>}
				<Button small kind="quiet" icon="history" onClick={() => { onClose(); go(`/c/workSessions/${encodeURIComponent(id)}/history`); }}>Who changed what</Button>
			</form>
		</Sheet>
	);
}
