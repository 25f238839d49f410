// The notice that the data of this person on this device was damaged and has been repaired: what was kept, and what was
// not.  It stays until the person has put it away.

import { Button, IconButton, Notice, formatNumber } from "../ui/index.js";
import { saveFile } from "../base/save-file.js";
import { engine, session } from "../base/state.js";

const NOTE = "mended";

// What could be read and not be used, for whoever can make sense of it.
function save({ at, left }) {
	const text = JSON.stringify(left, null, "\t");
	const day = new Date(at).toISOString().slice(0, 10);
	saveFile(new Blob([text], { type: "application/json" }), `daybook-unread-${day}.json`);
}

function keptWords(kept) {
	if (kept === 0)
		return "Nothing was waiting to be sent.";
	return kept === 1 ? "1 change that waited to be sent was kept."
		: `${formatNumber(kept)} changes that waited to be sent were kept.`;
}

function words({ opened, kept, unreadable }) {
	if (!opened)
		return "Your data on this device could not be read and is loaded again. " +
			"Changes that were not sent yet are lost.";
	return "Your data on this device was damaged and is loaded again. " + keptWords(kept) +
		(unreadable > 0 ? ` ${formatNumber(unreadable)} parts could not be read.` : "");
}

/** What is to be told, or nothing. */
export const mended = () => (session.value.user ? engine.notes.get(NOTE) : undefined);

export function Mended() {
	const told = mended();
	const actions = (
		<>
			{told.left.length > 0 && <Button small onClick={() => save(told)}>Save what was left</Button>}
			<IconButton icon="close" label="Close" onClick={() => engine.notes.drop(NOTE)} />
		</>
	);
	return <Notice icon="help" kind={told.opened ? "warn" : "bad"} action={actions}>{words(told)}</Notice>;
}
