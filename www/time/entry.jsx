// The form of an entry by hand, new or existing, by its times or by its length.  An end that is not later than the
// start is on the next day, and the form says so.  What is typed is kept on this device until it is entered.

import { useState } from "preact/hooks";
import {
	Button, DateInput, DurationInput, Field, FileInput, FileView, Icon, Notice, Segments, Select, Sheet, TimeInput,
	 Waiting, formatDistance, formatDuration, formatTime, isWide,
} from "../ui/index.js";
import { engine, may, personName, row, space, status, userId } from "../base/state.js";
import { go } from "../base/router.jsx";
import { OpsOf } from "../generic/index.js";
import { capital } from "../ui/format.js";
import { instantText, ownZone } from "../ui/zone.js";
import { elapsed } from "./hours.js";
import {
	binding, bindingFor, change, enter, lockFor, lockWords, now, overlap, people, remove, sessionsFor, sites,
	titleOf,
} from "./data.js";
import {
	editOf, entryFromDuration, entryFromTimes, formOf, formTime, inTheWay, overlapping, takesTyped, twiceOf,
} from "./sessions.js";
import { useForm } from "./draft.js";
import { ProjectFields } from "./project-pick.jsx";
import { NoteInput } from "./what.jsx";
import { useSubmit } from "./submit.js";

const KINDS = [["work", "Work"], ["lunch", "Lunch"]];

const isActive = (site) => (site.status ?? "active") === "active";

// The sites to choose from.  isOwn: for the person's own hours, not somebody else's.
function openSites(chosen, isOwn) {
	const isOpen = (site) => isActive(site) && (!isOwn || takesTyped(site));
	return sites.value.filter((site) => site.id === chosen || isOpen(site));
}

// Whether hours at the site can be entered afterwards.
function mayType(jobSite, isOwn) {
	const site = sites.value.find((one) => one.id === jobSite);
	return !jobSite || Boolean(site) && (!isOwn || takesTyped(site));
}

function SiteField({ form, type, isOwn }) {
	const open = openSites(form.jobSite, isOwn);
	const isPart = isOwn && sites.value.some((site) => isActive(site) && !open.includes(site));
	if (form.kind !== "work" || sites.value.length === 0)
		return null;
	return (
		<Field
			label="Job site"
			help={isPart ? "Sites that ask where you are, or for a photo, are clocked in at." : undefined}
		>
			<Select
				value={form.jobSite} empty="None" options={open.map(({ id, name }) => [id, name])}
				onInput={(jobSite) => type({ jobSite })}
			/>
		</Field>
	);
}

const NOTHING = { jobSite: null, project: null, task: null, tags: null, billable: null };

// The entry that the form describes.  Lunch has no site and no project.
function readForm(form) {
	const wish = { today: engine.now(), ...form, ...(form.kind === "lunch" ? NOTHING : {}) };
	return form.by === "times" ? entryFromTimes(wish) : entryFromDuration(wish);
}

// Why the space refuses the entry because of others, as {field, problem}, or null.
function clashOf(others, fields, form, zone, held = null) {
	const [first] = overlap.value === "refuse"
		? inTheWay(others, { ...fields, kind: form.kind, id: held?.id }, held)
		: [];
	return first
		? { field: "from", problem: `${overlapWords(first, zone)} Entries cannot overlap in this space.` }
		: null;
}

// "Overlaps 10:00–12:00, Roof."
function overlapWords(one, zone) {
	const end = one.running ? "now" : formatTime(one.end, zone);
	return `Overlaps ${formatTime(one.start, zone)}–${end}, ${titleOf(one.row)}.`;
}

// Ends the entry now, to the second.
function Now({ form, zone, onNow }) {
	const at = now.value, { time } = formTime(zone, at);
	return form.to === time && form.ended ? null : (
		<Button small kind="quiet" icon="time" onClick={() => onNow({ to: time, ended: instantText(at) })}>
			End now
		</Button>
	);
}

