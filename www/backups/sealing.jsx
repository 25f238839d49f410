// The key to which backups are sealed.  It is made on this device, and its secret half leaves it only as a file that
// the person saves: the server gets the public half.

import { useState } from "preact/hooks";
import { Button, Check, FilePick, Notice, confirm, toast } from "../ui/index.js";
import { useTask } from "../base/task.js";
import { saveFile } from "../base/save-file.js";
import { may, rows, space } from "../base/state.js";
import { write } from "../base/write.js";
import { loadSeal } from "./seal.js";

const settings = () => rows("spaceSettings").value[0] ?? null;

async function keepKey(backupKey) {
	const known = settings(), label = { label: "Sealing of backups" };
	const op = await write(() => (known ? space.value.set("spaceSettings", known.id, { backupKey }, label)
		: space.value.create("spaceSettings", { backupKey }, label)));
	return Boolean(op);
}

// A key that was made and saved, and is not used yet.
function NewKey({ keys, onDone }) {
	const [isSaved, setSaved] = useState(false);
	const use = async () => {
		if (await keepKey(keys.publicKey)) {
			toast("New backups will be sealed.", { kind: "good" });
			onDone();
		}
	};
	return (
		<div class="stack">
			<Notice kind="warn">
				The key file was saved among your downloads. Move it somewhere safe. Without it, sealed
				backups can never be opened, by you or anyone else.
			</Notice>
			<Check value={isSaved} onInput={setSaved}>I’ve put the key file in a safe place</Check>
			<div class="flow gap-2">
				<Button onClick={onDone}>Cancel</Button>
				<Button kind="primary" icon="lock" disabled={!isSaved} onClick={use}>
					Seal new backups
				</Button>
			</div>
		</div>
	);
}

function Off() {
	const [keys, setKeys] = useState(null), task = useTask();
	const make = () => task.run(async () => {
		const { keyFile, makeKeys } = await loadSeal();
		const made = await makeKeys(), { name } = space.value.info;
		const text = keyFile({ ...made, space: name });
		saveFile(new Blob([text], { type: "application/json" }), `Daybook key ${name}.json`);
		setKeys(made);
	});
	if (keys)
		return <NewKey keys={keys} onDone={() => setKeys(null)} />;
	return (
		<>
			<p class="hint">
				Backups aren’t sealed. Sealed ones can only be read with your key file, not even by the
				administrator of this server.
			</p>
			{task.error && <Notice kind="bad">{task.problem ?? task.error.message}</Notice>}
			<div><Button icon="lock" busy={task.busy} onClick={make}>Create a key</Button></div>
		</>
	);
}

// Whether a file is the other half of the key that is used.
function KeyCheck({ publicKey }) {
	const [answer, setAnswer] = useState(null);
	const check = async (file) => {
		try {
			const { readKeyFile } = await loadSeal(), keys = readKeyFile(await file.text());
			setAnswer(keys.publicKey === publicKey
				? { kind: "good", words: "This is the key of your backups." }
				: { kind: "bad", words: "This is another key. It doesn’t open these backups." });
		} catch (error) {
			setAnswer({ kind: "bad", words: error.message });
		}
	};
	return (
		<details class="fold">
			<summary class="link small">Check that you have the key</summary>
			<div class="stack">
				<FilePick title="Choose your key file" help="It’s read on this device only."
					accepted=".json,application/json" onFile={check} />
				{answer && <Notice kind={answer.kind}>{answer.words}</Notice>}
			</div>
		</details>
	);
}

function On({ publicKey }) {
	const stop = async () => {
		const isSure = await confirm({
			title: "Stop sealing backups?", action: "Stop sealing",
			text: "New backups can be read by the administrator of this server. Those sealed already " +
				"still need your key file.",
		});
		if (isSure && await keepKey(null))
			toast("New backups won’t be sealed.");
	};
	return (
		<>
			<p>New backups are sealed. Keep the key file: nothing else opens them.</p>
			<KeyCheck publicKey={publicKey} />
			<div><Button onClick={stop}>Stop sealing</Button></div>
		</>
	);
}

export function Sealing() {
	const publicKey = settings()?.backupKey;
	if (!may("update", "spaceSettings"))
		return null;
	return (
		<section class="group stack" aria-labelledby="sealing">
			<h2 id="sealing">Sealing</h2>
			{publicKey ? <On publicKey={publicKey} /> : <Off />}
		</section>
	);
}
