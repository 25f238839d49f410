// Export and import of a collection.  An import is first tried without writing anything, and then made.  The server
// recognises a file by its content, so an import that is sent twice adds nothing twice.  Both need a connection.

import { useState } from "preact/hooks";
import {
	Button, Check, Field, Icon, Notice, Select, Sheet, TextInput, capital, formatNumber, toast,
} from "../ui/index.js";
import { dayIn, ownZone } from "../ui/zone.js";
import { saveFile } from "../base/save-file.js";
import { definition, engine, space, status } from "../base/state.js";
import { ZonePicker } from "../base/zones.jsx";
import { targetsOf } from "./columns.js";
import { hasOwners } from "./context.js";
import { exportQuery, onlyRecords, onlyRows } from "./export-file.js";
import { fieldsOf, hasOwnId } from "./fields.js";
import {
	NOTHING, TYPES, byHand, columnName, errorsOf, exampleOf, figuresOf, fileOf, isKnown, leftOf, neededOf, queryOf,
	questionsOf, readAs, recognised, stoppedAt, together, topOf, typeOf,
} from "./import-file.js";

const ACCEPTED = ".csv,.tsv,.txt,.json,text/csv,application/json";
const TWO_WAYS = "Some dates can be read in two ways. Which comes first?";
const SHORT = 60; // characters of an example
const DATES = [
	["mdy", "Month first, 12/31/2026"], ["dmy", "Day first, 31/12/2026"], ["ymd", "Year first, 2026/12/31"],
];

function sentence(error) {
	return error.status === 0 ? "This needs a connection to the server." : error.problem?.detail ?? error.message;
}

// The columns that a file for people has when none are named, as the server chooses them.
function exportedFields(collection) {
	const form = definition(collection), names = fieldsOf(form).filter(({ type }) => type !== "json");
	return [
		hasOwners(collection) && "owner", hasOwnId(form) && "id", ...names.map(({ name }) => name),
	].filter(Boolean);
}

// The columns without those that only the choice of records needs.
async function onlyShown(data, form, { ids, style, fields }) {
	const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(await data.arrayBuffer());
	const isAdded = style === "people" && !fields.includes("id");
	const kept = form === "json" ? onlyRecords(text, ids) : onlyRows(text, ids, isAdded);
	return new Blob([kept], { type: TYPES[form] });
}

/**
 * Saves records as a file.  form: "csv" or "json".  shown: what exportQuery takes (style, filters, owner, where,
 * fields), ids: of the records that are shown, if not all are, and name: of the file, without its ending.
 */
export async function exportRecords(collection, form = "csv", { ids, name, style = "programs", ...shown } = {}) {
	const file = `${name ?? `${collection}-${dayIn(ownZone(), engine.now())}`}.${form}`;
	const people = style === "people" && form === "csv";
	const fields = shown.fields ?? (ids && people ? exportedFields(collection) : null);
	const query = exportQuery({ ...shown, form, style, fields, ids: Boolean(ids) });
	try {
		const options = { headers: { Accept: TYPES[form] }, blob: true };
		const { data } = await space.value.request("GET", `/${collection}/export?${query}`, options);
		saveFile(ids ? await onlyShown(data, form, { ids, style, fields }) : data, file);
		toast(`${definition(collection)?.label ?? "Records"} saved as a file.`, { kind: "good" });
	} catch (error) {
		toast(`Not exported. ${sentence(error)}`, { kind: "bad" });
	}
}

// The server takes a limited number of rows at a time.  The same file is sent until it has taken all of them.  An error
// says what was taken before it (stopped).
async function send(form, file, options) {
	const address = `/${form.name}/import?${queryOf(form, file, options)}`;
	const body = { raw: file.bytes, headers: { "Content-Type": typeOf(file) } };
	let report = null;
	try {
		do
			report = together(report, (await space.value.request("POST", address, body)).data);
		while (report.more && !options.isDry);
	} catch (error) {
		error.stopped = options.isDry ? "" : stoppedAt(report, error.problem);
		throw error;
	}
	return report;
}

