// The profile of a team: its name, and the settings that all its members share.

import { useState } from "preact/hooks";
import { Button, Field, Notice, TextInput, toast } from "../ui/index.js";
import { RecordDetail, RecordForm } from "../generic/index.js";
import { engine, rows, space } from "../base/state.js";
import { useTask } from "../base/task.js";

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
		<form class="group stack" onSubmit={keep} noValidate>
			<Field label="Name of the team" problem={task.problemOf("name")}>
				<TextInput value={name} onInput={setName} maxLength={100} />
			</Field>
			{task.problem && <Notice kind="bad">{task.problem}</Notice>}
			<div>
				<Button
					type="submit" busy={task.busy}
					disabled={!name.trim() || name.trim() === here.info.name}
				>
					Rename
				</Button>
			</div>
		</form>
	);
}

function Shared() {
	const [isOpen, setOpen] = useState(false);
	const settings = rows("spaceSettings").value[0];
	if (isOpen)
		return (
			<section class="group stack">
				<h2>Settings of the team</h2>
				<RecordForm
					collection="spaceSettings" id={settings?.id ?? null}
					onClose={() => setOpen(false)}
				/>
			</section>
		);
	return (
		<section class="group stack">
			<h2>Settings of the team</h2>
			{settings ? (
				<RecordDetail collection="spaceSettings" record={settings} />
			) : (
				<p class="hint">Nothing has been set yet; the usual values hold.</p>
			)}
			<div><Button icon="pencil" onClick={() => setOpen(true)}>Edit settings</Button></div>
		</section>
	);
}

export default function Profile() {
	return <div class="stack gap-6"><Name /><Shared /></div>;
}
