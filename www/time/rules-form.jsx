// The form of rules or terms: from which day, and each choice with the value that holds.  Below it, what a day comes to
// by them, and what a change makes of days that are past.

import { useState } from "preact/hooks";
import {
	Button, Check, DateInput, Field, MoneyInput, Notice, NumberInput, Segments, Select, Sheet, TextInput,
	formatDate, formatMoney, isWide,
} from "../ui/index.js";
import { hasRole, personName, rows, userId } from "../base/state.js";
import { writeUndoably } from "../base/write.js";
import { count } from "../base/words.js";
import { now, sessionsFor, today } from "./data.js";
import { planFrom } from "./hours.js";
import { currency, reportPeople } from "./report-data.js";
import {
	TEAM, briefOf, changed, draftOf, effectOf, exampleOf, fieldsOf, holdingOn, pastOf, problemOf,
} from "./rules.js";
import { hoursText } from "./timer.jsx";

const EXAMPLE = 9 * 3600 + 10 * 60; // seconds of the day that is shown
const STEPS = [1, 5, 6, 10, 15, 30, 60];

const money = (cents) => formatMoney(cents, currency());

// A number with its unit, in a sentence.
function Figure({ label, unit, value, onInput, problem, scale = 0, max }) {
	return (
		<Field label={label} unit={unit} problem={problem}>
			<NumberInput value={value} scale={scale} min={0} max={max} onInput={onInput} />
		</Field>
	);
}

// One choice of the form.  words: what the team has, for a person's terms.
function Choice({ label, value, options, words, isTerms, onInput }) {
	const all = isTerms ? [[TEAM, `As the team has it (${words})`], ...options] : options;
	return (
		<Field label={label}>
			<Select value={value} options={all} onInput={onInput} />
		</Field>
	);
}

const LUNCHES = [
	["none", "No lunch is taken off"], ["day", "Taken off once a day"], ["session", "Taken off each entry"],
];
const LIMITS = [["none", "None"], ["own", "After some hours"]];
const ROUNDINGS = [["none", "None"], ["up", "Up"], ["down", "Down"], ["nearest", "To the nearest"]];

function Lunch({ draft, type, said, words, isTerms }) {
	const is = !["none", TEAM].includes(draft.lunch), set = (name) => (value) => type({ [name]: value });
	return (
		<fieldset class="bare stack gap-3">
			<Choice
				label="Lunch" value={draft.lunch} options={LUNCHES} words={words.lunch}
				isTerms={isTerms} onInput={set("lunch")}
			/>
			{is && (
				<div class="pair">
					<Figure
						label="Over" unit="h" scale={2} max={24} value={draft.lunchAfter}
						problem={said("lunchAfter")} onInput={set("lunchAfter")}
					/>
					<Figure
						label="Lunch" unit="min" max={240} value={draft.lunchMinutes}
						problem={said("lunchMinutes")} onInput={set("lunchMinutes")}
					/>
				</div>
			)}
			{is && <Check value={draft.hasLong} onInput={set("hasLong")}>Longer lunch on long days</Check>}
			{is && draft.hasLong && (
				<div class="pair">
					<Figure
						label="Over" unit="h" scale={2} max={24} value={draft.longAfter}
						problem={said("longAfter")} onInput={set("longAfter")}
					/>
					<Figure
						label="Lunch in all" unit="min" max={240} value={draft.longMinutes}
						problem={said("longMinutes")} onInput={set("longMinutes")}
					/>
				</div>
			)}
			{is && (
				<Check value={draft.recorded} onInput={set("recorded")}>
					Lunch that was recorded counts for it
				</Check>
			)}
		</fieldset>
	);
}

// Overtime of a week or a day.
function Overtime({ name, label, most, draft, type, said, words, isTerms }) {
	return (
		<fieldset class="bare stack gap-3">
			<Choice
				label={label} value={draft[name]} options={LIMITS} words={words[name]} isTerms={isTerms}
				onInput={(value) => type({ [name]: value })}
			/>
			{draft[name] === "own" && (
				<div class="pair">
					<Figure
						label="After" unit="h" scale={2} max={most}
						value={draft[`${name}After`]} problem={said(`${name}After`)}
						onInput={(value) => type({ [`${name}After`]: value })}
					/>
					<Figure
						label="Paid" unit="times" scale={2} max={10}
						value={draft[`${name}Times`]} problem={said(`${name}Times`)}
						onInput={(value) => type({ [`${name}Times`]: value })}
					/>
				</div>
			)}
		</fieldset>
	);
}

