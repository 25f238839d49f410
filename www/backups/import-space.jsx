// A file of a whole space: an archive of a Daybook, or the export of another system.  First what it would change is
// shown; nothing is written before the person says so.

import { useEffect, useState } from "preact/hooks";
import {
	Bar, Button, Field, FilePick, Icon, Notice, Segments, Select, formatPercent, formatSize,
} from "../ui/index.js";
import { ownZone } from "../ui/zone.js";
import { newId } from "../engine/engine.js";
import { useAsked } from "../base/asked.js";
import { space } from "../base/state.js";
import { namedZone } from "../base/zones.jsx";
import { Difference } from "./difference.jsx";
import { totalOf } from "./difference.js";
import { Progress, useJob } from "./job.jsx";
import { isLarge, sendFile } from "./incoming.js";
import { restoreBackup, undoCause } from "./requests.js";
import { failureWords, plural } from "./words.js";

const ACCEPTED = ".tar,.json,.daybook,application/json,application/x-tar";
const ABOUT_FILES = "An archive from Daybook, or the export of another system as JSON. You see what would change " +
	"before anything is written.";
const MODES = [["merge", "Add to what’s here"], ["replace", "Replace what’s here"]];
const MODE_HELP = {
	merge: "Adds what’s missing and keeps everything that’s here.",
	replace: "Makes this space as the file has it. Records that aren’t in it are deleted.",
};

const DATES = [
	["mdy", "Month first, 12/31/2026"], ["dmy", "Day first, 31/12/2026"], ["ymd", "Year first, 2026/12/31"],
];

// A file's import, or what it would change.  sent: the id of a large file that the server has already.
async function take({ file, sent, options: { mode, dates, zone } }, isDry) {
	const asked = { mode, zone, ...(dates ? { dates } : {}) };
	if (sent)
		return restoreBackup(sent, asked, isDry);
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

// Sends a file that is too large for one request: {sent, part, error}.
function useSent(file) {
	const [state, setState] = useState({ sent: null, part: 0, error: null });
	useEffect(() => {
		let isCurrent = true;
		const put = (change) => isCurrent && setState((was) => ({ ...was, ...change }));
		const { request } = space.value;
		if (isLarge(file))
			sendFile(request, file, (part) => put({ part }))
				.then((sent) => put({ sent }), (error) => put({ error }));
		return () => { isCurrent = false; };
	}, [file]);
	return state;
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

function useLook(file, options, { sent }) {
	const key = JSON.stringify([sent, options]), isReady = !isLarge(file) || sent;
	const { data, error, ask } = useAsked(
		async () => isReady && { key, ...await take({ file, sent, options }, true) }, file, key);
	return { looked: data?.key === key ? data : null, error, ask };
}

function Sending({ part }) {
	const words = `Sending the file: ${formatPercent(Math.floor(part * 100) / 100)}`;
	return <div class="stack gap-2" role="status"><p>{words}</p><Bar part={part} label={words} /></div>;
}

function Looking({ looked, error, ask, sending, isLargeFile }) {
	const wrong = sending.error ?? error;
	const again = wrong?.field !== "dates" && <Button small onClick={ask}>Try again</Button>;
	if (wrong)
		return <Notice kind="bad" action={again}>{failureWords(wrong)}</Notice>;
	if (isLargeFile && !sending.sent)
		return <Sending part={sending.part} />;
	return looked ? <Difference answer={looked} /> : <p class="soft" role="status">Reading the file…</p>;
}

function Looked({ file, onDone, onOther }) {
	const zone = namedZone.value ?? ownZone();
	const [options, setOptions] = useState({ mode: "merge", dates: null, zone });
	const sending = useSent(file), { looked, error, ask } = useLook(file, options, sending);
	const total = totalOf(looked?.difference);
	const running = useJob("import", (result) => {
		space.value.sync();
		onDone({ difference: looked?.difference, ...result });
	});
	const start = () => running.run(() => take({ file, sent: sending.sent, options }, false));
	return (
		<div class="stack">
			<p class="flow">
				<Icon name="file" /><bdi>{file.name}</bdi>
				<span class="hint">{formatSize(file.size)}</span>
				{!running.busy && <Button small kind="quiet" onClick={onOther}>Another file</Button>}
			</p>
			{looked?.formatLabel && <p class="line gap-2"><Icon name="good" />{looked.formatLabel}</p>}
			{!running.busy && (
				<Choices options={options} needsDates={error?.field === "dates"} onInput={setOptions} />
			)}
			{!running.busy && (
				<Looking {...{ looked, error, ask, sending }} isLargeFile={isLarge(file)} />
			)}
			<Progress running={running} fallback="Importing…" />
			{looked && (
				<div>
					<Button kind={total.deleted > 0 ? "danger" : "primary"} busy={running.busy}
						disabled={total.all === 0} onClick={start}>
						{total.all > 0 ? `Import ${plural(total.all, "record")}` : "Import"}
					</Button>
				</div>
			)}
		</div>
	);
}

export function ImportSpace() {
	const [file, setFile] = useState(null), [done, setDone] = useState(null);
	const again = () => {
		setFile(null);
		setDone(null);
	};
	return (
		<section class="group stack" aria-labelledby="import-space">
			<h2 id="import-space">Import</h2>
			{done && <Done result={done} onAgain={again} />}
			{!done && file && <Looked file={file} onDone={setDone} onOther={again} />}
			{!done && !file && (
				<FilePick accepted={ACCEPTED} help={ABOUT_FILES} onFile={setFile} />
			)}
		</section>
	);
}