const WHICH = [["first", "First"], ["second", "Second"]];

// Asks which of two is meant, where the clocks show a time twice.
function Again({ form, type, name }) {
	const again = `${name}Again`, words = `The clocks show ${form[name]} twice on this day`;
	return (
		<Field label={words}>
			<Segments
				label={words} value={form[again] ? "second" : "first"} options={WHICH}
				onInput={(which) => type({ [again]: which === "second" })}
			/>
		</Field>
	);
}

// Whether a zone is not that of the clock on the wall, or not the one in which the screens show the hours.
function isOtherZone(zone) {
	return zone !== ownZone() || zone !== binding.value.zone;
}

function Times({ form, type, said }) {
	const twice = twiceOf(form);
	return (
		<>
			<div class="pair">
				<Field label="From" problem={said("from")}>
					<TimeInput value={form.from} onInput={(from) => type({ from: from ?? null })} />
				</Field>
				{form.by === "times" ? (
					<Field label="To" problem={said("to")}>
						<TimeInput
							value={form.to}
							onInput={(to) => type({ to: to ?? null, ended: null })}
						/>
					</Field>
				) : (
					<Field label="How long" problem={said("duration")}>
						<DurationInput
							value={form.duration}
							onInput={(duration) => type({ duration: duration ?? null })}
						/>
					</Field>
				)}
			</div>
			{twice.from && <Again form={form} type={type} name="from" />}
			{twice.to && <Again form={form} type={type} name="to" />}
			{isOtherZone(form.zone) && <p class="hint">Times in {form.zone.replaceAll("_", " ")}</p>}
		</>
	);
}

function Fields({ form, type, problems, list, isNew, isOwn, canEndNow }) {
	const said = (name) => (problems?.field === name ? problems.problem : undefined);
	const names = people.value.filter((one) => one.role !== "viewer" || one.id === userId.value);
	return (
		<>
			{isNew && names.length > 1 && (
				<Field label="Whose">
					<Select
						value={form.person}
						options={names.map(({ id, name }) => [
							id, id === userId.value ? "Mine" : name,
						])}
						onInput={(person) => type({ person })}
					/>
				</Field>
			)}
			<Segments label="Kind" value={form.kind} options={KINDS} onInput={(kind) => type({ kind })} />
			<Field label="Day" problem={said("date")}>
				<DateInput value={form.date} onInput={(date) => type({ date: date ?? null })} />
			</Field>
			<Segments
				label="Entered by"
				value={form.by}
				options={[["times", "From and to"], ["duration", "How long"]]}
				onInput={(by) => type({ by })}
			/>
			<Times form={form} type={type} said={said} />
			{canEndNow && (
				<Now form={form} zone={form.zone} onNow={(end) => type({ by: "times", ...end })} />
			)}
			<SiteField form={form} type={type} isOwn={isOwn} />
			<Field label="Note">
				<NoteInput
					form={form} list={list} takes={({ jobSite }) => mayType(jobSite, isOwn)}
					isPlain={form.kind === "lunch"} onInput={(note) => type({ note })} onPick={type}
				/>
			</Field>
			<ProjectFields form={form} type={type} />
		</>
	);
}

/** The length of an entry, and which others it overlaps. */
function Outcome({ read, form, others, isNew }) {
	if (read.problem || !read.fields)
		return null;
	if (!read.fields.end && !isNew)
		return null;
	if (!read.fields.end)
		return (
			<p class="line baseline soft">
				<Icon name="play" size={16} />
				Without an end it is a timer that runs since then.
			</p>
		);
	const seconds = elapsed(Date.parse(read.fields.start), Date.parse(read.fields.end));
	const isSaid = overlap.value === "warn";
	const over = isSaid ? overlapping(others, { ...read.fields, kind: form.kind }) : [];
	return (
		<>
			<p class="line baseline soft">
				<b class="figure-value ink">{formatDuration(seconds)}</b>
				{read.overnight && <span>ends the next day</span>}
			</p>
			{over.length > 0 && (
				<Notice kind="warn">
					{over.length === 1
						? overlapWords(over[0], form.zone)
						: `Overlaps ${over.length} entries.`}{" "}
					All of it will count.
				</Notice>
			)}
		</>
	);
}