function Rest({ draft, type, said, words, isTerms }) {
	const rounds = !["none", TEAM].includes(draft.rounding);
	return (
		<>
			<fieldset class="bare stack gap-3">
				<Choice
					label="Most hours a day" value={draft.most} words={words.most} isTerms={isTerms}
					options={[["none", "No maximum"], ["own", "A maximum"]]}
					onInput={(most) => type({ most })}
				/>
				{draft.most === "own" && (
					<Figure
						label="Maximum" unit="h" scale={2} max={24} value={draft.mostHours}
						problem={said("mostHours")} onInput={(mostHours) => type({ mostHours })}
					/>
				)}
			</fieldset>
			<fieldset class="bare stack gap-3">
				<Choice
					label="Reports round each entry" value={draft.rounding} options={ROUNDINGS}
					words={words.rounding} isTerms={isTerms}
					onInput={(rounding) => type({ rounding })}
				/>
				{rounds && (
					<Field label="To">
						<Select
							value={String(draft.roundingMinutes)}
							options={STEPS.map((one) => [String(one), `${one} min`])}
							onInput={(one) => type({ roundingMinutes: Number(one) })}
						/>
					</Field>
				)}
			</fieldset>
			{!isTerms && (
				<Field label="Weeks start on">
					<Segments
						fit value={draft.sunday ? "sunday" : "monday"}
						options={[["monday", "Monday"], ["sunday", "Sunday"]]}
						onInput={(day) => type({ sunday: day === "sunday" })}
					/>
				</Field>
			)}
		</>
	);
}

function Pay({ draft, type, said, words, isTerms }) {
	const options = isTerms ? [["own", "A rate of their own"]]
		: [["none", "Nothing is paid"], ["own", "By the hour"]];
	return (
		<fieldset class="bare stack gap-3">
			{isTerms && (
				<Field label="Status">
					<Segments
						fit value={draft.left ? "left" : "employed"}
						options={[["employed", "Employed"], ["left", "Has left"]]}
						onInput={(status) => type({ left: status === "left" })}
					/>
				</Field>
			)}
			<Choice
				label="Pay" value={draft.rateMode} options={options} words={words.rate}
				isTerms={isTerms} onInput={(rateMode) => type({ rateMode })}
			/>
			{draft.rateMode === "own" && (
				<Field label="An hour" unit={currency()} problem={said("rate")}>
					<MoneyInput value={draft.rate} min={0} onInput={(rate) => type({ rate })} />
				</Field>
			)}
		</fieldset>
	);
}

// "9:10 h gives 8:25 paid, 0:25 overtime: €178.94".
function Example({ rules, terms }) {
	const { paid, overtime, gross } = exampleOf(rules, terms, EXAMPLE);
	return (
		<p class="plate rules-example" role="status">
			A day of {hoursText(EXAMPLE)} h gives <b>{hoursText(paid)}</b> paid
			{overtime > 0 && <>, <b>{hoursText(overtime)}</b> of it overtime</>}
			{gross === null ? ". No pay." : <>: <b>{money(gross)}</b></>}
		</p>
	);
}

// The people whose past a change decides about, with their plans before and after.
function peopleOf(person, collection, records, next) {
	const rules = rows("workRules").value, all = rows("workTerms").value;
	const settingsOf = (id) => rows("workSettings").value.find((one) => one.owner === id) ?? null;
	return reportPeople().filter(({ id }) => !person || id === person).map(({ id }) => {
		const terms = all.filter((one) => (one.owner ?? userId.value) === id);
		const after = collection === "workRules" ? [next, terms] : [rules, next];
		return {
			sessions: sessionsFor(id), plan: planFrom(rules, terms, settingsOf(id)),
			next: planFrom(...after, settingsOf(id)),
		};
	});
}

