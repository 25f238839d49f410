// What binds my figures: target, most hours, lunch, zone.  One record of each person in a space, made when it is first changed.

import { useState } from "preact/hooks";
import { Button, Field, NumberInput, Segments, toast } from "../ui/index.js";
import { may, space } from "../app/state.js";
import { RecordForm } from "../generic/index.js";
import { settings } from "./data.js";

const PRESETS = [6, 7, 8, 8.5, 9];

async function put(fields) {
	try {
		if (settings.value)
			await space.value.set("workSettings", settings.value.id, fields, { label: "Work settings" });
		else
			await space.value.create("workSettings", fields, { label: "Work settings" });
	} catch (error) {
		toast(`This device could not keep the change: ${error.message}`, { kind: "bad" });
	}
}

export function Target() {
	const hours = settings.value?.targetHours ?? 0;
	return (
		<Field label="Daily target" help="0 means none. It counts billable time." unit="h">
			<div class="target-choice">
				<Segments label="Usual targets" fit value={PRESETS.includes(hours) ? String(hours) : null} options={PRESETS.map((one) => [String(one), one.toLocaleString()])} onInput={(one) => put({ targetHours: Number(one) })} />
				<NumberInput value={hours} scale={2} min={0} max={16} disabled={!may("create", "workSettings")} onInput={(value) => { if (value !== undefined && value !== null && value >= 0 && value <= 16 && value !== hours) put({ targetHours: value }); }} />
			</div>
		</Field>
	);
}

export function WorkSettings() {
	const [all, setAll] = useState(false);
	return (
		<section class="work-settings">
			<Target />
			{all || settings.value
				? <RecordForm collection="workSettings" id={settings.value?.id ?? null} />
				: <Button onClick={() => setAll(true)}>Lunch, most hours, time zone, overtime</Button>}
		</section>
	);
}
