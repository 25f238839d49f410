// When backups are made by themselves, and how many are kept: settings of the space.

import { useState } from "preact/hooks";
import { Button } from "../ui/index.js";
import { RecordForm } from "../generic/index.js";
import { definition, may, rows } from "../base/state.js";
import { scheduleWords } from "./words.js";

const FIELDS = ["backupAutomatic", "backupKeep", "backupDaily", "backupDays", "backupWeeks", "backupMonths"];

const fieldsHere = () => definition("spaceSettings")?.fields.filter(({ name }) => FIELDS.includes(name)) ?? [];

export function Schedule() {
	const [isOpen, setOpen] = useState(false);
	const fields = fieldsHere(), settings = rows("spaceSettings").value[0];
	if (fields.length < FIELDS.length)
		return null;
	const usual = (name) => fields.find((field) => field.name === name)?.default;
	const close = () => setOpen(false), edit = () => setOpen(true);
	const sentences = scheduleWords(settings, usual);
	return (
		<section class="group stack" aria-labelledby="schedule">
			<h2 id="schedule">Schedule</h2>
			{isOpen ? (
				<RecordForm collection="spaceSettings" id={settings?.id ?? null} fields={FIELDS}
					onSaved={close} onClose={close} />
			) : (
				<>
					<ul class="stack gap-1">
						{sentences.map((words) => <li key={words}>{words}</li>)}
					</ul>
					{may("update", "spaceSettings") && (
						<div><Button icon="pencil" onClick={edit}>Edit schedule</Button></div>
					)}
				</>
			)}
		</section>
	);
}
