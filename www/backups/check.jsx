// A downloaded backup, verified on this device: nothing of it is sent anywhere.  A sealed one is opened with the key
// file, if the person has it at hand.

import { useState } from "preact/hooks";
import { Bar, Button, FilePick, Notice, formatInstant, formatPercent, formatSize } from "../ui/index.js";
import { verifyArchive } from "../backup/read.js";
import { report } from "../base/errors.js";
import { saveFile } from "../base/save-file.js";
import { loadSeal } from "./seal.js";
import { fileWords, plural } from "./words.js";

const ABOUT = "Checked on this device, also without a connection. Nothing is uploaded.";
const NONE = { file: null, part: 0, isOpening: false, sealed: null, opened: null, found: null, problem: null };

function SameFile({ sum, backups }) {
	if (!backups)
		return null;
	const listed = backups.find((one) => one.sha256 === sum);
	return (
		<p class="small soft">
			{listed ? `It’s the backup of ${formatInstant(listed.at)} on the server.`
				: "None of the backups listed here is the same file."}
		</p>
	);
}

function Doing({ file, part }) {
	const words = `Checking ${formatSize(file.size)}: ${formatPercent(Math.floor(part * 100) / 100)}`;
	return (
		<div class="stack gap-2" role="status">
			<p>{words}</p>
			<Bar part={part} label={words} />
		</div>
	);
}

function Sealed({ file, part, isOpening, sealed, backups, onKey }) {
	if (isOpening)
		return <Doing file={file} part={part} />;
	return (
		<div class="stack gap-3">
			<Notice kind="good" icon="lock">
				<bdi>{file.name}</bdi> is whole, as it was written. It’s sealed: to see what’s in it,
				choose your key file.
			</Notice>
			<SameFile sum={sealed.sha256} backups={backups} />
			<FilePick title="Choose your key file" help="It’s read on this device only."
				accepted=".json,application/json" onFile={onKey} />
		</div>
	);
}

function Found({ file, found, sealed, opened, backups }) {
	const { head, records, files, sha256 } = found;
	const save = async () => saveFile(await opened(), file.name.replace(/(\.sealed)?$/, ".tar"));
	return (
		<div class="stack gap-3">
			<Notice kind="good">
				<bdi>{file.name}</bdi> is whole: {plural(records, "record")}
				{files > 0 && ` and ${plural(files, "file")}`} of{" "}
				<bdi>{head.space?.name}</bdi> as of {formatInstant(head.at)}.
			</Notice>
			<SameFile sum={sealed?.sha256 ?? sha256} backups={backups} />
			{opened && (
				<>
					<p class="hint">Save it opened to import it, or to keep it readable.</p>
					<div><Button icon="download" onClick={save}>Save opened</Button></div>
				</>
			)}
		</div>
	);
}

// Other errors are faults of the app.
function wordsOf(error) {
	const words = fileWords(error);
	if (!words)
		report(error, "checking a backup");
	return words ?? "The file can’t be read. Choose it again.";
}

function useCheck() {
	const [state, setState] = useState(NONE), { file } = state;
	const guarded = async (of, work) => {
		const put = (change) => setState((was) => (was.file === of ? { ...was, ...change } : was));
		try {
			await work(put, { onProgress: (part) => put({ part }) });
		} catch (error) {
			put({ isOpening: false, problem: wordsOf(error) });
		}
	};
	const check = (chosen) => {
		setState({ ...NONE, file: chosen });
		return guarded(chosen, async (put, options) => {
			const { checkSealed, isSealed } = await loadSeal();
			put(await isSealed(chosen) ? { sealed: await checkSealed(chosen, options) }
				: { found: await verifyArchive(chosen, options) });
		});
	};
	const open = (keyFile) => guarded(file, async (put, options) => {
		const { openPieces, openSealed, readKeyFile } = await loadSeal();
		put({ problem: null, isOpening: true, part: 0 });
		const keys = readKeyFile(await keyFile.text());
		const found = await verifyArchive(openPieces(file, keys, options));
		put({ isOpening: false, found, opened: () => openSealed(file, keys) });
	});
	return { ...state, check, open, again: () => setState(NONE) };
}

/** backups: those of the server, one of which may be the file; null where they are not known. */
export function CheckFile({ backups }) {
	const { check, open, again, ...state } = useCheck(), { file, found, sealed, problem } = state;
	const isOver = found || sealed || problem;
	return (
		<section class="group stack" aria-labelledby="check-file">
			<h2 id="check-file">Check a downloaded backup</h2>
			{!file && <FilePick accepted=".tar,.sealed,application/x-tar" help={ABOUT} onFile={check} />}
			{file && !isOver && <Doing {...state} />}
			{found && <Found {...state} backups={backups} />}
			{sealed && !found && <Sealed {...state} backups={backups} onKey={open} />}
			{problem && (
				<Notice kind="bad">
					<bdi>{file.name}</bdi> can’t be {sealed ? "opened" : "trusted"}. {problem}
				</Notice>
			)}
			{isOver && !state.isOpening && <div><Button onClick={again}>Check another file</Button></div>}
		</section>
	);
}
