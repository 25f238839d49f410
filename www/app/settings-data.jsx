// Export of a person's data: all that this device holds of a space, as one file.

import { useState } from "preact/hooks";
import { Button, Row, Rows, toast } from "../ui/index.js";
import { saveFile } from "../base/save-file.js";
import { SpaceMark } from "./spaces.jsx";
import { engine, spaces } from "../base/state.js";
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

export default function Data() {
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
		<div class="stack gap-6">
			<p class="hint">
				One JSON file a space with everything you may see there, also what is not sent yet. It
				works offline. Each list can also be exported as CSV.
			</p>
			<Rows
				items={spaces.value}
				row={(info) => <Line info={info} busy={busy === info.id} onSave={save} />}
			/>
		</div>
	);
}
