// Projects under their clients: a calm list with the hours of this month, archived ones apart.  A new project is one
// line: its name, and Enter.

import { useState } from "preact/hooks";
import {
	Button, ColourDot, Empty, Icon, Menu, Row, Sheet, Tag, TextInput, Waiting, formatDuration, formatMoney, isWide,
	toast,
} from "../ui/index.js";
import { newId } from "../engine/engine.js";
import { useKeys } from "../base/keys.js";
import { go, setQuery } from "../base/router.jsx";
import { hasRole, keyOf, may, news, past, row, space, status } from "../base/state.js";
import { write } from "../base/write.js";
import { PastSheet, RecordForm } from "../generic/index.js";
import { now, people, sessions, sessionsFor, spaceSettings, today } from "./data.js";
import { elapsed } from "./hours.js";
import { clients, makeProject, projects } from "./project-pick.jsx";
import { byClient, secondsByProject } from "./projects.js";

const NONE = "Hours can be recorded for a project: what it was for, whether it is billed, and to whom.";

function secondsNow(session) {
	return elapsed(session.start, session.end ?? now.value);
}

// The sessions that the person sees: everybody's, for managers of a team.
function sessionsSeen() {
	if (space.value?.info.kind !== "team" || !hasRole("manager"))
		return sessions.value;
	return people.value.flatMap(({ id }) => sessionsFor(id));
}

// What a project says beside its name.
function factsOf(project) {
	const rate = project.rate && `${formatMoney(project.rate, spaceSettings.value?.currency ?? "USD")} an hour`;
	return [project.billable && "Billable", rate, project.note].filter(Boolean);
}

function ProjectRow({ project, seconds, onOpen }) {
	return (
		<li>
			<Row
				id={project.id} leading={<ColourDot colour={project.colour} />} title={project.name}
				meta={factsOf(project)}
				news={news.value.has(keyOf("projects", project.id)) ? "now" : undefined}
				trailing={seconds > 0 ? <span class="bold">{formatDuration(seconds)}</span> : null}
				onOpen={() => onOpen("projects", project.id)}
			/>
		</li>
	);
}

function Group({ client, list, sums, onOpen }) {
	const total = list.reduce((all, one) => all + (sums.get(one.id) ?? 0), 0);
	return (
		<section class="project-group stack gap-0" aria-label={client?.name ?? "Without a client"}>
			{client && (
				<header class="line ends">
					<button
						type="button" class="bare line snug touch medium soft"
						onClick={() => onOpen("clients", client.id)}
					>
						<Icon name="building" size={16} />
						<bdi class="cut">{client.name}</bdi>
						{client.archived && <Tag>Archived</Tag>}
					</button>
					{total > 0 && list.length > 1 && (
						<span class="small muted">{formatDuration(total)}</span>
					)}
				</header>
			)}
			{list.length === 0 && <p class="project-none small muted">No projects yet.</p>}
			<ul role="list">
				{list.map((one) => (
					<ProjectRow
						key={one.id} project={one} seconds={sums.get(one.id) ?? 0}
						onOpen={onOpen}
					/>
				))}
			</ul>
		</section>
	);
}

// One line for a new one: its name, then Enter.
function NewLine({ label, onMake, autofocus }) {
	const [name, setName] = useState(""), [busy, setBusy] = useState(false);
	const submit = async (event) => {
		event.preventDefault();
		if (!name.trim() || busy)
			return;
		setBusy(true);
		const isMade = await onMake(name.trim());
		setBusy(false);
		if (isMade)
			setName("");
	};
	return (
		<form class="project-new line gap-2" onSubmit={submit}>
			<div class="grow">
				<TextInput
					label={label} placeholder={label} value={name} maxLength={100}
					autofocus={autofocus} enterKeyHint="done" onInput={setName}
				/>
			</div>
			<Button type="submit" icon="plus" busy={busy} disabled={!name.trim()}>Add</Button>
		</form>
	);
}

function isSameName(name) {
	return (one) => !one.archived && one.name.toLocaleLowerCase() === name.toLocaleLowerCase();
}

async function addProject(name) {
	if (projects.value.some(isSameName(name))) {
		toast(`There is a project ${name} already.`);
		return false;
	}
	return Boolean(await makeProject(name));
}