// A file of another program is recognised by its first lines, so that nobody has to say what its columns are.
async function recognise(form, file) {
	if (file.isJson || file.isHeaderless)
		return file;
	const body = { raw: new TextEncoder().encode(topOf(file)), headers: { "Content-Type": TYPES.csv } };
	try {
		const { data } = await space.value.request("POST", `/${form.name}/import?dryRun=1&skipBad=1`, body);
		return recognised(file, data) ?? file;
	} catch (error) {
		return recognised(file, error.problem) ?? file;
	}
}

function FilePick({ onFile }) {
	const [isOver, setOver] = useState(false);
	const over = (event) => {
		event.preventDefault();
		setOver(true);
	};
	const drop = (event) => {
		event.preventDefault();
		setOver(false);
		if (event.dataTransfer.files[0])
			onFile(event.dataTransfer.files[0]);
	};
	// The input is emptied so that the same file can be chosen again.
	const choose = ({ currentTarget }) => {
		const [file] = currentTarget.files;
		currentTarget.value = "";
		if (file)
			onFile(file);
	};
	return (
		<label class="drop axis amid covered stack gap-2 soft" data-over={isOver ? "true" : undefined}
			onDragOver={over} onDragLeave={() => setOver(false)} onDrop={drop}>
			<Icon name="upload" size={28} />
			<strong>Choose a file</strong>
			<span class="hint">
				CSV or JSON, or drop it here. It is looked at first; nothing is changed before
				you say so.
			</span>
			<input class="cover" type="file" accept={ACCEPTED} onChange={choose} />
		</label>
	);
}

function FileName({ file, onFile }) {
	const choose = ({ currentTarget }) => {
		if (currentTarget.files[0])
			onFile(currentTarget.files[0]);
	};
	return (
		<p class="flow">
			<Icon name="file" /> <bdi>{file.name}</bdi>{" "}
			{onFile && (
				<label class="link push small">
					Another file<input class="unseen" type="file" onChange={choose} />
				</label>
			)}
		</p>
	);
}

function Preview({ file }) {
	const { headers, lines } = file;
	const cell = (words, at) => <td key={at}><bdi>{words}</bdi></td>;
	const row = (line, at) => <tr key={at}>{headers.map((_, place) => cell(line[place], place))}</tr>;
	const head = (name, at) => <th key={at} scope="col"><bdi>{columnName(file, name)}</bdi></th>;
	return (
		<div class="preview scroll framed" tabIndex={0} role="region" aria-label="The first rows of the file">
			<table class="small unbroken">
				<thead><tr>{headers.map(head)}</tr></thead>
				<tbody>{lines.map(row)}</tbody>
			</table>
		</div>
	);
}

// The choice of a column for a field, with an example from it.
function ColumnFor({ target, file, options, onChoose }) {
	const { name, label, required } = target, chosen = file.choice[name];
	const example = chosen && exampleOf(file, chosen);
	return (
		<Field label={label} required={required} help={example ? `as ${example.slice(0, SHORT)}` : undefined}
			problem={required && !chosen ? `${label} needs a column.` : null}>
			<Select value={chosen || null} options={options} empty="Not in the file"
				onInput={(header) => onChoose(name, header ?? "")} />
		</Field>
	);
}

function Columns({ form, file, onChoose }) {
	const options = file.headers.map((name) => [name, columnName(file, name)]);
	return (
		<div class="mapping columns on-top">
			{targetsOf(form).map((target) => (
				<ColumnFor key={target.name} target={target} file={file} options={options}
					onChoose={onChoose} />
			))}
		</div>
	);
}

function Where({ file, value, onInput }) {
	const help = `As ${file.isHeaderless ? 1 : "Id"}=10001: a column, and what stands in it. Empty: all rows.`;
	return (
		<Field label="Only rows where" help={help}>
			<TextInput value={value} spellcheck={false} onInput={onInput} />
		</Field>
	);
}

