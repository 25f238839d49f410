// Signing out.  If something is not sent or only half typed, it says what that means, and offers a file.

import { useEffect, useState } from "preact/hooks";
import { Button, Notice, Sheet, Waiting } from "../ui/index.js";
import { saveFile } from "../base/save-file.js";
import { engine, session, space } from "../base/state.js";
import { useTask } from "../base/task.js";
import { unfinished } from "../base/unfinished.js";
import { count } from "../base/words.js";

async function saveAll() {
	for (const { id, name } of engine.spaces) {
		const opened = await engine.open(id);
		if (opened.ops.length > 0)
			saveFile(await opened.export(), `daybook-${name}.json`);
	}
}

function AllSent({ task, leave, onClose }) {
	return (
		<Sheet title="Sign out" onClose={onClose} actions={[
			<Button key="stay" onClick={onClose}>Cancel</Button>,
			<Button key="go" kind="primary" busy={task.busy} onClick={() => leave()}>Sign out</Button>,
		]}>
			<p>
				Everything is sent. <bdi>{session.value.user.name}</bdi>’s records are taken off this
				device and are here again after the next sign-in.
			</p>
			{task.problem && <Notice kind="bad">{task.problem}</Notice>}
		</Sheet>
	);
}

function HalfTyped({ typed, task, leave, onClose }) {
	const [are, stay] = typed === 1 ? ["is", "it stays"] : ["are", "they stay"];
	return (
		<Sheet title="Something is not saved yet" onClose={onClose} actions={[
			<Button key="stay" onClick={onClose}>Cancel</Button>,
			<Button key="leave" kind="primary" busy={task.busy} onClick={() => leave({ keep: true })}>
				Sign out and keep
			</Button>,
		]}>
			<div class="stack gap-6">
				<p>
					{count(typed, "form")} of yours {are} only half typed. After signing out{" "}
					{stay} here unseen, with your records, until you sign in again on this device.
				</p>
				<section class="group stack">
					<h3>Is this not your device?</h3>
					<div class="flow">
						<Button
							small kind="danger" icon="trash" busy={task.busy}
							onClick={() => leave()}
						>
							Sign out and delete
						</Button>
					</div>
				</section>
				{task.problem && <Notice kind="bad">{task.problem}</Notice>}
			</div>
		</Sheet>
	);
}

function Unsent({ unsent, isSaved, task, leave, send, save, onClose }) {
	const [are, stay] = unsent === 1 ? ["is", "it stays"] : ["are", "they stay"];
	return (
		<Sheet title="Something is not sent yet" onClose={onClose} actions={[
			<Button key="leave" busy={task.busy} onClick={() => leave()}>Sign out and keep</Button>,
			<Button key="send" kind="primary" busy={task.busy} onClick={send}>Send now</Button>,
		]}>
			<div class="stack gap-6">
				<p>
					{count(unsent, "change")} of yours {are} only on this device. After signing
					out {stay} here unseen, and {are} sent when you sign in again on this device.
				</p>
				<section class="group stack">
					<h3>Is this not your device?</h3>
					<p class="hint">
						Then save what is not sent as a file, and leave nothing here.
					</p>
					<div class="flow">
						<Button small icon="download" busy={task.busy} onClick={save}>
							Save as a file
						</Button>
						<Button
							small kind="danger" icon="trash" disabled={!isSaved}
							busy={task.busy}
							onClick={() => leave({ discard: true })}
						>
							Sign out and delete
						</Button>
					</div>
				</section>
				{task.problem && <Notice kind="bad">{task.problem}</Notice>}
			</div>
		</Sheet>
	);
}

export default function SignOut({ onClose }) {
	const [unsent, setUnsent] = useState(null);
	const [isSaved, setSaved] = useState(false);
	const task = useTask();
	useEffect(() => {
		engine.unsent().then(setUnsent);
	}, []);
	const leave = (options) => task.run(async () => {
		await engine.signOut(options);
		onClose();
	});
	const send = () => task.run(async () => {
		await space.value?.sync();
		setUnsent(await engine.unsent());
	});
	const save = () => task.run(async () => {
		await saveAll();
		setSaved(true);
	});

	if (unsent === null)
		return <Sheet title="Sign out" onClose={onClose}><Waiting rows={2} /></Sheet>;
	const typed = unfinished();
	if (unsent > 0)
		return <Unsent {...{ unsent, isSaved, task, leave, send, save, onClose }} />;
	if (typed > 0)
		return <HalfTyped {...{ typed, task, leave, onClose }} />;
	return <AllSent {...{ task, leave, onClose }} />;
}
