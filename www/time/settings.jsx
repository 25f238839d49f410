// The settings that a person's figures follow: target, most hours and zone, and lunch, weeks and overtime, which in a
// team managers set.  Each person has one record in a space; it is made when a setting is first changed.

import { useState } from "preact/hooks";
import { Field, Segments, Select, formatNumber } from "../ui/index.js";
import { definition, hasRole, may, rows, space, userId } from "../base/state.js";
import { writeUndoably } from "../base/write.js";
import { RecordForm } from "../generic/index.js";
import { bindingFor, people } from "./data.js";
import { hoursText } from "./timer.jsx";

const PRESETS = [6, 7, 8, 8.5, 9];
const OWN = ["targetHours", "maxHours", "zone"]; // what members set themselves in a team

// All fields of the collection.
function fieldNames() {
	return definition("workSettings").fields.map(({ name }) => name);
}

function settingsFor(person) {
	return rows("workSettings").value.find((one) => one.owner === person) ?? null;
}

async function put(person, fields) {
	const known = settingsFor(person), label = { label: "Daily target" };
	const whole = { ...fields, ...(person === userId.value ? {} : { owner: person }) };
	await writeUndoably("Target saved.", (here) => (known
		? here.set("workSettings", known.id, fields, label)
		: here.create("workSettings", whole, label)));
}

function Target({ person }) {
	const hours = settingsFor(person)?.targetHours ?? 0;
	const options = [["0", "None"], ...PRESETS.map((one) => [String(one), formatNumber(one, one % 1 ? 1 : 0)])];
	return (
		<Field
			label="Daily target, hours"
			help="Billable time counts towards it. Any other number can be set below."
		>
			<Segments
				fit value={String(hours)} options={options}
				onInput={(one) => put(person, { targetHours: Number(one) })}
			/>
		</Field>
	);
}

function lunchWords(rules) {
	if (rules.lunch <= 0 || rules.lunchAfter === Infinity)
		return "None is taken off";
	const often = rules.lunchPerDay ? "once a day" : "for each session";
	const recorded = rules.recordedLunchCounts ? "; recorded lunch stands for it" : "";
	return `${hoursText(rules.lunch)} after more than ${hoursText(rules.lunchAfter)}, ${often}${recorded}`;
}

function overtimeWords(rules) {
	if (rules.overtimeAfter === Infinity)
		return "None";
	return `After ${hoursText(rules.overtimeAfter)} a week, × ${formatNumber(rules.overtimeTimes / 100, 2)}`;
}

// The rules that apply now, in words.
function Holds({ person }) {
	const { rules, zone } = bindingFor(person);
	const facts = [
		["Most hours a day", rules.most === Infinity ? "No limit" : hoursText(rules.most)],
		["Lunch", lunchWords(rules)],
		["Weeks start on", rules.sunday ? "Sunday" : "Monday"],
		["Overtime", overtimeWords(rules)],
		["Time zone", zone.replaceAll("_", " ")],
	];
	return (
		<dl class="facts gap-1">
			{facts.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}
		</dl>
	);
}

export function WorkSettings() {
	const [person, setPerson] = useState(userId.value), [times, setTimes] = useState(0);
	const isTeam = space.value?.info.kind === "team", known = settingsFor(person);
	const all = !isTeam || hasRole("manager"), mayEdit = may(known ? "update" : "create", "workSettings");
	return (
		<section class="work-settings stack measure">
			{people.value.length > 1 && isTeam && (
				<Field label="Whose">
					<Select
						value={person}
						options={people.value.map(({ id, name }) => [
							id, id === userId.value ? "Mine" : name,
						])}
						onInput={setPerson}
					/>
				</Field>
			)}
			{mayEdit && <Target person={person} />}
			<h2>What holds now</h2>
			<Holds person={person} />
			{isTeam && !all && (
				<p class="hint">
					Lunch, weeks and overtime are what pay depends on: managers set them.
				</p>
			)}
			{mayEdit && <h2>Change it</h2>}
			{mayEdit && (
				<RecordForm
					key={`${person} ${known?.id} ${times}`} collection="workSettings"
					id={known?.id ?? null}
					start={person === userId.value ? undefined : { owner: person }}
					fields={all ? fieldNames() : OWN} onSaved={() => setTimes(times + 1)}
				/>
			)}
		</section>
	);
}
