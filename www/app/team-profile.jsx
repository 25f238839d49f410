// The profile of a team: its name, and the settings that all its members share.

import { useState } from "preact/hooks";
import { Button, Field, Notice, TextInput, formatMoney, toast } from "../ui/index.js";
import { go } from "./router.jsx";
import { definition, engine, row, space } from "./state.js";
import { useTask } from "./task.js";

function Name() {
	const here = space.value;
	const [name, setName] = useState(here.info.name);
	const task = useTask();
	const keep = async (event) => {
		event.preventDefault();
		await task.run(async () => {
			await engine.request("PATCH", `/spaces/${here.id}`, { body: { name: name.trim() } });
			await engine.refreshSpaces();
			toast("The team has its new name.", { kind: "good" });
		});
	};
	return (
		<form class="group" onSubmit={keep} noValidate>
			<Field label="Name of the team" problem={task.problemOf("name")}><TextInput value={name} onInput={setName} maxLength={100} /></Field>
			{task.problem && <Notice kind="bad">{task.problem}</Notice>}
			<div><Button type="submit" busy={task.busy} disabled={!name.trim() || name.trim() === here.info.name}>Rename</Button></div>
		</form>
	);
}

// What is set, in the words of its definition.
function Shared() {
	const settings = row("spaceSettings", "settings") ?? {};
	const fields = definition("spaceSettings")?.fields.filter((field) => !field.retired && !field.hidden) ?? [];
	const words = ({ name, type, unit, default: usual }) => {
		const value = settings[name] ?? usual;
		if (value === undefined || value === null || value === "")
			return "—";
		if (type === "boolean")
			return value ? "yes" : "no";
		if (type === "money")
			return formatMoney(value, settings.currency ?? "USD");
		return `${[value].flat().join(", ")}${unit ? ` ${unit}` : ""}`;
	};
	return (
		<section class="group">
			<h2>Settings of the team</h2>
			<dl class="facts">{fields.map((field) => <div key={field.name}><dt>{field.label}</dt><dd dir="auto">{words(field)}</dd></div>)}</dl>
			<div><Button icon="pencil" onClick={() => go("/c/spaceSettings/settings")}>Change the settings</Button></div>
		</section>
	);
}

export default function Profile() {
	return <div class="groups"><Name /><Shared /></div>;
}
