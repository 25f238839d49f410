// What a timer or an entry is for: a note, a project, a job site.  What was done before is offered as one types, to be
// taken as a whole.

import { useId, useState } from "preact/hooks";
import { Button, Field, Icon, Select, Sheet } from "../ui/index.js";
import { useControl } from "../ui/field.jsx";
import { row } from "../base/state.js";
import { change, projectName, projects, sessions, sites } from "./data.js";
import { useForm } from "./draft.js";
import { recentOf, whatOf } from "./sessions.js";

const isActive = (site) => (site.status ?? "active") === "active";

// The words of what is offered beside its note.
function besideOf({ jobSite, project }) {
	return [project && projectName(project), jobSite && row("jobSites", jobSite)?.name].filter(Boolean).join(", ");
}

function Offer({ id, offer, isOn, onPick }) {
	const beside = besideOf(offer);
	return (
		<li id={id} class="offer touch" role="option" aria-selected={isOn} onClick={() => onPick(offer)}>
			<Icon name="history" size={16} />
			<bdi class="clamp">{offer.note || beside}</bdi>
			{offer.note && beside && <small class="cut muted" dir="auto">{beside}</small>}
		</li>
	);
}

/**
 * The input of a note.  offers: what the person did before.  onPick gets the one that they take, with a press or with
 * the arrow keys and Enter.
 */
export function NoteInput({ value, offers, onInput, onPick, autofocus }) {
	const [at, setAt] = useState(-1), id = useId(), control = useControl();
	const chosen = offers[at];
	const pick = (offer) => {
		setAt(-1);
		onPick(offer);
	};
	const key = (event) => {
		const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
		if (step && offers.length > 0) {
			event.preventDefault();
			setAt((at + step + offers.length + 1) % (offers.length + 1));
		} else if (event.key === "Enter" && chosen && !event.isComposing) {
			event.preventDefault();
			pick(chosen);
		} else if (event.key === "Escape" && chosen) {
			event.preventDefault();
			event.stopPropagation();
			setAt(-1);
		}
	};
	return (
		<>
			<input
				class="input" type="text" maxLength={500} dir="auto" autocomplete="off" autofocus={autofocus}
				{...control} role="combobox" aria-expanded={offers.length > 0} aria-controls={`${id}-offers`}
				aria-activedescendant={chosen ? `${id}-${at}` : undefined} value={value ?? ""}
				onInput={(event) => { setAt(-1); onInput(event.currentTarget.value); }} onKeyDown={key}
			/>
			<ul
				id={`${id}-offers`} class="offers stack gap-0 if-any" role="listbox"
				aria-label="Done before"
			>
				{offers.map((offer, n) => (
					<Offer
						key={n} id={`${id}-${n}`} offer={offer} isOn={n === at} onPick={pick}
					/>
				))}
			</ul>
		</>
	);
}

/** What was done before and fits what is typed, without what the form says already. */
export function useOffers({ note, jobSite, project }, { most = 5, list = sessions.value, takes = () => true } = {}) {
	const isOpen = (offer) => takes(offer) &&
		(!offer.jobSite || sites.value.some((one) => one.id === offer.jobSite && isActive(one))) &&
		(!offer.project || projects.value.some((one) => one.id === offer.project && !one.archived));
	const isOther = (offer) => offer.note !== note.trim() || offer.jobSite !== (jobSite ?? null) ||
		offer.project !== (project ?? null);
	return recentOf(list, note, { wordsOf: besideOf, isOpen }).filter(isOther).slice(0, most);
}

/** The project of a timer or entry, where the space has any. */
export function ProjectField({ value, onInput }) {
	const open = projects.value.filter((one) => !one.archived || one.id === value)
		.sort((left, right) => left.name.localeCompare(right.name));
	return open.length === 0 ? null : (
		<Field label="Project">
			<Select
				value={value ?? null} empty="None" options={open.map(({ id, name }) => [id, name])}
				onInput={onInput}
			/>
		</Field>
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
	const offers = useOffers(form);
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
						value={form.note} offers={isLunch ? [] : offers} autofocus
						onInput={(note) => type({ note })} onPick={type}
					/>
				</Field>
				{!isLunch && <ProjectField value={form.project} onInput={(project) => type({ project })} />}
				{!isLunch && <SiteField value={form.jobSite} onInput={(jobSite) => type({ jobSite })} />}
			</form>
		</Sheet>
	);
}

/** What a timer that runs is for. */
export function RunningWhat({ one, onClose }) {
	const [opened] = useState(() => ({ version: one.row.version, fields: { ...one.row } }));
	const { form, before, seen, type, drop } = useForm(`time/what/${one.id}`, ({ fields }) => whatOf(fields), opened);
	const [busy, setBusy] = useState(false);
	const save = async () => {
		const names = Object.keys(before).filter((name) => (form[name] || null) !== (before[name] || null));
		const set = Object.fromEntries(names.map((name) => [name, form[name]?.trim() || null]));
		setBusy(true);
		const isDone = names.length === 0 || await change(one.id, set, seen);
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
