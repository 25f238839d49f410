// A person's data as files: all that is theirs on the server, and all that this device holds of a space.

import { useState } from "preact/hooks";
import { Button, Notice, Row, Rows, toast } from "../ui/index.js";
import { fetchFile, saveFile } from "../base/save-file.js";
import { SpaceMark } from "./spaces.jsx";
import { engine, session, spaces } from "../base/state.js";
import { useTask } from "../base/task.js";
import { sentence } from "../base/words.js";

function Line({ info, busy, onSave }) {
	const button = <Button small icon="download" busy={busy} onClick={() => onSave(info)}>Save</Button>;
	return (
		<Row
			leading={<SpaceMark info={info} />} title={info.name} trailing={button}
			meta={info.kind === "personal" ? "Only you" : "Team"}
		/>
	);
}

function Mine() {
	const task = useTask();
	const save = () => task.run(async () => {
		const day = new Date(engine.now()).toISOString().slice(0, 10);
		await fetchFile("/auth/export", `daybook-${session.value.user.name}-${day}.json`);
		toast("Downloading. Your browser shows how far it is.", { kind: "good" });
	});
	return (
		<section class="group stack">
			<h2>Everything that’s yours</h2>
			<p class="hint">
				Your account, where you’re signed in, and your records in every space, with private
				fields, as one JSON file from the server.
			</p>
			{task.error && <Notice kind="bad">{sentence(task.error)}</Notice>}
			<div><Button icon="download" busy={task.busy} onClick={save}>Export my data</Button></div>
		</section>
	);
}

function OnDevice() {
	const [busy, setBusy] = useState(null);
	const save = async (info) => {
		setBusy(info.id);
		try {
			const opened = await engine.open(info.id), date = new Date().toISOString().slice(0, 10);
			saveFile(await opened.export(), `daybook-${info.name}-${date}.json`);
			toast(`${info.name} is saved as a file.`, { kind: "good" });
		} catch (error) {
			toast(sentence(error), { kind: "bad" });
		}
		setBusy(null);
	};
	return (
		<section class="stack">
			<h2>What’s on this device</h2>
			<p class="hint">
				One JSON file for each space with everything you can see there, including changes that
				haven’t been sent. It works offline. Each list can also be exported as CSV.
			</p>
			<Rows
				items={spaces.value}
				row={(info) => <Line info={info} busy={busy === info.id} onSave={save} />}
			/>
		</section>
	);
}

export default function Data() {
	return (
		<div class="stack gap-7">
			{session.value.kind === "password" && <Mine />}
			<OnDevice />
		</div>
	);
}
