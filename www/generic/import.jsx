// An import.  The server reads the file and says what it found: which program the file is from, which column is what,
// and what would become of each row.  Nothing is written before the person says so.

import { useState } from "preact/hooks";
import {
	Bar, Button, Check, Field, FilePick, Icon, Notice, Select, Sheet, TextInput, capital, formatNumber,
} from "../ui/index.js";
import { definition, status } from "../base/state.js";
import { saveFile } from "../base/save-file.js";
import { Link } from "../base/router.jsx";
import { options as around } from "./context.js";
import { fieldOf, isZoneField, singularOf } from "./fields.js";
import {
	CHARSETS, asMine, choicesFor, columnName, columnsOf, errorFile, errorsOf, exampleOf, figuresOf, goWords,
	leftOf, progressOf, questionsOf, rowsOf,
} from "./import-file.js";
import { useImport } from "./import-way.js";
import { formatValue } from "./values.js";
import { Widget } from "./widget.jsx";

const ACCEPTED = ".csv,.tsv,.txt,.json,text/csv,application/json";
const ABOUT_FILES = "CSV or JSON, as a spreadsheet or another program saves it. You see what it says before anything " +
	"is written.";
const SHORT = 40; // characters of an example
const WIDE = 6; // columns of the preview
const ZONE = { name: "zone", type: "text", format: "zone", required: true };
const DATES = [
	["mdy", "Month first, 12/31/2026"], ["dmy", "Day first, 31/12/2026"], ["ymd", "Year first, 2026/12/31"],
];
const DECIMALS = [["comma", "Comma: 12,5"], ["point", "Point: 12.5"]];
const SEVERAL = [["first", "The first"], ["last", "The last"], ["mean", "Their mean"]];
const UNITS = {
	duration: [
		["hours", "Hours: 8.5"], ["minutes", "Minutes: 510"], ["seconds", "Seconds: 30600"],
		["clock", "Hours and minutes: 8.30"],
	],
	kg: [["kg", "Kilograms"], ["lb", "Pounds"], ["st", "Stone"]],
	mi: [["mi", "Miles"], ["km", "Kilometres"]],
};

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
					Another file
					<input class="unseen" type="file" accept={ACCEPTED} onChange={choose} />
				</label>
			)}
		</p>
	);
}

// --- what the file says ---

// A value of the preview: references stand by the names that the file has for them.
function previewWords(form, name, row) {
	const field = fieldOf(form, name);
	if (field === undefined || field.type === "ref" && typeof row[name] === "string")
		return row[name] ?? "";
	return formatValue(field, row[name], { ...around(), zone: row.zone });
}

function previewColumns(form, rows) {
	const isShown = (name) => !isZoneField(fieldOf(form, name) ?? {}) && name !== "id" && name !== "owner";
	return [...new Set(rows.flatMap((row) => Object.keys(row)))].filter(isShown).slice(0, WIDE);
}

function headOf(form, name) {
	const [of, part] = name.split(".");
	return part ? capital(part) : fieldOf(form, of)?.label ?? capital(of);
}

function FirstRows({ label, heads, lines }) {
	const head = (words, at) => <th key={at} scope="col"><bdi>{words}</bdi></th>;
	const cell = (words, at) => <td key={at}><bdi>{words}</bdi></td>;
	return (
		<div class="preview scroll framed" tabIndex={0} role="region" aria-label={label}>
			<table class="small unbroken">
				<thead><tr>{heads.map(head)}</tr></thead>
				<tbody>{lines.map((line, at) => <tr key={at}>{line.map(cell)}</tr>)}</tbody>
			</table>
		</div>
	);
}

// The first rows as the server reads them.
function Preview({ form, rows }) {
	const columns = previewColumns(form, rows);
	if (columns.length === 0)
		return null;
	const heads = columns.map((name) => headOf(form, name));
	const lines = rows.map((row) => columns.map((name) => previewWords(form, name, row)));
	return <FirstRows label="The first entries, as they are read" heads={heads} lines={lines} />;
}

function namesOf(name) {
	const form = definition(name);
	return form ? [singularOf(form), form.label.toLowerCase()] : [name, name];
}

