// What a timer or an entry is for: a note, a project, a job site.  What was done before is offered as one types, to be
// taken as a whole.

import { useId, useState } from "preact/hooks";
import { Button, Field, Icon, Select, Sheet } from "../ui/index.js";
import { useControl } from "../ui/field.jsx";
import { row } from "../base/state.js";
import { change, projectName, sessions, sites } from "./data.js";
import { useForm } from "./draft.js";
import { ProjectFields, projectOf, projects } from "./project-pick.jsx";
import { fieldsOfProject } from "./projects.js";
import { recentOf, whatChanged, whatOf } from "./sessions.js";

const isActive = (site) => (site.status ?? "active") === "active";

// The words of what is offered beside its note.
function besideOf({ jobSite, project }) {
	return [project && projectName(project), jobSite && row("jobSites", jobSite)?.name].filter(Boolean).join(", ");
}

function Offer({ id, offer, isOn, onPick }) {
	const beside = besideOf(offer);
	return (
		<li
			id={id} class="offer touch" role="option" aria-selected={isOn ? "true" : "false"}
			onMouseDown={(event) => event.preventDefault()} onClick={() => onPick(offer)}
		>
			<Icon name="history" size={16} />
			<bdi class="clamp">{offer.note || beside}</bdi>
			{offer.note && beside && <small class="cut muted" dir="auto">{beside}</small>}
		</li>
	);
}

/** What the form gets when an offer is taken. */
function picked(offer) {
	return { ...offer, billable: fieldsOfProject(projectOf(offer)).billable };
}

const MOST = 5; // offers

// What was done before and fits what is typed, without what the form says already.  list: the sessions of the person.
// takes(offer): whether the form may have it.
function offersFor({ note, jobSite, project }, typed, { list = sessions.value, takes = () => true } = {}) {
	const isOpen = (offer) => takes(offer) &&
		(!offer.jobSite || sites.value.some((one) => one.id === offer.jobSite && isActive(one))) &&
		(!offer.project || projects.value.some((one) => one.id === offer.project && !one.archived));
	const isOther = (offer) => offer.note !== note.trim() || offer.jobSite !== (jobSite ?? null) ||
		offer.project !== (project ?? null);
	return recentOf(list, typed, { wordsOf: besideOf, isOpen }).filter(isOther).slice(0, MOST);
}

/**
 * The input of a note.  While it has the focus, what the person did before is offered: what fits what they typed.
 * list, takes: as offersFor has them.  onPick gets the fields of what they take, with a press or with the arrow keys
 * and Enter.
 */
export function NoteInput({ form, list, takes, isPlain = false, onInput, onPick, autofocus }) {
	const [at, setAt] = useState(-1), [isOpen, setOpen] = useState(false), [first] = useState(form.note);
	const id = useId(), control = useControl();
	const typed = form.note === first ? "" : form.note;
	const offers = isPlain || !isOpen ? [] : offersFor(form, typed, { list, takes }), chosen = offers[at];
	const pick = (offer) => {
		setAt(-1);
		setOpen(false);
		onPick(picked(offer));
	};
	const key = (event) => {
		const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
		if (step && offers.length > 0) {
			event.preventDefault();
			setAt((at + 1 + step + offers.length + 1) % (offers.length + 1) - 1);
		} else if (event.key === "Enter" && chosen && !event.isComposing) {
			event.preventDefault();
			pick(chosen);
		} else if (event.key === "Escape" && chosen) {
			event.preventDefault();
			event.stopPropagation();
			setAt(-1);
		}
	};
	const type = (event) => {
		setAt(-1);
		setOpen(true);
		onInput(event.currentTarget.value);
	};
	return (
		<>
			<input
				class="input" type="text" maxLength={500} dir="auto" autocomplete="off"
				autofocus={autofocus} {...control}
				role="combobox" aria-expanded={offers.length > 0 ? "true" : "false"}
				aria-controls={`${id}-offers`}
				aria-activedescendant={chosen ? `${id}-${at}` : undefined}
				value={form.note} onInput={type} onKeyDown={key}
				onFocus={() => setOpen(true)} onBlur={() => setOpen(false)}
			/>
			{offers.length > 0 && (
				<ul
					id={`${id}-offers`} class="offers stack gap-0" role="listbox"
					aria-label="Done before"
				>
					{offers.map((offer, n) => (
						<Offer
							key={n} id={`${id}-${n}`} offer={offer} isOn={n === at}
							onPick={pick}
						/>
					))}
				</ul>
			)}
		</>
	);
}

function SiteField({ value, onInput }) {
	const open = sites.value.filter((one) => isActive(one) || one.id === value);
	return open.length === 0 ? null : (
		<Field label="Job site">
			<Select
				value={value ?? null} empty="None" options={open.map(({ id, name }) => [id, name])}
				onInput={onInput}
			/>
		</Field>
	);
}

/** isLunch: only a note.  onDone: the person is content with what the form says. */
export function WhatSheet({ form, type, isLunch = false, busy = false, onDone, onClose }) {
	return (
		<Sheet
			title="What is it for?"
			onClose={onClose}
			actions={<Button kind="primary" wide type="submit" form="what" busy={busy}>Done</Button>}
		>
			<form
				id="what" class="entry stack" noValidate
				onSubmit={(event) => { event.preventDefault(); onDone(); }}
			>
				<Field label="Note">
					<NoteInput
						form={form} isPlain={isLunch} autofocus
						onInput={(note) => type({ note })} onPick={type}
					/>
				</Field>
				{!isLunch && <ProjectFields form={form} type={type} />}
				{!isLunch && (
					<SiteField
						value={form.jobSite} onInput={(jobSite) => type({ jobSite })}
					/>
				)}
			</form>
		</Sheet>
	);
}

/** What a timer that runs is for. */
export function RunningWhat({ one, onClose }) {
	const [opened] = useState(() => ({ version: one.row.version, fields: { ...one.row } }));
	const initialOf = ({ fields }) => whatOf(fields);
	const { form, before, seen, type, drop } = useForm(`time/what/${one.id}`, initialOf, opened);
	const [busy, setBusy] = useState(false);
	const save = async () => {
		const set = whatChanged(form, before);
		setBusy(true);
		const isDone = Object.keys(set).length === 0 || await change(one.id, set, seen);
		setBusy(false);
		if (isDone) {
			drop();
			onClose();
		}
	};
	return (
		<WhatSheet form={form} type={type} isLunch={one.lunch} busy={busy} onDone={save} onClose={onClose} />
	);
}
