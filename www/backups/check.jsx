// A downloaded backup, verified on this device: nothing of it is sent anywhere.

import { useState } from "preact/hooks";
import { Bar, Button, FilePick, Notice, formatInstant, formatPercent, formatSize } from "../ui/index.js";
import { verifyArchive } from "../backup/read.js";
import { report } from "../base/errors.js";
import { plural } from "./words.js";

const ABOUT = "Checked on this device, also without a connection. Nothing is uploaded.";

function Result({ file, found, backups }) {
	const { head, records, files, sha256 } = found;
	const listed = backups.find((one) => one.sha256 === sha256);
	return (
		<div class="stack gap-3">
			<Notice kind="good">
				<bdi>{file.name}</bdi> is whole: {plural(records, "record")}
				{files > 0 && ` and ${plural(files, "file")}`} of{" "}
				<bdi>{head.space?.name}</bdi> as of {formatInstant(head.at)}.
			</Notice>
			<p class="small soft">
				{listed ? `It’s the backup of ${formatInstant(listed.at)} on the server.`
					: "None of the backups listed here is the same file."}
			</p>
			<p class="hint">SHA-256: <code class="as-typed">{sha256}</code></p>
		</div>
	);
}

// Other errors than damage are faults of the app, or of the disk that the file is on.
function wordsOf(error) {
	if (error.name === "DamageError")
		return error.message;
	if (error.name !== "NotReadableError")
		report(error, "checking a backup");
	return "The file can’t be read. Choose it again.";
}

function useCheck() {
	const none = { file: null, part: 0, found: null, problem: null };
	const [state, setState] = useState(none);
	const check = async (file) => {
		const put = (change) => setState((was) => (was.file === file ? { ...was, ...change } : was));
		setState({ ...none, file });
		try {
			put({ found: await verifyArchive(file, { onProgress: (part) => put({ part }) }) });
		} catch (error) {
			put({ problem: wordsOf(error) });
		}
	};
	return { ...state, check, again: () => setState(none) };
}

/** backups: those of the server, one of which may be the file. */
export function CheckFile({ backups }) {
	const { file, part, found, problem, check, again } = useCheck(), isOver = found || problem;
	const words = file && `Checking ${formatSize(file.size)}: ${formatPercent(Math.floor(part * 100) / 100)}`;
	return (
		<section class="group stack" aria-labelledby="check-file">
			<h2 id="check-file">Check a downloaded backup</h2>
			{!file && <FilePick accepted=".tar,application/x-tar" help={ABOUT} onFile={check} />}
			{file && !isOver && (
				<div class="stack gap-2" role="status">
					<p>{words}</p>
					<Bar part={part} label={words} />
				</div>
			)}
			{found && <Result file={file} found={found} backups={backups} />}
			{problem && (
				<Notice kind="bad"><bdi>{file.name}</bdi> can’t be trusted. {problem}</Notice>
			)}
			{isOver && <div><Button onClick={again}>Check another file</Button></div>}
		</section>
	);
}