async function addClient(name) {
	if (clients.value.some(isSameName(name))) {
		toast(`There is a client ${name} already.`);
		return false;
	}
	const options = { id: newId(), label: `Client ${name} made` };
	return Boolean(await write(() => space.value.create("clients", { name }, options)));
}

const WORDS = { projects: "Project", clients: "Client" };

function RecordSheet({ collection, id, onClose }) {
	const known = row(collection, id);
	if (past.value)
		return <PastSheet collection={collection} id={id} onClose={onClose} />;
	const menu = known && [
		collection === "projects" && {
			label: "All its entries", icon: "list",
			onSelect: () => go("/c/workSessions", { f: `project:${encodeURIComponent(id)}` }),
		},
		{
			label: "History", icon: "history",
			onSelect: () => go(`/c/${collection}/${encodeURIComponent(id)}/history`),
		},
	].filter(Boolean);
	return (
		<Sheet
			side={isWide.value} placed title={known?.name ?? WORDS[collection]} onClose={onClose}
			head={menu && <Menu label="More" items={menu} />}
		>
			<RecordForm collection={collection} id={id} onClose={onClose} />
		</Sheet>
	);
}

function NewClient({ onClose }) {
	const make = async (name) => {
		const isMade = await addClient(name);
		if (isMade)
			onClose();
		return isMade;
	};
	return (
		<Sheet title="New client" onClose={onClose}>
			<NewLine label="Name of the client" autofocus onMake={make} />
		</Sheet>
	);
}

// Projects that are over, out of the way.
function Archived({ list, sums, onOpen }) {
	if (list.length === 0)
		return null;
	return (
		<details class="project-archived">
			<summary class="small muted touch">Archived ({list.length})</summary>
			<ul role="list">
				{list.map((one) => (
					<ProjectRow
						key={one.id} project={one} seconds={sums.get(one.id) ?? 0}
						onOpen={onOpen}
					/>
				))}
			</ul>
		</details>
	);
}

function Groups({ onOpen }) {
	const month = today.value.slice(0, 7);
	const sums = secondsByProject(sessionsSeen(), `${month}-01`, `${month}-31`, secondsNow);
	const live = projects.value.filter((one) => !one.archived), over = projects.value.filter((one) => one.archived);
	const shown = byClient(live, clients.value)
		.filter(({ client, projects: list }) => list.length > 0 || client && !client.archived);
	return (
		<>
			<p class="project-heads small muted line ends"><span>Projects</span><span>This month</span></p>
			{shown.map(({ client, projects: list }) => (
				<Group key={client?.id ?? ""} client={client} list={list} sums={sums} onOpen={onOpen} />
			))}
			<Archived
				list={over.sort((left, right) => left.name.localeCompare(right.name))} sums={sums}
				onOpen={onOpen}
			/>
		</>
	);
}

export function Projects({ query }) {
	const [naming, setNaming] = useState(false);
	const mayMake = may("create", "projects"), isEmpty = projects.value.length + clients.value.length === 0;
	const open = (collection, id) => setQuery({ [collection === "clients" ? "client" : "project"]: id }, {});
	const focus = () => document.querySelector(".project-new input")?.focus();
	useKeys(mayMake ? { n: ["New project", focus] } : {});
	if (!status.value?.loaded)
		return <Waiting />;
	return (
		<section class="projects stack gap-5">
			{isEmpty && <Empty icon="briefcase" text={NONE} />}
			{mayMake && (
				<div class="line gap-2">
					<div class="grow"><NewLine label="New project" onMake={addProject} /></div>
					{!isEmpty && (
						<Menu
							label="More for projects"
							items={[{
								label: "New client…", icon: "building",
								onSelect: () => setNaming(true),
							}]}
						/>
					)}
				</div>
			)}
			{!isEmpty && <Groups onOpen={open} />}
			{query.project && (
				<RecordSheet key={query.project} collection="projects" id={query.project}
					onClose={() => setQuery({ project: null })} />
			)}
			{query.client && (
				<RecordSheet key={query.client} collection="clients" id={query.client}
					onClose={() => setQuery({ client: null })} />
			)}
			{naming && <NewClient onClose={() => setNaming(false)} />}
		</section>
	);
}
