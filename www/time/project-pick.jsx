// What work is for, in forms and rows: the project with its colour and client, the task, tags, and whether it is
// billed.  Who has no project, no client and no tag never sees any of it.

import { computed } from "@preact/signals";
import { useState } from "preact/hooks";
import { ColourDot, Field, Icon, Picker, TextInput, useControl } from "../ui/index.js";
import { locale } from "../ui/format.js";
import { newId } from "../engine/engine.js";
import { may, row, rows, space } from "../base/state.js";
import { write } from "../base/write.js";
import { sessions, spaceSettings } from "./data.js";
import {
	currencySign, fieldsOfProject, isBillable, nextColour, openProjects, tagsUsed, tasksUsed, withTags,
} from "./projects.js";

export const projects = rows("projects");
export const clients = rows("clients");

/** The tags of this person, the latest first. */
const knownTags = computed(() => tagsUsed(sessions.value));

/** Whether this space has projects or clients, or this person tags: else nothing of this is shown. */
export const usesProjects = computed(
	() => projects.value.length > 0 || clients.value.length > 0 || knownTags.value.length > 0
);

/** The project of a session, or null. */
export function projectOf(fields) {
	return fields.project ? row("projects", fields.project) ?? null : null;
}

/** "Hall · North": the project and its client; "" for none. */
function projectWords(project) {
	const client = project?.client && row("clients", project.client);
	return [project?.name, client?.name].filter(Boolean).join(" · ");
}

/** The project of a session: its dot, its name and client; nothing where there is none. */
export function ProjectName({ fields, brief = false }) {
	const project = projectOf(fields);
	if (!project)
		return null;
	return (
		<span class="project-name line snug">
			<ColourDot colour={project.colour} />
			<bdi class="cut">{brief ? project.name : projectWords(project)}</bdi>
		</span>
	);
}

/** Makes a project of this name and gives its row; null if this device could not keep it. */
export async function makeProject(name, id = newId()) {
	const fields = { name, colour: nextColour(projects.value) };
	const label = `Project ${name} made`;
	const op = await write(() => space.value.create("projects", fields, { id, label }));
	return op && { id, ...fields };
}

function optionsOf(chosen) {
	return openProjects(projects.value, clients.value, chosen).flatMap(({ client, projects: list }) =>
		list.map((project) => [
			project.id, project.name, "",
			{ group: client?.name, lead: <ColourDot colour={project.colour} /> },
		]));
}

/**
 * Chooses a project, or makes one of the name that is typed.  onInput gets the fields to write: {project, billable}.
 */
function ProjectPick({ value, onInput, label = "Project", disabled }) {
	const [made, setMade] = useState(null);
	// It is chosen at once, so that what is typed meanwhile stays.
	const run = async (name) => {
		const id = newId();
		setMade({ id, name });
		onInput(fieldsOfProject({ id }));
		if (!await makeProject(name, id))
			onInput(fieldsOfProject(null));
	};
	const make = may("create", "projects") && { words: (name) => `Make project “${name}”`, run };
	const choose = (id) => onInput(fieldsOfProject(id ? row("projects", id) ?? { id } : null));
	const words = value === made?.id ? made.name : "Deleted project";
	const gone = value && !row("projects", value) ? [[value, words]] : [];
	return (
		<span class="project-pick stack" data-chosen={value ? "true" : undefined}>
			{value && <ColourDot colour={row("projects", value)?.colour} />}
			<Picker
				label={label} value={value ?? null} options={[...gone, ...optionsOf(value)]}
				disabled={disabled} make={make || undefined} onInput={choose} placeholder="No project"
				none={make ? "Type a name to make one." : "There is no such project."}
			/>
		</span>
	);
}

function splitTags(text) {
	return text.split(/[,\n]/).map((one) => one.trim()).filter(Boolean);
}

function Tagged({ tag, disabled, onDrop }) {
	return (
		<span class="list-word line hair small">
			<bdi class="cut">{tag}</bdi>
			<button
				type="button" class="bare disc muted" aria-label={`Remove ${tag}`} disabled={disabled}
				onClick={() => onDrop(tag)}
			>
				<Icon name="close" size={14} />
			</button>
		</span>
	);
}