// Before the try: a preview of the file, and which column fills which field.
function Before({ form, file, options, onRead, onChoose, onWhere }) {
	if (file.isJson)
		return null;
	return (
		<>
			<Preview file={file} />
			<Check value={!file.isHeaderless} onInput={onRead}>The first line names the columns</Check>
			<Columns form={form} file={file} onChoose={onChoose} />
			<Where file={file} value={options.where} onInput={onWhere} />
		</>
	);
}

function Figures({ report }) {
	return (
		<dl class="figures four">
			{figuresOf(report).map(({ count, words, isBad }) => (
				<div key={words}>
					<dd class={isBad ? "figure-value bad" : "figure-value"}>
						{formatNumber(count)}
					</dd>
					<dt class="figure-label small soft">{words}</dt>
				</div>
			))}
		</dl>
	);
}

function Errors({ report }) {
	const { listed, more } = errorsOf(report);
	if (listed.length === 0)
		return null;
	return (
		<ul class="errors stack gap-1 small">
			{listed.map(({ line, row, detail }, at) => (
				<li key={at}>
					<b class="bad">Line {formatNumber(line ?? row)}</b>{" "}
					<span dir="auto">{capital(detail)}</span>
				</li>
			))}
			{more > 0 && <li class="hint">and {formatNumber(more)} more</li>}
		</ul>
	);
}

function Result({ report }) {
	const { notes } = report;
	return (
		<div class="stack">
			<Figures report={report} />
			{notes.length > 0 && (
				<Notice>{notes.map((note) => <p key={note}>{note}</p>)}</Notice>
			)}
			<Errors report={report} />
		</div>
	);
}

function NotTaken({ file, left }) {
	const isOne = left.length === 1, column = isOne ? "the column " : "the columns ";
	const names = left.map((header) => columnName(file, header)).join(", ");
	return (
		<p class="hint">
			Not taken: {file.isHeaderless ? "" : column}<bdi>{names}</bdi>.
			“Back to columns” says where {isOne ? "it goes" : "they go"}.
		</p>
	);
}

// What to decide before the import is made.
function Questions({ report, options, onSkip, onAsk }) {
	const asks = questionsOf(report, options);
	const rows = report.bad === 1 ? "row" : `${formatNumber(report.bad)} rows`;
	return (
		<>
			{asks.skipBad && (
				<Check value={options.skipBad} onInput={onSkip}>
					Leave out the {rows} that cannot be taken
				</Check>
			)}
			{asks.isMine && (
				<Check value={options.isMine} onInput={(isMine) => onAsk({ isMine })}>
					They were somebody else’s; make them mine
				</Check>
			)}
			{asks.again && (
				<Check value={options.again} onInput={(again) => onAsk({ again })}>
					Bring back what was deleted here
				</Check>
			)}
		</>
	);
}

// The state of an import, {file, report, problem, busy, isDone, asksDates, options}, and what changes it.
function useImport(form) {
	const [file, setFile] = useState(null), [options, setOptions] = useState(NOTHING);
	const [busy, setBusy] = useState(false);
	const [report, setReport] = useState(null), [problem, setProblem] = useState(null);
	const [isDone, setDone] = useState(false), [asksDates, setAsksDates] = useState(false);

	async function run(isDry, changes = {}, from = file) {
		setBusy(true);
		setProblem(null);
		try {
			setReport(await send(form, from, { ...options, ...changes, isDry }));
			setDone(!isDry);
			if (!isDry)
				space.value.sync();
		} catch (error) {
			const isOfDates = error.field === "dates";
			setReport(null);
			setAsksDates(asksDates || isOfDates);
			setProblem(isOfDates ? TWO_WAYS : [sentence(error), error.stopped].filter(Boolean).join(" "));
			if (error.stopped)
				space.value.sync();
		}
		setBusy(false);
	}

	async function take(chosen) {
		const next = await recognise(form, fileOf(form, chosen, await chosen.arrayBuffer()));
		setFile(next);
		setReport(null);
		setDone(false);
		setAsksDates(false);
		setOptions(NOTHING);
		setProblem(null);
		if (neededOf(form, next).length === 0)
			await run(true, NOTHING, next);
	}

	const change = (changes) => setOptions((was) => ({ ...was, ...changes }));
	return {
		file, report, problem, busy, isDone, asksDates, options, run, take, change,
		// Other options need another try.
		ask(changes) {
			setReport(null);
			change(changes);
			run(true, changes);
		},
		where(text) {
			setReport(null);
			change({ where: text });
		},
		choose(target, header) {
			setReport(null);
			setFile((was) => ({ ...was, choice: { ...was.choice, [target]: header } }));
		},
		readAs: (isNamed) => setFile((was) => readAs(form, was, !isNamed)),
		back() {
			setReport(null);
			setFile(byHand);
		},
	};
}

