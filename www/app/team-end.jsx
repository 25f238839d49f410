// Transferring the ownership of a team, leaving it, deleting it.

import { useState } from "preact/hooks";
import { Button, Field, Notice, Select, TextInput, confirm, toast } from "../ui/index.js";
import { go } from "../base/router.jsx";
import { engine, hasRole, openSpace, rows, session, space } from "../base/state.js";
import { useTask } from "../base/task.js";

async function goHome() {
	await engine.refreshSpaces();
	await openSpace(session.value.user.homeSpace);
	go("/");
}

function Transfer() {
	const here = space.value;
	const me = session.value.user.id;
	const others = rows("members").value.filter(({ id }) => id !== me);
	const [to, setTo] = useState(null);
	const task = useTask();
	const name = others.find(({ id }) => id === to)?.name;
	const give = async () => {
		const sure = await confirm({
			title: `Make ${name} the owner?`,
			text: `${name} becomes the owner and you become a manager. Only ${name} can change that back.`,
			action: "Transfer ownership",
		});
		if (sure && await task.run(() => here.request("POST", "/transfer", { body: { user: to } }))) {
			await engine.refreshSpaces().catch(() => {});
			toast(`${name} owns the team now.`, { kind: "good" });
		}
	};
	return (
		<section class="group stack">
			<h2>Transfer ownership</h2>
			{others.length === 0 ? <p class="hint">There’s no one to transfer it to yet.</p> : (
				<>
					<Field label="New owner">
						<Select
							value={to} onInput={setTo}
							options={others.map(({ id, name: one }) => [id, one])}
						/>
					</Field>
					{task.error && <Notice kind="bad">{task.problem ?? task.error.message}</Notice>}
					<div>
						<Button busy={task.busy} disabled={!to} onClick={give}>
							Transfer ownership
						</Button>
					</div>
				</>
			)}
		</section>
	);
}

function Leave() {
	const here = space.value;
	const task = useTask();
	const leave = async () => {
		const { waiting, conflicts, failed } = here.status;
		const unsent = waiting + conflicts + failed;
		const lost = unsent > 0 ? `${unsent} changes of yours are not sent yet. ` : "";
		const sure = await confirm({
			title: `Leave ${here.info.name}?`, action: "Leave", danger: true,
			text: "You no longer see its records; what you wrote stays there. " +
				`${lost}An invitation brings you back.`,
		});
		if (sure && await task.run(() => here.request("DELETE", `/members/${session.value.user.id}`)))
			goHome();
	};
	return (
		<section class="group stack">
			<h2>Leave</h2>
			<p class="hint">
				{hasRole("owner")
					? "Transfer ownership before you leave."
					: "Your records stay with the team."}
			</p>
			{task.error && <Notice kind="bad">{task.problem ?? task.error.message}</Notice>}
			{!hasRole("owner") && (
				<div>
					<Button kind="danger" icon="sign-out" busy={task.busy} onClick={leave}>
						Leave the team
					</Button>
				</div>
			)}
		</section>
	);
}

function Delete() {
	const here = space.value;
	const [typed, setTyped] = useState("");
	const task = useTask();
	const remove = async (event) => {
		event.preventDefault();
		const { id, name } = here.info;
		const bringBack = async () => {
			await engine.request("POST", `/spaces/${id}/restore`);
			await engine.refreshSpaces();
			await openSpace(id);
		};
		if (!await task.run(() => engine.request("DELETE", `/spaces/${id}`)))
			return;
		await goHome();
		toast(`${name} is deleted. You can bring it back for 30 days.`, {
			action: "Undo",
			onAction: () => bringBack().catch((error) => toast(error.message, { kind: "bad" })),
		});
	};
	return (
		<form class="group stack" onSubmit={remove} noValidate>
			<h2>Delete the team</h2>
			<p class="hint">
				All members lose sight of it at once. For 30 days you can bring it back from the list of
				spaces, complete; then it is erased for good.
			</p>
			<Field label={`Type “${here.info.name}” to be sure`}>
				<TextInput value={typed} onInput={setTyped} />
			</Field>
			{task.error && <Notice kind="bad">{task.problem ?? task.error.message}</Notice>}
			<div>
				<Button
					kind="danger" type="submit" icon="trash" busy={task.busy}
					disabled={typed.trim() !== here.info.name}
				>
					Delete the team
				</Button>
			</div>
		</form>
	);
}

export default function End() {
	return (
		<div class="stack gap-6">
			{hasRole("owner") && <Transfer />}
			<Leave />
			{hasRole("owner") && <Delete />}
		</div>
	);
}
