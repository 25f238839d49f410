// A file of a whole space: an archive of a Daybook, or the export of another system.  First what it would change is
// shown; nothing is written before the person says so.

import { useState } from "preact/hooks";
import { Button, Field, FilePick, Icon, Notice, Segments, formatSize } from "../ui/index.js";
import { newId } from "../engine/engine.js";
import { useAsked } from "../base/asked.js";
import { space } from "../base/state.js";
import { Difference } from "./difference.jsx";
import { totalOf } from "./difference.js";
import { Progress, useJob } from "./job.jsx";
import { undoCause } from "./requests.js";
import { failureWords, plural } from "./words.js";

const ACCEPTED = ".tar,.json,.daybook,application/json,application/x-tar";
const ABOUT_FILES = "An archive from Daybook, or the export of another system as JSON. You see what would change " +
	"before anything is written.";
const MODES = [["merge", "Add to what’s here"], ["replace", "Replace what’s here"]];
const MODE_HELP = {
	merge: "Adds what’s missing and keeps everything that’s here.",
	replace: "Makes this space as the file has it. Records that aren’t in it are deleted.",
};

async function send(file, mode, dryRun) {
	const query = new URLSearchParams({ mode, ...(dryRun ? { dryRun: "1" } : {}) });
	const type = file.name.endsWith(".json") ? "application/json" : "application/x-tar";
	const { data } = await space.value.request("POST", `/import?${query}`, {
		raw: file, headers: { "Content-Type": type }, ...(dryRun ? {} : { key: newId() }),
	});
	return data;
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

function Looked({ file, onDone, onOther }) {
	const [mode, setMode] = useState("merge");
	const { data, error, ask } = useAsked(async () => ({ mode, ...await send(file, mode, true) }), file, mode);
	const looked = data?.mode === mode ? data : null, total = totalOf(looked?.difference);
	const running = useJob("import", (result) => {
		space.value.sync();
		onDone({ difference: looked?.difference, ...result });
	});
	return (
		<div class="stack">
			<p class="flow">
				<Icon name="file" /><bdi>{file.name}</bdi>
				<span class="hint">{formatSize(file.size)}</span>
				{!running.busy && <Button small kind="quiet" onClick={onOther}>Another file</Button>}
			</p>
			{looked?.formatLabel && <p class="line gap-2"><Icon name="good" />{looked.formatLabel}</p>}
			{!running.busy && (
				<Field label="How" help={MODE_HELP[mode]}>
					<Segments value={mode} options={MODES} onInput={setMode} />
				</Field>
			)}
			{error && (
				<Notice kind="bad" action={<Button small onClick={ask}>Try again</Button>}>
					{failureWords(error)}
				</Notice>
			)}
			{!looked && !error && <p class="soft" role="status">Reading the file…</p>}
			{looked && !running.busy && <Difference answer={looked} />}
			<Progress running={running} fallback="Importing…" />
			{looked && (
				<div>
					<Button kind={total.deleted > 0 ? "danger" : "primary"} busy={running.busy}
						disabled={total.all === 0}
						onClick={() => running.run(() => send(file, mode, false))}>
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
			{!done && file && <Looked key={file.name} file={file} onDone={setDone} onOther={again} />}
			{!done && !file && (
				<FilePick accepted={ACCEPTED} help={ABOUT_FILES} onFile={setFile} />
			)}
		</section>
	);
}
