// A collection out to a file and in from one.  An import is looked at first (nothing is written) and then made; the server knows a file it
// has seen by its content, so pressing twice or losing the answer adds nothing twice.  Both need a connection.

import { useState } from "preact/hooks";
import { Button, Check, Field, Icon, Notice, Select, Sheet, TextInput, capital, formatNumber, toast } from "../ui/index.js";
import { dayIn, ownZone } from "../ui/zone.js";
import { saveFile } from "../base/save-file.js";
import { definition, engine, space, status } from "../base/state.js";
import { guess, guessByPlace, headerOf, lacksHeader, linesOf, mapOf, missingOf, numbered, targetsOf, unusedOf } from "./columns.js";

const TYPES = { csv: "text/csv", json: "application/json" };
const LOOKED = 5; // rows of the file that are shown
const ERRORS = 30; // bad rows that are listed
const HEAD = 65_536; // bytes read to find the columns

function sentence(error) {
	return error.status === 0 ? "This needs a connection to the server." : error.problem?.detail ?? error.message;
}

/** form: "csv" or "json". */
export async function exportRecords(collection, form = "csv") {
	try {
		const { data } = await space.value.request("GET", `/${collection}/export?format=${form}`, { headers: { Accept: TYPES[form] }, blob: true });
		saveFile(data, `${collection}-${dayIn(ownZone(), engine.now())}.${form}`);
		toast(`${definition(collection)?.label ?? "Records"} saved as a file.`, { kind: "good" });
	} catch (error) {
		toast(`Not exported. ${sentence(error)}`, { kind: "bad" });
	}
}

