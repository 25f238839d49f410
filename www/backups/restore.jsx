// A restore: what to bring back, what that would change, and then the work with its progress and its Undo.

import { useEffect, useRef, useState } from "preact/hooks";
import {
	Button, Field, IconButton, Notice, Segments, Sheet, formatInstant, formatNumber,
} from "../ui/index.js";
import { useAsked } from "../base/asked.js";
import { space } from "../base/state.js";
import { Difference } from "./difference.jsx";
import { totalOf } from "./difference.js";
import { Progress, useJob } from "./job.jsx";
import { ListsChoice } from "./lists.jsx";
import { restoreBackup, undoCause } from "./requests.js";
import { failureWords, listsIn, plural } from "./words.js";

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

function Done({ result, onUndo }) {
	const total = totalOf(result.difference);
	const undo = result.cause && <Button small icon="undo" onClick={onUndo}>Undo</Button>;
	return (
		<div class="stack">
			<Notice kind="good" action={undo}>
				Restored{total.all > 0 && `: ${plural(total.all, "record")}`}. A backup from before the
				restore is in the list.
			</Notice>
		</div>
	);
}

function Preview({ asked, options }) {
	if (options.collections.length === 0)
		return <p class="soft">Choose at least one list.</p>;
	if (asked.error)
		return <Notice kind="bad" action={<Button small onClick={asked.ask}>Try again</Button>}>
			{failureWords(asked.error)}
		</Notice>;
	if (!asked.data)
		return <p class="soft" role="status">Working out what would change…</p>;
	return <Difference answer={asked.data} />;
}

function goWords(options, total) {
	if (total.deleted > 0)
		return `Restore and delete ${formatNumber(total.deleted)}`;
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
		return { key, ...await restoreBackup(backup.id, askedOf(backup, options), true) };
	}, key);
	return { ...asked, data: asked.data?.key === key ? asked.data : null };
}

/** onBack(): shows the backup again.  onDone(): the list of backups has to be asked for again. */
export function Restore({ backup, onClose, onBack, onDone }) {
	const [options, setOptions] = useState({
		mode: "merge", changed: "keep", collections: namesIn(backup),
	});
	const [result, setResult] = useState(null), asked = useDifference(backup, options);
	const running = useJob("restore", (answer) => {
		setResult(answer);
		space.value.sync();
		onDone();
	});
	const total = totalOf(asked.data?.difference), isReady = asked.data && total.all > 0 && !running.busy;
	const start = () => running.run(() => restoreBackup(backup.id, askedOf(backup, options), false));
	useEffect(() => running.forget, []);
	const back = <IconButton icon="back" label="Back to the backup" onClick={onBack} />;
	const actions = result
		? <Button kind="primary" onClick={onClose}>Done</Button>
		: (
			<Button kind={total.deleted > 0 ? "danger" : "primary"} disabled={!isReady} busy={running.busy}
				onClick={start}>
				{goWords(options, total)}
			</Button>
		);
	const undoIt = () => {
		onClose();
		undoCause(result.cause, "Restore undone.", "Couldn’t undo the restore.");
	};
	return (
		<Sheet title={`Restore from ${formatInstant(backup.at)}`} onClose={onClose} wide actions={actions}
			lead={result || running.busy ? null : back}>
			<div class="stack gap-5">
				{result && <Done result={result} onUndo={undoIt} />}
				{!result && !running.busy && (
					<Choices backup={backup} options={options} onInput={setOptions} />
				)}
				{!result && !running.busy && <Preview asked={asked} options={options} />}
				{!result && <Progress running={running} fallback="Restoring…" />}
			</div>
		</Sheet>
	);
}
