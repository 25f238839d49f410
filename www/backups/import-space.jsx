// A file of a whole space: an archive of a Daybook, or the export of another system.  First what it would change is
// shown; nothing is written before the person says so.

import { useEffect, useRef, useState } from "preact/hooks";
import {
	Bar, Button, Field, FilePick, Icon, Notice, Segments, Select, formatPercent, formatSize,
} from "../ui/index.js";
import { ownZone } from "../ui/zone.js";
import { newId } from "../engine/engine.js";
import { piecesOf } from "../backup/bytes.js";
import { useAsked } from "../base/asked.js";
import { space } from "../base/state.js";
import { namedZone } from "../base/zones.jsx";
import { Difference } from "./difference.jsx";
import { totalOf } from "./difference.js";
import { Progress, useJob } from "./job.jsx";
import { discardCopy } from "./copy.js";
import { isLarge, kindOfFile, sendFile } from "./incoming.js";
import { Opening } from "./opening.jsx";
import { lookAtRestore, restoreBackup, undoCause } from "./requests.js";
import { importWords, mayPass, plural } from "./words.js";

const ACCEPTED = ".tar,.json,.sealed,application/json,application/x-tar";
const ABOUT_FILES = "An archive from Daybook, or the export of another system as JSON. You see what would change " +
	"before anything is written.";
const MODES = [["merge", "Add to what’s here"], ["replace", "Replace what’s here"]];
const MODE_HELP = {
	merge: "Adds what’s missing and keeps everything that’s here.",
	replace: "Makes this space as the file has it. Records that aren’t in it are deleted.",
};

const NOT_SENT = { sent: null, part: 0, error: null };

const DATES = [
	["mdy", "Month first, 12/31/2026"], ["dmy", "Day first, 31/12/2026"], ["ymd", "Year first, 2026/12/31"],
];

// A file's import, or what it would change.  sent: the id of a large file that the server has already.
async function take({ file, sent, options: { mode, dates, zone } }, isDry) {
	const asked = { mode, zone, ...(dates ? { dates } : {}) };
	if (sent)
		return isDry ? lookAtRestore(sent, asked) : restoreBackup(sent, asked);
	const query = new URLSearchParams({ ...asked, ...(isDry ? { dryRun: "1" } : {}) });
	const type = file.name.endsWith(".json") ? "application/json" : "application/x-tar";
	const options = { raw: file, headers: { "Content-Type": type }, ...(isDry ? {} : { key: newId() }) };
	return (await space.value.request("POST", `/import?${query}`, options)).data;
}

function Done({ result, onAgain }) {
	const total = totalOf(result.difference);
	const undo = () => undoCause(result.cause, "Import undone.", "Couldn’t undo the import.");
	const back = result.cause && <Button small icon="undo" onClick={undo}>Undo</Button>;
	return (
		<div class="stack">
			<Notice kind="good" action={back}>Imported: {plural(total.all, "record")}.</Notice>
			<div><Button onClick={onAgain}>Import another file</Button></div>
		</div>
	);
}

// Sends a file that is too large for one request: {sent, part, error, again}.
function useSent(file, isWanted) {
	const [state, setState] = useState(NOT_SENT), [tries, setTries] = useState(0);
	useEffect(() => {
		let isCurrent = true;
		const put = (change) => isCurrent && setState((was) => ({ ...was, ...change }));
		setState(NOT_SENT);
		if (isWanted)
			sendFile(space.value.request, file, (part) => put({ part }))
				.then((sent) => put({ sent }), (error) => put({ error }));
		return () => { isCurrent = false; };
	}, [file, isWanted, tries]);
	return { ...state, again: () => setTries(tries + 1) };
}

function Choices({ options, needsDates, onInput }) {
	const put = (name) => (value) => onInput({ ...options, [name]: value });
	return (
		<>
			<Field label="How" help={MODE_HELP[options.mode]}>
				<Segments value={options.mode} options={MODES} onInput={put("mode")} />
			</Field>
			{(needsDates || options.dates) && (
				<Field label="Dates in the file">
					<Select value={options.dates} options={DATES} empty="Choose"
						onInput={put("dates")} />
				</Field>
			)}
		</>
	);
}

function useLook(file, options, sent, isReady) {
	const key = JSON.stringify([sent, options, isReady]);
	const { data, error, ask } = useAsked(
		async () => isReady && { key, ...await take({ file, sent, options }, true) }, file, key);
	return { looked: data?.key === key ? data : null, error, ask };
}

