// The imports of this space: who, when, which file, and what became of it.  Each can be taken back as a whole.

import { useState } from "preact/hooks";
import { Button, Empty, Row, Rows, confirm, formatAgo, toast } from "../ui/index.js";
import { OnceLoaded } from "../base/once-loaded.jsx";
import { definition, hasRole, personName, rows, space, spaceInfo, userId } from "../base/state.js";
import { sentence } from "../base/words.js";
import { backWords, byLatest, stateWords, wroteWords } from "../generic/imports.js";

const PAUSE = 2_000; // milliseconds, where the server is busy

const mayTakeBack = ({ owner, state }) => state !== "takenBack" && (owner === userId.value || hasRole("manager"));

function ask(id, isDry) {
	return space.value.request("POST", `/imports/${id}/take-back${isDry ? "?dryRun=1" : ""}`);
}

// The server does a part of it in one request.
async function takeBack(id) {
	for (;;) {
		try {
			const { data } = await ask(id, false);
			if (!data.more)
				return data;
		} catch (error) {
			if (error.status !== 429)
				throw error;
			await new Promise((resolve) => { setTimeout(resolve, error.retryAfter * 1000 || PAUSE); });
		}
	}
}

function BackButton({ record }) {
	const [busy, setBusy] = useState(false);
	const press = async () => {
		setBusy(true);
		try {
			const { data } = await ask(record.id, true);
			const agreed = await confirm({
				title: `Take back ${record.file ?? "this import"}?`, text: backWords(data),
				action: "Take back", danger: true,
			});
			if (agreed) {
				await takeBack(record.id);
				toast("Taken back.", { kind: "good" });
				space.value.sync();
			}
		} catch (error) {
			toast(`Couldn’t take it back. ${sentence(error)}`, { kind: "bad" });
		}
		setBusy(false);
	};
	return <Button small icon="undo" busy={busy} onClick={press}>Take back</Button>;
}

function Line({ record }) {
	const { file, at, owner, collection } = record;
	const who = spaceInfo.value?.kind === "team" ? `${personName(owner)}, ` : "";
	const meta = [
		`${definition(collection)?.label ?? collection}, ${who}${formatAgo(at)}`,
		wroteWords(record), stateWords(record),
	].filter(Boolean);
	return (
		<Row title={file ?? "A file without a name"} meta={meta.join(" · ")}
			trailing={mayTakeBack(record) ? <BackButton record={record} /> : null} />
	);
}

const NONE = "What you import from files is listed here, and can be taken back.";

export default function Imports() {
	const all = [...rows("imports").value].sort(byLatest);
	if (all.length === 0)
		return <OnceLoaded><Empty icon="upload" text={NONE} /></OnceLoaded>;
	return (
		<div class="stack gap-6">
			<p class="hint">
				Taking an import back deletes what it added and restores what it changed. What was
				changed since then stays.
			</p>
			<Rows items={all} row={(record) => <Line record={record} />} />
		</div>
	);
}