export function NewEntry({ date, from = null, to = null, person = null, onClose }) {
	const given = {
		...(from || to ? { by: "times", date, from, to } : {}),
		...(person && person !== userId.value ? { person, zone: bindingFor(person).zone } : {}),
	};
	const empty = {
		person: userId.value, zone: bindingFor(userId.value).zone, by: "times", date, from, to, duration: null,
		kind: "work", note: "", jobSite: null, project: null,
	};
	const { form, type, drop, isKept } = useForm(`time/entry/${space.value.id}`, () => empty, null, given);
	// What is typed stays in the zone in which it was typed.
	const typeIn = (changes) =>
		type({ zone: changes.person ? bindingFor(changes.person).zone : form.zone, ...changes });
	const others = sessionsFor(form.person), plain = readForm(form);
	const clash = plain.problem ? null : clashOf(others, plain.fields, form, form.zone);
	const read = clash ?? plain;
	const lock = form.date ? lockFor(form.person, form.date) : null;
	const save = () => enter(read.fields, form.person);
	const finish = () => { drop(); onClose(); };
	const { tried, setTried, busy, submit } = useSubmit(read.problem, save, finish);
	const clear = () => { drop(); setTried(false); };
	return (
		<Sheet title="Add time" side={isWide.value} onClose={onClose} actions={[
			isKept && <Button key="clear" kind="quiet" onClick={clear}>Clear</Button>,
			<Button key="enter" kind="primary" wide={!isWide.value} type="submit" form="entry" busy={busy}>
				Add time
			</Button>,
		]}>
			<form id="entry" class="entry stack" onSubmit={submit} noValidate>
				{lock && <Notice icon="lock">{lockWords(lock)}</Notice>}
				<Fields
					form={form} type={typeIn} problems={tried || clash ? read : null} list={others}
					isNew isOwn={form.person === userId.value}
				/>
				<Outcome read={read} form={form} others={others} isNew />
			</form>
		</Sheet>
	);
}

const FENCE_ICONS = { inside: "good", outside: "warn" };

// fence: on which side of its fence the site put the person, or "unknown".  far: metres from the site, if they are
// known.
function FenceFact({ title, fence, far }) {
	if (!fence)
		return null;
	const where = far === undefined || far === null ? "where it was is not known"
		: `${formatDistance(far)} from the site, ${fence} its fence`;
	return (
		<p class={fence === "outside" ? "said small warn" : "said small soft"}>
			<Icon name={FENCE_ICONS[fence] ?? "help"} size={16} />
			<span>{title}: {where}</span>
		</p>
	);
}

// What was recorded at the start and at the end: the place and photos.
function Proof({ record, locked }) {
	const keep = (sha256) => change(record.id, { photoOut: sha256 });
	const load = (name) => space.value.file(name);
	return (
		<>
			<FenceFact title="At start" fence={record.fenceIn} far={record.distanceIn} />
			<FenceFact title="At end" fence={record.fenceOut} far={record.distanceOut} />
			{record.manual && (
				<p class="said small soft">
					<Icon name="pencil" size={16} />
					<span>Typed in, not clocked</span>
				</p>
			)}
			{record.photoIn && (
				<figure>
					<FileView value={record.photoIn} read={load} label="Photo at start" />
					<figcaption class="small muted">Photo at start</figcaption>
				</figure>
			)}
			{(record.photoOut || record.jobSite && record.end && !locked) && (
				<Field label="Photo at end">
					{locked ? (
						<FileView value={record.photoOut} read={load} label="Photo at end" />
					) : (
						<FileInput
							value={record.photoOut ?? null} label="Photo at end"
							add={(blob) => space.value.addFile(blob)} read={load}
							onInput={keep}
						/>
					)}
				</Field>
			)}
		</>
	);
}

