// All of a space as one file, and such a file brought in.

import { useState } from "preact/hooks";
import { Button, Field, InstantInput, Notice, Segments, toast } from "../ui/index.js";
import { dayIn, instantText, ownZone } from "../ui/zone.js";
import { asOfIn } from "../base/past.js";
import { address, setQuery } from "../base/router.jsx";
import { engine, space } from "../base/state.js";
import { useTask } from "../base/task.js";
import { momentInName, namedZone } from "../base/zones.jsx";
import { problemWith } from "../generic/as-of.js";
import { ImportSpace } from "./import-space.jsx";
import { downloadSpace } from "./requests.js";
import { failureWords } from "./words.js";

const DAY = 86_400_000; // milliseconds
const FORMATS = [["archive", "Archive"], ["json", "JSON"]];
const HELP = {
	archive: "Everything, photos and files too. Can be imported into any Daybook.",
	json: "All records as text, for other programs. Without photos and files.",
};
const ENDINGS = { archive: "tar", json: "json" };

const WHEN = [["now", "Now"], ["then", "An earlier time"]];
const TOO_FAR = "That’s too far back. Choose a later time.";

// The moment of an export: null means the present.  It is in the address, so that it can be sent.
function Moment({ at, zone, problem, onInput }) {
	const turn = (when) => setQuery({ then: when === "then" ? instantText(engine.now() - DAY) : null });
	return (
		<>
			<Field label="As of">
				<Segments value={at ? "then" : "now"} options={WHEN} onInput={turn} />
			</Field>
			{at && (
				<Field label="Day and time" problem={problem} note={zone.replaceAll("_", " ")}>
					<InstantInput value={at} zone={zone} onInput={onInput} />
				</Field>
			)}
		</>
	);
}

// "Depot Nord 2026-12-01.tar", or "Depot Nord as of 2026-11-24 0834.tar".
function fileName(at, zone, format) {
	const when = at ? momentInName(at, zone) : ` ${dayIn(zone, engine.now())}`;
	return `${space.value.info.name}${when}.${ENDINGS[format]}`;
}

// {at, zone, problem, type}: the moment in the address, and why it is none to export.
function useThen() {
	const [half, setHalf] = useState(null), at = asOfIn({ at: address.value.query.then });
	const type = (value, _, wrong) => {
		setHalf(wrong ?? problemWith(value, Infinity));
		if (value)
			setQuery({ then: value });
	};
	const problem = at ? half ?? problemWith(at, engine.now()) : null;
	return { at, zone: namedZone.value ?? ownZone(), problem, type };
}

function Export() {
	const [format, setFormat] = useState("archive"), task = useTask(), { at, zone, problem, type } = useThen();
	const save = (event) => {
		event.preventDefault();
		return problem ? null : task.run(async () => {
			await downloadSpace(format, at, fileName(at, zone, format));
			toast("Downloading. Your browser shows how far it is.", { kind: "good" });
		});
	};
	const isTooFar = at && task.error?.status === 400;
	return (
		<form class="group stack" onSubmit={save} noValidate>
			<h2>Export</h2>
			<Field label="Format" help={HELP[format]}>
				<Segments value={format} options={FORMATS} onInput={setFormat} />
			</Field>
			<Moment at={at} zone={zone} problem={problem} onInput={type} />
			{task.error && <Notice kind="bad">{isTooFar ? TOO_FAR : failureWords(task.error)}</Notice>}
			<div><Button type="submit" icon="download" busy={task.busy}>Export everything</Button></div>
		</form>
	);
}

export default function Move() {
	return <div class="stack gap-7"><Export /><ImportSpace /></div>;
}