function Past({ past, effect, reason, problem, onReason }) {
	const days = [...new Set([past.from, past.to])].map((day) => formatDate(day));
	const { before, after } = effect, isSame = before.paid === after.paid && before.gross === after.gross;
	return (
		<>
			<Notice kind="warn" icon="history">
				This changes the past: {days.join(" – ")},{" "}
				{count(effect.entries, "entry", "entries")} of{" "}
				{count(effect.people, "person", "people")}.{" "}
				{isSame ? "No figure changes." : (
					<>
						Paid time {hoursText(before.paid)} becomes {hoursText(after.paid)},
						{" "}pay {money(before.gross)} becomes {money(after.gross)}.
					</>
				)}
			</Notice>
			<Field label="Reason" required problem={problem}>
				<TextInput value={reason} maxLength={500} onInput={onReason} />
			</Field>
		</>
	);
}

/**
 * person: whose terms, or null for the rules of the team.  record: the one to change, or null for one from another day.
 * records: all of them; team: the rules of the team that hold.
 */
export function RulesForm({ person, record, records, team, onClose }) {
	const collection = person ? "workTerms" : "workRules", isTerms = Boolean(person);
	const [typed, setTyped] = useState({}), [tried, setTried] = useState(false), [busy, setBusy] = useState(false);
	const from = typed.from === undefined ? record?.from ?? today.value : typed.from;
	const same = record ?? records.find((one) => one.from === from) ?? null;
	const base = same ?? holdingOn(records, from ?? today.value);
	const draft = { ...draftOf(base, { isTerms, team }), reason: "", ...typed, from };
	const type = (change) => setTyped((was) => ({ ...was, ...change }));
	const others = records.filter((one) => one !== same), fields = fieldsOf(draft, { isTerms });
	const past = from && (records.length > 0) ? pastOf({ from }, others, today.value) : null;
	const set = changed(same, fields), hasChanged = !same || Object.keys(set).length > 0;
	const needsReason = Boolean(past) && hasChanged, problem = problemOf(draft, { needsReason });
	const said = (name) => (tried && problem?.field === name ? problem.problem : undefined);
	const words = briefOf(draftOf(team), { money });
	const terms = { isTerms, draft, type, said, words };
	const next = [...others, { ...fields, from }];
	const effect = needsReason && !problemOf({ ...draft, reason: "-" }, { needsReason })
		? effectOf(peopleOf(person, collection, records, next), past, now.value) : null;
	const save = async (event) => {
		event.preventDefault();
		setTried(true);
		if (problem || busy)
			return;
		const reason = needsReason ? { reason: draft.reason.trim() } : {};
		const label = { label: isTerms ? `Terms of ${personName(person)}` : "Rules of work" };
		const owner = isTerms ? { owner: person } : {};
		setBusy(true);
		const done = !hasChanged || await writeUndoably("Saved.", (here) => (same
			? here.set(collection, same.id, { ...set, ...reason }, label)
			: here.create(collection, { from, ...set, ...reason, ...owner }, label)));
		setBusy(false);
		if (done)
			onClose();
	};
	const drop = async () => {
		const take = (here) => here.remove(collection, same.id, { label: "Rules of work" });
		if (await writeUndoably("Deleted.", take))
			onClose();
	};
	const title = isTerms ? `Terms: ${person === userId.value ? "you" : personName(person)}` : "Rules of work";
	const mayDrop = same && same.from > today.value && hasRole("manager");
	return (
		<Sheet title={title} side={isWide.value} onClose={onClose} actions={[
			mayDrop && <Button key="drop" kind="quiet" icon="trash" onClick={drop}>Delete</Button>,
			<Button key="save" kind="primary" wide={!isWide.value} type="submit" form="rules" busy={busy}>
				Save
			</Button>,
		]}>
			<form id="rules" class="rules-form stack gap-5" onSubmit={save} noValidate>
				<Field label="From which day" problem={said("from")}>
					<DateInput
						value={from} disabled={Boolean(record)}
						onInput={(day) => type({ from: day ?? null })}
					/>
				</Field>
				{needsReason && effect && (
					<Past
						past={past} effect={effect} reason={draft.reason}
						problem={said("reason")} onReason={(reason) => type({ reason })}
					/>
				)}
				<Pay {...terms} />
				<Lunch {...terms} />
				<Overtime name="week" label="Overtime of a week" most={168} {...terms} />
				<Overtime name="day" label="Overtime of a day" most={24} {...terms} />
				<Rest {...terms} />
				<Example rules={isTerms ? team : fields} terms={isTerms ? fields : null} />
			</form>
		</Sheet>
	);
}