function Figures({ report }) {
	return (
		<dl class="figures four">
			{figuresOf(report, namesOf).map(({ count, words, isBad }) => (
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

function Notes({ report: { notes } }) {
	return notes.length > 0 ? <Notice>{notes.map((note) => <p key={note}>{note}</p>)}</Notice> : null;
}

function Errors({ report, file }) {
	const { listed, more } = errorsOf(report);
	if (listed.length === 0)
		return null;
	const save = () => {
		const blob = new Blob(["\ufeff", errorFile(report)], { type: "text/csv" });
		saveFile(blob, `Problems in ${file.name}.csv`);
	};
	return (
		<div class="stack gap-2">
			<ul class="errors stack gap-1 small">
				{listed.map(({ line, row, detail, value }, at) => (
					<li key={at}>
						<b class="bad">Line {formatNumber(line ?? row)}</b>{" "}
						<span dir="auto">{capital(detail)}</span>
						{value && <span class="soft"> “<bdi>{value}</bdi>”</span>}
					</li>
				))}
				{more > 0 && <li class="hint">and {formatNumber(more)} more</li>}
			</ul>
			<div><Button small icon="download" onClick={save}>Save these problems as a file</Button></div>
		</div>
	);
}

// --- how the file is read ---

function ColumnChoice({ form, way, column, example }) {
	const { name, fields, isOpen } = column, { options, change } = way;
	const choose = (value) => change({
		columns: { ...options.columns, [name]: value === null ? [] : value.split("+") },
	});
	const help = example ? `as ${example.slice(0, SHORT)}` : undefined;
	return (
		<Field label={columnName(options, name)} help={help}>
			<Select value={isOpen ? null : fields.join("+")} options={choicesFor(form, column, definition)}
				empty="Leave out" onInput={choose} />
		</Field>
	);
}

function Columns({ form, way }) {
	const { file, answer, options } = way;
	const rows = file.isJson ? { names: [], lines: [] } : rowsOf(file, options, options.header || answer.header);
	return (
		<div class="mapping columns on-top">
			{columnsOf(answer, options).map((column) => (
				<ColumnChoice key={column.name} form={form} way={way} column={column}
					example={exampleOf(rows, column.name)} />
			))}
		</div>
	);
}

function ZoneChoice({ way, answer }) {
	return (
		<Field label="Times are in the zone">
			<Widget field={ZONE} value={way.options.zone || answer?.zone || null}
				onInput={(zone) => zone && way.change({ zone })} />
		</Field>
	);
}

// A text that holds once it is typed to its end.
function Typed({ label, help, value, onDone, ...rest }) {
	const [text, setText] = useState(value);
	const done = (event) => {
		event.preventDefault();
		onDone(text.trim());
	};
	return (
		<form class="flow gap-2" onSubmit={done}>
			<Field label={label} help={help}><TextInput {...rest} value={text} onInput={setText} /></Field>
			{text.trim() !== value && <Button small type="submit">Apply</Button>}
		</form>
	);
}

function HeaderChoice({ way, answer }) {
	const { header } = way.options, change = (line) => way.change({ header: line, columns: {} });
	const given = header === "absent" ? null : Number(header || answer?.header || 1);
	const line = (text) => /^[1-9]\d{0,2}$/.test(text.trim()) && change(text.trim());
	return (
		<>
			<Check value={header !== "absent"} onInput={(is) => change(is ? "" : "absent")}>
				A line names the columns
			</Check>
			{given !== null && (
				<Typed key={given} label="It is line number" value={String(given)} onDone={line} />
			)}
		</>
	);
}

function CharsetChoice({ way }) {
	return (
		<Field label="The file is written in" help="Choose another one where letters look wrong.">
			<Select value={way.options.charset || null} options={CHARSETS} empty="Unicode (UTF-8)"
				onInput={(charset) => way.change({ charset: charset ?? "" })} />
		</Field>
	);
}

function Where({ way }) {
	const help = "As Category=Business: a column, and what stands in it. Empty: all rows.";
	return (
		<Typed label="Only rows where" help={help} value={way.options.where} spellcheck={false}
			onDone={(where) => way.change({ where })} />
	);
}

// Everything that can be said of the file, for whoever looks for it.
function Reading({ form, way }) {
	const { answer, file, report } = way, isAmiss = report?.bad > 0 && report.created + report.updated === 0;
	return (
		<details class="fold" open={isAmiss}>
			<summary class="link small">Columns and more</summary>
			<div class="stack">
				{answer.columns && way.asks !== "columns" && <Columns form={form} way={way} />}
				{answer.format && (
					<Check value onInput={() => way.change({ format: "none", columns: {} })}>
						It is a file of {answer.formatLabel ?? answer.format}
					</Check>
				)}
				{!file.isJson && <HeaderChoice way={way} answer={answer} />}
				{!file.isJson && <CharsetChoice way={way} />}
				<Where way={way} />
			</div>
		</details>
	);
}

// What the file was recognised as, and in which zone it is read.
function Found({ form, way }) {
	const { answer } = way;
	const hasTimes = form.fields.some(({ type, derived }) => type === "instant" && !derived);
	return (
		<>
			{answer.format && (
				<p class="line gap-2">
					<Icon name="good" /> <span>{answer.formatLabel ?? answer.format}</span>
				</p>
			)}
			{hasTimes && <ZoneChoice way={way} answer={answer} />}
		</>
	);
}

// --- what is asked ---

// The field whose unit is asked for.
function unitField(form, problem) {
	const named = problem?.detail?.match(/^Line [\d,]+: (\w+)/)?.[1];
	return fieldOf(form, named ?? "") ?? form.fields.find(({ format }) => format === "duration");
}

function UnitChoice({ form, way }) {
	const field = unitField(form, { detail: way.problem });
	const list = UNITS[field?.format === "duration" ? "duration" : field?.unit] ?? UNITS.duration;
	const choose = (unit) => way.change({ units: { ...way.options.units, [field.name]: unit } });
	return (
		<Field label={`${field?.label ?? "Numbers"} in the file`}>
			<Select value={null} options={list} onInput={choose} />
		</Field>
	);
}

function Asked({ form, way }) {
	switch (way.asks) {
	case "dates": return (
		<Field label="Dates in the file">
			<Select value={null} options={DATES} onInput={(dates) => way.change({ dates })} />
		</Field>
	);
	case "decimals": return (
		<Field label="Decimals in the file">
			<Select value={null} options={DECIMALS} onInput={(decimals) => way.change({ decimals })} />
		</Field>
	);
	case "units": return <UnitChoice form={form} way={way} />;
	case "charset": return <CharsetChoice way={way} />;
	case "zone": return <ZoneChoice way={way} />;
	case "header": return <HeaderChoice way={way} answer={way.answer} />;
	case "format": return (
		<div><Button onClick={() => way.change({ format: "none" })}>Read it as a plain file</Button></div>
	);
	case "columns": return <Columns form={form} way={way} />;
	case "doubles": return (
		<div><Button onClick={() => way.change({ anyway: true })}>Import these rows again</Button></div>
	);
	default: return null;
	}
}

// The file's first lines as they stand in it, where it cannot be read yet.
function Raw({ way }) {
	const { file, options, answer } = way;
	if (file.isJson)
		return null;
	const { names, lines } = rowsOf(file, options, options.header || answer?.header);
	const heads = names.map((name) => columnName(options, name));
	const whole = lines.map((line) => names.map((_, place) => line[place]));
	return <FirstRows label="The first rows of the file" heads={heads} lines={whole} />;
}

// What to decide before the import is made.
function Questions({ form, way }) {
	const { report, options, answer } = way, asks = questionsOf(report, options);
	const rows = report.bad === 1 ? "row" : `${formatNumber(report.bad)} rows`;
	const mine = (isMine) => {
		way.change({ isMine, columns: isMine ? asMine(form, answer, options) : {} });
	};
	return (
		<>
			{asks.skipBad && (
				<Check value={options.skipBad} onInput={way.skip}>
					Leave out the {rows} that can’t be read
				</Check>
			)}
			{asks.several && (
				<Field label="Of several on one day">
					<Select value={report.several} options={SEVERAL}
						onInput={(several) => way.change({ several })} />
				</Field>
			)}
			{asks.isMine && (
				<Check value={options.isMine} onInput={mine}>
					They were somebody else’s; make them mine
				</Check>
			)}
			{asks.again && (
				<Check value={options.again} onInput={(again) => way.change({ again })}>
					Restore rows that were deleted in Daybook
				</Check>
			)}
		</>
	);
}

function LeftOut({ options }) {
	const left = leftOf(options).map((name) => columnName(options, name));
	if (left.length === 0)
		return null;
	return <p class="hint">Left out: <bdi>{left.join(", ")}</bdi>. Change this under “Columns and more”.</p>;
}

function Doubles({ doubles }) {
	if (!doubles)
		return null;
	return (
		<Notice kind="warn">
			{formatNumber(doubles.rows)} of these rows were imported before, from{" "}
			<bdi>{doubles.file || "a file"}</bdi>, and read in another way. Importing them again adds
			them twice.
		</Notice>
	);
}

function Looked({ form, way }) {
	const { report, file, options } = way;
	return (
		<div class="stack">
			<Found form={form} way={way} />
			{report.preview?.length > 0 && <Preview form={form} rows={report.preview} />}
			<Figures report={report} />
			{!options.anyway && <Doubles doubles={report.doubles} />}
			<Notes report={report} />
			<Errors report={report} file={file} />
			<LeftOut options={options} />
			<Questions form={form} way={way} />
			<Reading form={form} way={way} />
		</div>
	);
}

function Writing({ report }) {
	const part = progressOf(report);
	const count = part !== null && `${formatNumber(report.done)} of ${formatNumber(report.rows)} rows`;
	const words = count || "Importing…";
	return (
		<div class="stack gap-2" role="status">
			<p>{words}</p>
			<Bar part={part ?? 0} label={words} />
			<p class="hint">
				You can stop at any time and continue later with the same file. Nothing is added twice.
			</p>
		</div>
	);
}

function TakeBackHint() {
	return (
		<p class="hint">
			Not what you wanted? It can be taken back:{" "}
			<Link to="/settings/imports" class="link">your imports</Link>.
		</p>
	);
}

function Done({ report, file }) {
	return (
		<div class="stack">
			<Notice kind="good">Imported.</Notice>
			<Figures report={report} />
			<Notes report={report} />
			<Errors report={report} file={file} />
			{report.import && <TakeBackHint />}
		</div>
	);
}

function Body({ form, way }) {
	switch (way.phase) {
	case "choose": return <FilePick accepted={ACCEPTED} help={ABOUT_FILES} onFile={way.take} />;
	case "looking": return <p class="soft" role="status">Reading the file…</p>;
	case "asked": return (
		<div class="stack">
			<Asked form={form} way={way} />
			<Raw way={way} />
			{way.answer?.columns && <Reading form={form} way={way} />}
		</div>
	);
	case "looked": return <Looked form={form} way={way} />;
	case "writing":
	case "stopped": return <Writing report={way.report} />;
	default: return <Done report={way.report} file={way.file} />;
	}
}

// The buttons in the foot of the sheet.
function actionsOf(way, onClose) {
	const { phase, report, options, go: start } = way;
	if (phase === "done")
		return <Button kind="primary" onClick={onClose}>Done</Button>;
	if (phase === "writing")
		return <Button icon="stop" onClick={way.stop}>Stop</Button>;
	if (phase === "stopped")
		return <Button kind="primary" onClick={start}>Continue</Button>;
	if (phase !== "looked")
		return null;
	const isBlocked = way.busy || report.created + report.updated === 0 || report.bad > 0 && !options.skipBad ||
		Boolean(report.doubles) && !options.anyway;
	return [
		report.doubles && !options.anyway && (
			<Button key="anyway" onClick={() => way.change({ anyway: true })}>Import again</Button>
		),
		<Button key="go" kind="primary" disabled={isBlocked} onClick={start}>
			{goWords(report, options)}
		</Button>,
	];
}

function Offline() {
	return (
		<Notice kind="warn" icon="offline">
			You need a connection to import. Other changes are saved on this device.
		</Notice>
	);
}

/** An import, from choosing the file to the report.  placed: it is part of the address. */
export function ImportSheet({ collection, placed = false, onClose }) {
	const form = definition(collection), way = useImport(form);
	const { file, problem, phase, busy } = way;
	const isMoving = ["writing", "looking", "done"].includes(phase);
	return (
		<Sheet title={`Import ${form.label.toLowerCase()}`} onClose={onClose} wide placed={placed}
			actions={actionsOf(way, onClose)}>
			<div class="stack">
				{status.value?.trouble === "offline" && <Offline />}
				{file && <FileName file={file} onFile={isMoving ? undefined : way.take} />}
				{problem && <Notice kind="bad">{problem}</Notice>}
				<div class="stack" aria-busy={busy}><Body form={form} way={way} /></div>
			</div>
		</Sheet>
	);
}