// The entry of the address is not on this device: it was deleted, or it has not been loaded yet.
function Gone({ onClose }) {
	return (
		<Sheet title="Entry" side={isWide.value} placed onClose={onClose}>
			{status.value?.loaded ? (
				<p class="lead">This entry is gone: it was deleted, here or elsewhere.</p>
			) : (
				<Waiting />
			)}
		</Sheet>
	);
}

export function EditEntry({ id, onClose }) {
	const record = row("workSessions", id);
	const person = record?.owner ?? userId.value;
	const zone = record?.zone ?? bindingFor(person).zone;
	const one = sessionsFor(person).find((other) => other.id === id);
	return one ? (
		<EditForm key={id} one={one} record={record} person={person} zone={zone} onClose={onClose} />
	) : (
		<Gone onClose={onClose} />
	);
}

// What the form shows of a record.
const SHOWN = ["start", "end", "note", "kind", "jobSite", "project", "task"];

function EditForm({ one, record, person, zone, onClose }) {
	const [opened] = useState(() => ({ version: record.version, fields: { ...one.row } }));
	const { form, before, seen, type, drop } = useForm(
		`time/entry/${one.id}`,
		(from) => formOf(from.fields, from.fields.zone ?? zone),
		opened
	);
	const [tried, setTried] = useState(false), [busy, setBusy] = useState(false);
	const others = sessionsFor(person).filter((other) => other.id !== one.id), plain = readForm(form);
	const clash = plain.problem ? null : clashOf(others, plain.fields, form, form.zone, seen.fields);
	const read = clash ?? plain;
	const lock = lockFor(person, one.day), locked = Boolean(lock) || !may("update", "workSessions");
	const differs = (name) => (record[name] ?? null) !== (seen.fields[name] ?? null);
	const isChanged = record.version > seen.version && SHOWN.some(differs);
	const save = async (event) => {
		event.preventDefault();
		setTried(true);
		if (read.problem || busy)
			return;
		const set = editOf(seen.fields, form, before, read.fields);
		setBusy(true);
		const isDone = Object.keys(set).length === 0 || await change(one.id, set, seen);
		setBusy(false);
		if (!isDone)
			return;
		drop();
		onClose();
	};
	const showHistory = () => go(`/c/workSessions/${encodeURIComponent(one.id)}/history`);
	const take = async () => {
		if (await remove(one)) {
			drop();
			onClose();
		}
	};
	const title = person === userId.value ? "Entry" : `Entry of ${personName(person)}`;
	const actions = [
		may("delete", "workSessions") && (
			<Button key="delete" kind="quiet" icon="trash" onClick={take}>Delete</Button>
		),
		<Button key="save" kind="primary" wide={!isWide.value} type="submit" form="entry" busy={busy}>
			Save
		</Button>,
	];
	return (
		<Sheet
			title={title} side={isWide.value} placed onClose={onClose}
			actions={locked ? undefined : actions}
		>
			<form id="entry" class="entry stack" onSubmit={save} noValidate>
				<OpsOf collection="workSessions" id={one.id} brief />
				{lock && <Notice icon="lock">{lockWords(lock)}</Notice>}
				{isChanged && (
					<Notice kind="warn" icon="swap">
						{capital(personName(record.lastUpdatedBy))} changed this while it stood
						open here. What you typed is kept.
					</Notice>
				)}
				<fieldset class="bare stack" disabled={locked}>
					<Fields
						form={form} type={type} problems={tried || clash ? read : null}
						list={others} isOwn={person === userId.value}
						canEndNow={one.running && !locked}
					/>
				</fieldset>
				<Outcome read={read} form={form} others={others} />
				<Proof record={record} locked={locked} />
				<Button small kind="quiet" icon="history" onClick={showHistory}>
					History
				</Button>
			</form>
		</Sheet>
	);
}
