// The key of a sealed file is asked for, and the file is opened and checked on this device.  What is in it is sent for
// a restore or an import; the key is not.

import { useEffect, useRef, useState } from "preact/hooks";
import { Bar, FilePick, Notice, formatPercent } from "../ui/index.js";
import { checkOpened, sendOpened } from "./copy.js";
import { loadSeal } from "./seal.js";
import { failureWords, fileWords } from "./words.js";

const STAGES = { checking: "Opening and checking on this device", sending: "Sending it for the restore" };
const NONE = { stage: null, part: 0, problem: null };

class Left extends Error {}

// The pieces of a source, while somebody waits for them.  onPart hears what part of them is taken.
async function* taken(pieces, bytes, isWanted, onPart) {
	let at = 0;
	for await (const piece of pieces) {
		if (!isWanted())
			throw new Left();
		at += piece.length;
		onPart(bytes > 0 ? at / bytes : 0);
		yield piece;
	}
}

function useOpening({ source, bytes, onSent }) {
	const [state, setState] = useState(NONE), alive = useRef(true);
	useEffect(() => {
		alive.current = true;
		return () => { alive.current = false; };
	}, []);
	const put = (change) => alive.current && setState((was) => ({ ...was, ...change }));
	const pieces = async () => taken(await source(), bytes, () => alive.current, (part) => put({ part }));
	const open = async (keyFile) => {
		put({ ...NONE, stage: "checking" });
		try {
			const { readKeyFile } = await loadSeal(), keys = readKeyFile(await keyFile.text());
			const found = await checkOpened(pieces, keys);
			put({ stage: "sending", part: 0 });
			const id = await sendOpened(pieces, keys, found);
			if (alive.current)
				onSent(id, found);
		} catch (error) {
			put({ stage: null, problem: fileWords(error) ?? failureWords(error) });
		}
	};
	return { ...state, open };
}

/**
 * source(): resolves to the pieces of the sealed file; it is called twice, so that nothing of it has to be kept.
 * bytes: its size.  onSent(id, found): the server has what is in it under this id; found: what was checked.
 */
export function Opening(parts) {
	const { stage, part, problem, open } = useOpening(parts);
	if (stage) {
		const words = `${STAGES[stage]}: ${formatPercent(Math.floor(part * 100) / 100)}`;
		return (
			<div class="stack gap-2" role="status">
				<p>{words}</p>
				<Bar part={part} label={words} />
			</div>
		);
	}
	return (
		<div class="stack">
			{problem && <Notice kind="bad">{problem}</Notice>}
			<FilePick title="Choose your key file" help="The key stays on this device."
				accepted=".json,application/json" onFile={open} />
			<p class="hint">
				It’s opened and checked on this device. Then what’s in it is sent to the server,
				and deleted there when you’re done, after 7 days at the latest.
			</p>
		</div>
	);
}