function Sending({ part }) {
	const words = `Sending the file: ${formatPercent(Math.floor(part * 100) / 100)}`;
	return <div class="stack gap-2" role="status"><p>{words}</p><Bar part={part} label={words} /></div>;
}

// What is wrong with a file stays wrong; all else may pass.
function Looking({ looked, error, ask, sending }) {
	const wrong = sending?.error ?? error;
	const again = sending?.error ? sending.again : ask;
	if (wrong)
		return (
			<Notice kind="bad" action={mayPass(wrong) && <Button small onClick={again}>Try again</Button>}>
				{importWords(wrong)}
			</Notice>
		);
	if (sending && !sending.sent)
		return <Sending part={sending.part} />;
	return looked ? <Difference answer={looked} /> : <p class="soft" role="status">Reading the file…</p>;
}

function FileLine({ file, isBusy, onOther }) {
	return (
		<p class="flow">
			<Icon name="file" /><bdi>{file.name}</bdi>
			<span class="hint">{formatSize(file.size)}</span>
			{!isBusy && <Button small kind="quiet" onClick={onOther}>Another file</Button>}
		</p>
	);
}

// opened: the id under which the server has what was in a sealed file.
function Looked({ file, opened, running, onLooked }) {
	const zone = namedZone.value ?? ownZone(), isSent = !opened && isLarge(file);
	const [options, setOptions] = useState({ mode: "merge", dates: null, zone });
	const sending = useSent(file, isSent), sent = opened ?? sending.sent;
	const { looked, error, ask } = useLook(file, options, sent, !isSent || Boolean(sent));
	const total = totalOf(looked?.difference), needsDates = error?.field === "dates";
	const start = () => {
		onLooked(looked);
		running.run(() => take({ file, sent, options }, false));
	};
	return (
		<>
			{looked?.formatLabel && <p class="line gap-2"><Icon name="good" />{looked.formatLabel}</p>}
			{(!error || needsDates) && (
				<Choices options={options} needsDates={needsDates} onInput={setOptions} />
			)}
			<Looking {...{ looked, error, ask }} sending={isSent ? sending : null} />
			{looked && (
				<div>
					<Button kind={total.deleted > 0 ? "danger" : "primary"}
						disabled={total.all === 0} onClick={start}>
						{total.all > 0 ? `Import ${plural(total.all, "record")}` : "Import"}
					</Button>
				</div>
			)}
		</>
	);
}

const NOT_OURS = {
	newer: "It was made by a newer Daybook. Update Daybook on this server, then import it.",
	empty: "There’s nothing in this file. Choose another one.",
	other: "Daybook can’t import this. Choose an archive or a sealed backup from Daybook, or an export as JSON.",
};

function Chosen({ file, running, onLooked }) {
	const { data: kind, error } = useAsked(() => kindOfFile(file), file);
	const [opened, setOpened] = useState(null);
	if (error)
		return <Notice kind="bad">The file can’t be read. Choose it again.</Notice>;
	if (!kind)
		return null;
	if (NOT_OURS[kind])
		return <Notice kind="bad">{NOT_OURS[kind]}</Notice>;
	if (kind === "sealed" && !opened)
		return <Opening source={() => piecesOf(file)} bytes={file.size} onSent={setOpened} />;
	return <Looked {...{ file, opened, running, onLooked }} />;
}

// An import goes on while this screen is left, and is found again here.
function useImporting() {
	const [done, setDone] = useState(null), looked = useRef(null);
	const running = useJob("import", (result) => {
		space.value.sync();
		setDone({ difference: looked.current?.difference, ...result });
	});
	useEffect(() => {
		if (!running.busy)
			discardCopy();
	}, [running.busy]);
	const onLooked = (answer) => { looked.current = answer; };
	return { running, done, onLooked, forget: () => setDone(null) };
}

export function ImportSpace() {
	const [file, setFile] = useState(null), { running, done, forget, onLooked } = useImporting();
	const choose = (chosen) => {
		setFile(chosen);
		forget();
		running.forget();
	};
	const isChoosing = !done && !running.busy;
	return (
		<section class="group stack" aria-labelledby="import-space">
			<h2 id="import-space">Import</h2>
			{done && <Done result={done} onAgain={() => choose(null)} />}
			{!done && file && <FileLine file={file} isBusy={running.busy} onOther={() => choose(null)} />}
			{!done && <Progress running={running} fallback="Importing…" />}
			{isChoosing && file && <Chosen key={file} {...{ file, running, onLooked }} />}
			{isChoosing && !file && <FilePick accepted={ACCEPTED} help={ABOUT_FILES} onFile={choose} />}
		</section>
	);
}