/** Tags: typed, with Enter or a comma after each, or chosen from those used before. */
function TagsInput({ value, onInput, label = "Tags", disabled }) {
	const [typing, setTyping] = useState("");
	const tags = value ?? [], known = knownTags.value;
	const has = (tag) => tags.some((one) => one.toLocaleLowerCase() === tag.toLocaleLowerCase());
	const begun = typing.trim().toLocaleLowerCase();
	const offered = known.filter((tag) => !has(tag) && tag.toLocaleLowerCase().includes(begun)).slice(0, 6);
	const add = (texts) => {
		setTyping("");
		onInput(withTags(tags, texts, known));
	};
	const type = (text) => (/[,\n]/.test(text) ? add(splitTags(text)) : setTyping(text));
	const drop = (tag) => onInput(tags.length > 1 ? tags.filter((one) => one !== tag) : null);
	const key = (event) => {
		if (event.key === "Enter" && begun) {
			event.preventDefault();
			add([typing]);
		} else if (event.key === "Backspace" && typing === "" && tags.length > 0) {
			drop(tags.at(-1));
		}
	};
	return (
		<div class="stack gap-1">
			<div class="list-input flow snug" data-disabled={disabled ? "true" : undefined}>
				{tags.map((tag) => <Tagged key={tag} tag={tag} disabled={disabled} onDrop={drop} />)}
				<input
					class="list-typing bare" type="text" dir="auto" autocomplete="off"
					enterkeyhint="enter" maxLength={50} value={typing}
					{...useControl({ label, disabled })}
					placeholder={tags.length === 0 ? "Add one, then Enter" : ""}
					onInput={(event) => type(event.currentTarget.value)} onKeyDown={key}
					onBlur={() => typing.trim() && add([typing])}
				/>
			</div>
			{offered.length > 0 && !disabled && (
				<div class="tags-known flow gap-1" role="group" aria-label="Tags used before">
					{offered.map((tag) => (
						<button
							key={tag} type="button" class="tag tag-add"
							aria-label={`Add tag ${tag}`} onClick={() => add([tag])}
							onMouseDown={(event) => event.preventDefault()}
						>
							<Icon name="plus" size={12} /><bdi>{tag}</bdi>
						</button>
					))}
				</div>
			)}
		</div>
	);
}

/** Whether it is billed to the client, as a button with the sign of the currency. */
function BillableToggle({ value, onInput, disabled, small = false }) {
	const sign = currencySign(spaceSettings.value?.currency ?? "USD", locale());
	return (
		<button
			type="button" class={`billable-toggle centre bold ${small ? "small" : "touch"}`}
			role="switch" aria-checked={value ? "true" : "false"} aria-label="Billable"
			disabled={disabled} title={value ? "Billable" : "Not billable"}
			onClick={() => onInput(!value)}
		>
			<span aria-hidden="true">{sign}</span>
		</button>
	);
}

/**
 * The fields of an entry that say what it was for.  form: {project, task, tags, billable}; type(change) is called with
 * what changes.  Nothing for lunch, or where nobody uses projects.
 */
export function ProjectFields({ form, type, disabled }) {
	if (!usesProjects.value || form.kind === "lunch")
		return null;
	const project = projectOf(form), tasks = tasksUsed(sessions.value, form.project);
	return (
		<div class="project-fields stack gap-3">
			<Field label="Project">
				<div class="line gap-2 on-top">
					<div class="grow">
						<ProjectPick
							value={form.project ?? null} onInput={type} disabled={disabled}
						/>
					</div>
					<BillableToggle
						value={isBillable(form, project)} disabled={disabled}
						onInput={(billable) => type({ billable })}
					/>
				</div>
			</Field>
			{(form.project || form.task) && (
				<Field label="Task">
					<TextInput
						value={form.task ?? ""} maxLength={200} disabled={disabled}
						suggestions={tasks} onInput={(task) => type({ task: task || null })}
					/>
				</Field>
			)}
			<Field label="Tags">
				<TagsInput
					value={form.tags ?? null} disabled={disabled}
					onInput={(tags) => type({ tags })}
				/>
			</Field>
		</div>
	);
}
