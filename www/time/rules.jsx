// The rules by which hours are counted and paid: what holds, what held when, and a form that shows it.  Rules are the
// team's, or a person's own terms over them; both hold from a day.  Below are what each person sets for themselves.

import { useState } from "preact/hooks";
import {
	Button, Empty, Field, Row, Rows, Segments, Select, Tag, formatDate, formatMoney, formatNumber,
} from "../ui/index.js";
import { setQuery } from "../base/router.jsx";
import { definition, hasRole, may, rows, space, userId } from "../base/state.js";
import { writeUndoably } from "../base/write.js";
import { RecordForm } from "../generic/index.js";
import { bindingFor, people, spaceSettings, today } from "./data.js";
import { currency } from "./report-data.js";
import { RulesForm } from "./rules-form.jsx";
import { BEGINNING, draftOf, holdingOn, wordsOf } from "./rules.js";

const LABELS = {
	rate: "Pay", lunch: "Lunch", week: "Overtime of a week", day: "Overtime of a day", most: "Most hours a day",
	rounding: "Rounding in reports",
};
const PRESETS = [6, 7, 8, 8.5, 9];
const HOW = {
	money: (cents) => formatMoney(cents, currency()), number: (value) => formatNumber(value, value % 1 ? 2 : 0),
};

const isTeam = () => space.value?.info.kind === "team";

// The records of the team, or the terms of a person.
function recordsOf(person) {
	if (!person)
		return rows("workRules").value;
	return rows("workTerms").value.filter((one) => (one.owner ?? userId.value) === person);
}

function sinceWords({ from }) {
	return from === BEGINNING ? "From the beginning" : `From ${formatDate(from, { dateStyle: "medium" })}`;
}

// --- what holds ---

function Facts({ team, terms }) {
	const general = wordsOf(draftOf(team), HOW);
	const own = terms ? wordsOf(draftOf(terms, { isTerms: true, team }), HOW) : {};
	const shown = Object.keys(LABELS).filter((name) => name !== "rate" || hasRole("manager") || own.rate);
	return (
		<dl class="facts gap-2 rules-facts">
			{shown.map((name) => (
				<div key={name}>
					<dt>{LABELS[name]}</dt>
					<dd>
						{own[name] ?? general[name]}
						{own[name] && <small class="muted"> · own</small>}
					</dd>
				</div>
			))}
			<div><dt>Weeks start on</dt><dd>{team?.weekStart === "sunday" ? "Sunday" : "Monday"}</dd></div>
			{terms?.status === "left" && <div><dt>Status</dt><dd>Has left: hours are not paid</dd></div>}
		</dl>
	);
}

function summary(record, isTerms) {
	const words = wordsOf(draftOf(record, { isTerms }), HOW);
	const parts = Object.keys(LABELS).map((name) => words[name]);
	const silent = ["None", "No maximum", "No lunch is taken off", "Nothing is paid"];
	const said = parts.filter((part) => part && (isTerms || !silent.includes(part)));
	return [record.status === "left" && "Has left", ...said].filter(Boolean).join(" · ") ||
		(isTerms ? "As the team has it" : "No lunch, no pay, no limits");
}

function Dated({ records, isTerms, mayEdit, onOpen }) {
	const sorted = [...records].sort((left, right) => (left.from < right.from ? 1 : -1));
	const holding = holdingOn(records, today.value);
	return (
		<Rows
			items={sorted} keyOf={({ id }) => id} row={(record) => (
				<Row
					icon={record === holding ? "good" : "calendar"} title={sinceWords(record)}
					meta={[summary(record, isTerms), record.reason && `Corrected: ${record.reason}`]
						.filter(Boolean).join(" · ")}
					trailing={record === holding ? <Tag kind="good">Now</Tag>
						: record.from > today.value ? <Tag>Planned</Tag> : undefined}
					onOpen={mayEdit ? () => onOpen(record) : undefined}
				/>
			)}
		/>
	);
}

