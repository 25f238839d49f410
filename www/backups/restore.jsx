// A restore: what to bring back, what that would change, and then the work with its progress and its Undo.

import { useEffect, useRef, useState } from "preact/hooks";
import {
	Button, Field, IconButton, Notice, Segments, Sheet, formatInstant,
} from "../ui/index.js";
import { useAsked } from "../base/asked.js";
import { space } from "../base/state.js";
import { Difference } from "./difference.jsx";
import { totalOf } from "./difference.js";
import { Progress, useJob } from "./job.jsx";
import { ListsChoice } from "./lists.jsx";
import { lookAtRestore, restoreBackup, undoCause } from "./requests.js";
import { failureWords, listsIn, mayPass, plural } from "./words.js";

const MODES = [["merge", "Add what’s missing"], ["replace", "Go back fully"]];
const CHANGED = [["keep", "Keep"], ["restore", "Set back"]];
const MODE_HELP = {
	merge: "Brings back records that are missing or were deleted. Nothing is deleted.",
	replace: "Makes the chosen lists exactly as they were. Records added since then are deleted.",
};

const namesIn = (backup) => listsIn(backup).map(([name]) => name);

function Choices({ backup, options, onInput }) {
	const put = (name) => (value) => onInput({ ...options, [name]: value });
	const names = namesIn(backup), chosen = options.collections.length;
	const listWords = chosen === names.length ? "All lists" : plural(chosen, "list");
	return (
		<div class="stack">
			<Field label="How" help={MODE_HELP[options.mode]}>
				<Segments value={options.mode} options={MODES} onInput={put("mode")} />
			</Field>
			{options.mode === "merge" && (
				<Field label="Records changed since then">
					<Segments value={options.changed} options={CHANGED} onInput={put("changed")} />
				</Field>
			)}
			<ListsChoice
				names={names} chosen={options.collections} onInput={put("collections")}
				about="Lists to restore" words={listWords}
			/>
		</div>
	);
}

// As the server takes it: without the lists where all are meant.
function askedOf(backup, { mode, changed, collections }) {
	const isAll = collections.length === namesIn(backup).length;
	return { mode, ...(mode === "merge" ? { changed } : {}), ...(isAll ? {} : { collections }) };
}

/** That a restore is done, with its Undo.  onOver(): there is no more to say. */
export function Restored({ result, onOver, onClose }) {
	const total = totalOf(result.difference);
	const undo = () => {
		onOver();
		undoCause(result.cause, "Restore undone.", "Couldn’t undo the restore.");
	};
	const back = result.cause && <Button small icon="undo" onClick={undo}>Undo</Button>;
	return (
		<>
			<Notice kind="good" action={back}>
				Restored{total.all > 0 && `: ${plural(total.all, "record")}`}. A backup from before the
				restore is in the list.
			</Notice>
			{onClose && <div><Button onClick={onClose}>Close</Button></div>}
		</>
	);
}

function Preview({ asked, options }) {
	const again = <Button small onClick={asked.ask}>Try again</Button>;
	if (options.collections.length === 0)
		return <p class="soft">Choose at least one list.</p>;
	if (asked.error)
		return (
			<Notice kind="bad" action={mayPass(asked.error) && again}>
				{failureWords(asked.error)}
			</Notice>
		);
	if (!asked.data)
		return <p class="soft" role="status">Working out what would change…</p>;
	return <Difference answer={asked.data} />;
}

function goWords(options, total) {
	if (total.deleted > 0)
		return `Restore and delete ${plural(total.deleted, "record")}`;
	return total.all > 0 ? `Restore ${plural(total.all, "record")}` : "Restore";
}

// The difference is asked for anew when a choice changes; the last question counts.
function useDifference(backup, options) {
	const key = JSON.stringify(askedOf(backup, options));
	const last = useRef(null);
	const asked = useAsked(async () => {
		last.current = null;
		if (options.collections.length === 0)
			return null;
		return { key, ...await lookAtRestore(backup.id, askedOf(backup, options)) };
	}, key);
	return { ...asked, data: asked.data?.key === key ? asked.data : null };
}

/**
 * restoring: the job, its result, and forget().  onBack(): shows the backup again.  A restore that runs goes on without
 * the sheet.
 */
export function Restore({ backup, restoring, onClose, onBack }) {
	const [options, setOptions] = useState({
		mode: "merge", changed: "keep", collections: namesIn(backup),
	});
	const { result, busy } = restoring, asked = useDifference(backup, options), isChoosing = !result && !busy;
	const total = totalOf(asked.data?.difference), isReady = asked.data && total.all > 0 && !busy;
	const start = () => restoring.run(() => restoreBackup(backup.id, askedOf(backup, options)));
	useEffect(() => restoring.forget, []);
	const back = isChoosing && onBack && <IconButton icon="back" label="Back to the backup" onClick={onBack} />;
	const actions = result
		? <Button kind="primary" onClick={onClose}>Done</Button>
		: (
			<Button kind={total.deleted > 0 ? "danger" : "primary"} disabled={!isReady} busy={busy}
				onClick={start}>
				{goWords(options, total)}
			</Button>
		);
	return (
		<Sheet title={`Restore from ${formatInstant(backup.at)}`} onClose={onClose} wide actions={actions}
			lead={back || null}>
			<div class="stack gap-5">
				{result && <Restored result={result} onOver={onClose} />}
				{isChoosing && <Choices backup={backup} options={options} onInput={setOptions} />}
				{isChoosing && <Preview asked={asked} options={options} />}
				{!result && <Progress running={restoring} fallback="Restoring…" />}
			</div>
		</Sheet>
	);
}
