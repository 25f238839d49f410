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

const changes = (many, was, were) => (many === 1 ? `1 change that waited to be sent ${was}.`
	: `${formatNumber(many)} changes that waited to be sent ${were}.`);

// lost: null if nobody knows how many changes were waiting.
function fateWords({ opened, kept, lost }) {
	if (!opened && lost === null)
		return "Changes that were not sent yet are lost.";
	if (kept === 0 && !lost)
		return "Nothing was waiting to be sent.";
	return [kept > 0 && changes(kept, "was kept", "were kept"), lost > 0 && changes(lost, "is lost", "are lost")]
		.filter(Boolean).join(" ");
}

function whatWords({ opened, cleared, shortened }) {
	if (cleared)
		return "This browser has cleared what Daybook kept on this device; it is loaded again.";
	if (shortened)
		return "This browser has lost the last of what Daybook kept on this device.";
	return `Your data on this device ${opened ? "was damaged" : "could not be read"} and is loaded again.`;
}

const words = (told) => [
	whatWords(told), fateWords(told),
	told.unreadable > 0 && `${formatNumber(told.unreadable)} parts could not be read.`,
].filter(Boolean).join(" ");

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
	const kind = told.opened && !told.lost ? "warn" : "bad";
	return <Notice icon="help" kind={kind} action={actions}>{words(told)}</Notice>;
}