function Holding({ person }) {
	const [open, setOpen] = useState(null);
	const collection = person ? "workTerms" : "workRules", records = recordsOf(person);
	const team = holdingOn(recordsOf(null), today.value);
	const terms = person ? holdingOn(records, today.value) : null;
	const isOwn = person === userId.value && !hasRole("owner");
	const mayEdit = may("create", collection) && hasRole("manager") && !isOwn;
	const first = person ? "Set terms" : "Set rules";
	return (
		<div class="stack">
			<div class="flow gap-3 ends">
				<h2>{person ? "Terms" : isTeam() ? "Rules of the team" : "Rules"}</h2>
				{mayEdit && (
					<Button icon="pencil" onClick={() => setOpen({ record: null })}>
						{records.length > 0 ? "Change from a day" : first}
					</Button>
				)}
			</div>
			<Facts team={team} terms={terms} />
			{records.length > 0 && <h3 class="small soft">Rules by date</h3>}
			{records.length > 0 && (
				<Dated
					records={records} isTerms={Boolean(person)} mayEdit={mayEdit}
					onOpen={(record) => setOpen({ record })}
				/>
			)}
			{isOwn && isTeam() && hasRole("manager") && (
				<p class="hint">Another manager or the owner sets your terms.</p>
			)}
			{open && (
				<RulesForm
					key={open.record?.id} person={person} record={open.record} records={records}
					team={team} onClose={() => setOpen(null)}
				/>
			)}
		</div>
	);
}

// --- what is set at once ---

const OVERLAPS = [["allow", "Allow"], ["warn", "Warn"], ["refuse", "Refuse"]];

function Overlap() {
	const known = spaceSettings.value;
	const isKnown = definition("spaceSettings")?.fields.some(({ name }) => name === "overlap");
	if (!isKnown || !may("update", "spaceSettings"))
		return null;
	const set = (overlap) => writeUndoably("Saved.", (here) => (known
		? here.set("spaceSettings", known.id, { overlap }, { label: "Overlapping entries" })
		: here.create("spaceSettings", { overlap }, { label: "Overlapping entries" })));
	return (
		<Field label="Overlapping entries of a person">
			<Segments fit value={known?.overlap ?? "warn"} options={OVERLAPS} onInput={set} />
		</Field>
	);
}

function settingsFor(person) {
	return rows("workSettings").value.find((one) => (one.owner ?? userId.value) === person) ?? null;
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
		<Field label="Daily target, hours">
			<Segments
				fit value={String(hours)} options={options}
				onInput={(one) => put(person, { targetHours: Number(one) })}
			/>
		</Field>
	);
}

function Own({ person }) {
	const known = settingsFor(person), [times, setTimes] = useState(0);
	const { zone } = bindingFor(person), mayEdit = may(known ? "update" : "create", "workSettings");
	return (
		<div class="stack">
			<h2>{person === userId.value ? "Your day" : "Their day"}</h2>
			{mayEdit && <Target person={person} />}
			{mayEdit && <p class="hint">Times are those of {zone.replaceAll("_", " ")}.</p>}
			{mayEdit ? (
				<RecordForm
					key={`${person} ${known?.id} ${times}`} collection="workSettings"
					id={known?.id ?? null}
					start={person === userId.value ? undefined : { owner: person }}
					fields={["targetHours", "zone"]} onSaved={() => setTimes(times + 1)}
				/>
			) : (
				<dl class="facts"><div><dt>Time zone</dt><dd>{zone.replaceAll("_", " ")}</dd></div></dl>
			)}
		</div>
	);
}

/** The rules of the team, and of one person: query.of, else the person at the device. */
export function WorkRules({ query }) {
	const many = isTeam() && hasRole("manager") && people.value.length > 0;
	const person = many ? query.of ?? null : userId.value, choice = person ?? "";
	const names = people.value.map(({ id, name }) => [id, id === userId.value ? `${name} (you)` : name]);
	if (!definition("workRules"))
		return <Empty icon="sliders" text="This server has no rules of work yet." />;
	return (
		<section class="rules stack measure gap-5">
			{many && (
				<Field label="For">
					<Select
						value={choice || null} empty="Everyone in the team" options={names}
						onInput={(id) => setQuery({ of: id })}
					/>
				</Field>
			)}
			{(many || !isTeam()) && !query.of && <Holding person={null} />}
			{isTeam() && person && <Holding person={person} />}
			{!query.of && <Overlap />}
			{(person || !isTeam()) && <Own person={person ?? userId.value} />}
			{many && !person && (
				<Button kind="quiet" icon="person" onClick={() => setQuery({ of: userId.value })}>
					Your own target and time zone
				</Button>
			)}
		</section>
	);
}
