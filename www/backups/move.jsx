// All of a space as one file, and such a file brought in.

import { useState } from "preact/hooks";
import { Button, Field, Notice, Segments, toast } from "../ui/index.js";
import { dayIn, ownZone } from "../ui/zone.js";
import { engine, space } from "../base/state.js";
import { useTask } from "../base/task.js";
import { namedZone } from "../base/zones.jsx";
import { ImportSpace } from "./import-space.jsx";
import { downloadSpace } from "./requests.js";
import { failureWords } from "./words.js";

const FORMATS = [["archive", "Archive"], ["json", "JSON"]];
const HELP = {
	archive: "Everything, photos and files too. Can be imported into any Daybook.",
	json: "All records as text, for other programs. Without photos and files.",
};
const ENDINGS = { archive: "tar", json: "json" };

function Export() {
	const [format, setFormat] = useState("archive"), task = useTask();
	const save = (event) => {
		event.preventDefault();
		return task.run(async () => {
			const day = dayIn(namedZone.value ?? ownZone(), engine.now());
			await downloadSpace(format, `${space.value.info.name} ${day}.${ENDINGS[format]}`);
			toast("Downloading. Your browser shows how far it is.", { kind: "good" });
		});
	};
	return (
		<form class="group stack" onSubmit={save} noValidate>
			<h2>Export</h2>
			<Field label="Format" help={HELP[format]}>
				<Segments value={format} options={FORMATS} onInput={setFormat} />
			</Field>
			{task.error && <Notice kind="bad">{failureWords(task.error)}</Notice>}
			<div><Button type="submit" icon="download" busy={task.busy}>Export everything</Button></div>
		</form>
	);
}

export default function Move() {
	return <div class="stack gap-7"><Export /><ImportSpace /></div>;
}