async function readFile(form, file) {
	const bytes = await file.arrayBuffer(), text = new TextDecoder().decode(bytes.slice(0, HEAD));
	const isJson = /\.json$/i.test(file.name) || file.type === TYPES.json || /^\s*[[{]/.test(text);
	const read = { name: file.name, bytes, text, isJson, headers: [], lines: [], choice: {} };
	return isJson ? read : readAs(form, read, lacksHeader(form, headerOf(text)));
}

// The same file with its first line taken for a row, or for the names of the columns.
function readAs(form, file, isHeaderless) {
	const lines = linesOf(file.text, LOOKED + 1);
	const headers = isHeaderless ? numbered(lines[0] ?? []) : headerOf(file.text);
	const choice = isHeaderless ? guessByPlace(form, headers) : guess(form, headers);
	return { ...file, isHeaderless, headers, choice, lines: isHeaderless ? lines.slice(0, LOOKED) : lines.slice(1) };
}

function columnName(file, header) {
	return file.isHeaderless ? `Column ${header}` : header;
}

function typeOf(file) {
	return file.isJson ? TYPES.json : file.isHeaderless ? `${TYPES.csv}; header=absent` : TYPES.csv;
}

async function send(form, file, { dates, where, skipBad, again, isMine, isDry }) {
	const query = new URLSearchParams({ zone: ownZone() });
	const map = mapOf(form, file.isJson && isMine ? ["owner", "id"] : file.headers, file.choice, isMine);
	const said = { map, dates, where, dryRun: isDry && "1", again: again && "1", skipBad: (skipBad || isDry) && "1" };
	for (const [name, value] of Object.entries(said))
		if (value)
			query.set(name, value);
	let report;
	do
		report = (await space.value.request("POST", `/${form.name}/import?${query}`, { raw: file.bytes, headers: { "Content-Type": typeOf(file) } })).data;
	while (report.more && !isDry);
	return report;
}

function FilePick({ onFile, words = "Choose a file" }) {
	const [isOver, setOver] = useState(false);
	const drop = (event) => {
		event.preventDefault();
		setOver(false);
		if (event.dataTransfer.files[0])
			onFile(event.dataTransfer.files[0]);
	};
	return (
		<label class="drop" data-over={isOver ? "true" : undefined} onDragOver={(event) => { event.preventDefault(); setOver(true); }} onDragLeave={() => setOver(false)} onDrop={drop}>
			<Icon name="upload" size={28} />
			<strong>{words}</strong>
			<span class="hint">CSV or JSON, or drop it here. It is looked at first; nothing is changed before you say so.</span>
			<input type="file" accept=".csv,.tsv,.txt,.json,text/csv,application/json" onChange={(event) => { const [file] = event.currentTarget.files; event.currentTarget.value = ""; if (file) onFile(file); }} />
		</label>
	);
}

function Preview({ file }) {
	if (file.isJson)
		return null;
	return (
		<div class="preview" tabIndex={0} role="region" aria-label="The first rows of the file">
			<table>
				<thead><tr>{file.headers.map((name, at) => <th key={at} scope="col"><bdi>{columnName(file, name)}</bdi></th>)}</tr></thead>
				<tbody>{file.lines.map((line, at) => <tr key={at}>{file.headers.map((_, place) => <td key={place}><bdi>{line[place]}</bdi></td>)}</tr>)}</tbody>
			</table>
		</div>
	);
}

function Columns({ form, file, onChoose }) {
	if (file.isJson)
		return null;
	const options = file.headers.map((name) => [name, columnName(file, name)]);
	const example = (header) => file.lines.map((line) => line[file.headers.indexOf(header)]).find(Boolean);
	return (
		<div class="mapping">
			{targetsOf(form).map(({ name, label, required }) => (
				<Field key={name} label={label} required={required} help={file.choice[name] && example(file.choice[name]) ? `as ${example(file.choice[name]).slice(0, 60)}` : undefined}
					problem={required && !file.choice[name] ? `${label} needs a column.` : null}>
					<Select value={file.choice[name] || null} options={options} empty="Not in the file" onInput={(header) => onChoose(name, header ?? "")} />
				</Field>
			))}
		</div>
	);
}

function Figures({ report }) {
	const figures = [
		[report.created, "new"], [report.updated, "changed"], [report.unchanged, "as they are"], [report.bad, "cannot be taken"], [report.rows - report.matched, "passed over"],
	].filter(([count, words]) => count > 0 || words === "new");
	return <dl class="figures">{figures.map(([count, words]) => <div key={words} data-bad={words === "cannot be taken" ? "true" : undefined}><dd>{formatNumber(count)}</dd><dt>{words}</dt></div>)}</dl>;
}

function Errors({ report }) {
	if (report.errors.length === 0)
		return null;
	return (
		<ul class="errors">
			{report.errors.slice(0, ERRORS).map((error, at) => <li key={at}><b>Line {formatNumber(error.line ?? error.row)}</b> <span dir="auto">{capital(error.detail)}</span></li>)}
			{report.bad > Math.min(ERRORS, report.errors.length) && <li class="hint">and {formatNumber(report.bad - Math.min(ERRORS, report.errors.length))} more</li>}
		</ul>
	);
}

function Result({ report }) {
	return (
		<div class="report">
			<Figures report={report} />
			{report.notes.length > 0 && <Notice>{report.notes.map((note) => <p key={note}>{note}</p>)}</Notice>}
			<Errors report={report} />
		</div>
	);
}

const NOTHING = { dates: "", where: "", skipBad: false, again: false, isMine: false }; // asked for so far

const DATES = [["mdy", "Month first, 12/31/2026"], ["dmy", "Day first, 31/12/2026"], ["ymd", "Year first, 2026/12/31"]];

/** The whole way of a file into a collection.  placed: it stands in the address. */
export function ImportSheet({ collection, placed = false, onClose }) {
	const form = definition(collection);
	const [file, setFile] = useState(null), [report, setReport] = useState(null), [problem, setProblem] = useState(null);
	const [busy, setBusy] = useState(false), [isDone, setDone] = useState(false), [asksDates, setAsksDates] = useState(false);
	const [options, setOptions] = useState(NOTHING);
	const unused = file && !file.isJson ? unusedOf(form, file.headers, file.choice) : [];
	const missing = file && !file.isJson ? missingOf(form, file.choice) : [];
	const isOffline = status.value?.trouble === "offline";

	async function run(isDry, changes = {}, from = file) {
		const wanted = { ...options, ...changes };
		setBusy(true);
		setProblem(null);
		try {
			setReport(await send(form, from, { ...wanted, isDry }));
			setDone(!isDry);
			if (!isDry)
				space.value.sync();
		} catch (error) {
			setReport(null);
			setAsksDates(asksDates || error.field === "dates");
			setProblem(error.field === "dates" ? "Some dates can be read in two ways. Which comes first?" : sentence(error));
		}
		setBusy(false);
	}

	async function take(chosen) {
		const next = await readFile(form, chosen);
		setFile(next);
		setReport(null);
		setDone(false);
		setAsksDates(false);
		setOptions(NOTHING);
		setProblem(null);
		if (next.isJson || missingOf(form, next.choice).length === 0)
			await run(true, NOTHING, next);
	}

	const change = (changes) => {
		setReport(null);
		setOptions((was) => ({ ...was, ...changes }));
	};
	const choose = (target, header) => {
		setReport(null);
		setFile((was) => ({ ...was, choice: { ...was.choice, [target]: header } }));
	};
	const coming = report ? report.created + report.updated : 0;
	const isBlocked = report && report.bad > 0 && !options.skipBad;
	const actions = !file ? null : isDone ? <Button kind="primary" onClick={onClose}>Done</Button> : [
		report && <Button key="back" onClick={() => setReport(null)}>Other columns</Button>,
		report
			? <Button key="go" kind="primary" busy={busy} disabled={coming === 0 || isBlocked} onClick={() => run(false)}>{coming === 0 ? "Nothing to import" : `Import ${formatNumber(coming)}`}</Button>
			: <Button key="look" kind="primary" busy={busy} disabled={missing.length > 0} onClick={() => run(true)}>Look at the file</Button>,
	];

	return (
		<Sheet title={`Import ${form.label.toLowerCase()}`} onClose={onClose} actions={actions} wide placed={placed}>
			<div class="import">
				{isOffline && <Notice kind="warn" icon="offline">An import needs a connection to the server. What you do otherwise is kept here.</Notice>}
				{!file && <FilePick onFile={take} />}
				{file && <p class="file-name"><Icon name="file" /> <bdi>{file.name}</bdi> {!isDone && <label class="link-like">Another file<input class="unseen" type="file" onChange={(event) => { const [one] = event.currentTarget.files; if (one) take(one); }} /></label>}</p>}
				{problem && <Notice kind="bad">{problem}</Notice>}
				{file && asksDates && !isDone && <Field label="Dates in the file"><Select value={options.dates || null} options={DATES} onInput={(dates) => { change({ dates }); run(true, { dates }); }} /></Field>}
				{file && !report && (
					<>
						<Preview file={file} />
						{!file.isJson && <Check value={!file.isHeaderless} onInput={(isNamed) => setFile((was) => readAs(form, was, !isNamed))}>The first line names the columns</Check>}
						<Columns form={form} file={file} onChoose={choose} />
						{!file.isJson && <Field label="Only rows where" help={`As ${file.isHeaderless ? 1 : "Id"}=10001: a column, and what stands in it. Empty: all rows.`}><TextInput value={options.where} spellcheck={false} onInput={(where) => change({ where })} /></Field>}
					</>
				)}
				{report && (
					<>
						<p class="report-head">{isDone ? "Imported." : "Looked at; nothing is written yet."}</p>
						<Result report={report} />
						{!isDone && unused.length > 0 && <p class="hint">Not taken: {file.isHeaderless ? "" : unused.length === 1 ? "the column " : "the columns "}<bdi>{unused.map((header) => columnName(file, header)).join(", ")}</bdi>. “Other columns” says where {unused.length === 1 ? "it goes" : "they go"}.</p>}
						{!isDone && report.bad > 0 && <Check value={options.skipBad} onInput={(skipBad) => setOptions((was) => ({ ...was, skipBad }))}>Leave out the {report.bad === 1 ? "row" : `${formatNumber(report.bad)} rows`} that cannot be taken</Check>}
						{!isDone && (options.isMine || report.errors.some(({ field }) => field === "owner")) && <Check value={options.isMine} onInput={(isMine) => { change({ isMine }); run(true, { isMine }); }}>They were somebody else’s; make them mine</Check>}
						{!isDone && report.deleted > 0 && <Check value={options.again} onInput={(again) => { change({ again }); run(true, { again }); }}>Bring back what was deleted here</Check>}
					</>
				)}
			</div>
		</Sheet>
	);
}