// The buttons in the foot of the sheet.
function actionsOf(form, way, onClose) {
	const { file, report, busy, isDone, options, run } = way;
	if (!file)
		return null;
	if (isDone)
		return <Button kind="primary" onClick={onClose}>Done</Button>;
	if (!report)
		return (
			<Button key="look" kind="primary" busy={busy} disabled={neededOf(form, file).length > 0}
				onClick={() => run(true)}>
				Preview
			</Button>
		);
	const coming = report.created + report.updated;
	const isBlocked = coming === 0 || (report.bad > 0 && !options.skipBad);
	return [
		<Button key="back" onClick={way.back}>Back to columns</Button>,
		<Button key="go" kind="primary" busy={busy} disabled={isBlocked} onClick={() => run(false)}>
			{coming === 0 ? "Nothing to import" : `Import ${formatNumber(coming)}`}
		</Button>,
	];
}

function hasInstants({ fields }) {
	return fields.some(({ type, derived, retired }) => type === "instant" && !derived && !retired);
}

// After the try, or after the import.
function After({ form, way }) {
	const { file, report, isDone, options } = way, left = leftOf(form, file);
	return (
		<>
			<p class="soft">{isDone ? "Imported." : "Looked at; nothing is written yet."}</p>
			{report.format && (
				<p class="soft">
					Recognised: <bdi>{report.formatLabel}</bdi>.
					{!isDone && isKnown(file) && " “Back to columns” shows what each column is."}
				</p>
			)}
			<Result report={report} />
			{!isDone && hasInstants(form) && (
				<Field label="Time zone of the file" help="Of times that name none.">
					<ZonePicker value={options.zone || report.zone}
						onInput={(zone) => way.ask({ zone })} />
				</Field>
			)}
			{!isDone && left.length > 0 && <NotTaken file={file} left={left} />}
			{!isDone && (
				<Questions report={report} options={options} onAsk={way.ask}
					onSkip={(skipBad) => way.change({ skipBad })} />
			)}
		</>
	);
}

function Offline() {
	return (
		<Notice kind="warn" icon="offline">
			An import needs a connection to the server. What you do otherwise is kept here.
		</Notice>
	);
}

/** An import, from choosing the file to the report.  placed: it is part of the address. */
export function ImportSheet({ collection, placed = false, onClose }) {
	const form = definition(collection), way = useImport(form);
	const { file, report, problem, isDone, asksDates, options } = way;
	return (
		<Sheet title={`Import ${form.label.toLowerCase()}`} onClose={onClose} wide placed={placed}
			actions={actionsOf(form, way, onClose)}>
			<div class="stack">
				{status.value?.trouble === "offline" && <Offline />}
				{!file && <FilePick onFile={way.take} />}
				{file && <FileName file={file} onFile={isDone ? undefined : way.take} />}
				{problem && <Notice kind="bad">{problem}</Notice>}
				{file && asksDates && !isDone && (
					<Field label="Dates in the file">
						<Select value={options.dates || null} options={DATES}
							onInput={(dates) => way.ask({ dates })} />
					</Field>
				)}
				{file && !report && (
					<Before form={form} file={file} options={options}
						onRead={way.readAs} onChoose={way.choose} onWhere={way.where} />
				)}
				{report && <After form={form} way={way} />}
			</div>
		</Sheet>
	);
}
