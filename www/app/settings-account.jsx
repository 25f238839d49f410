// The account: who one is, the password, and the end of it.

import { useState } from "preact/hooks";
import { Button, Field, Notice, TextInput, confirm, toast } from "../ui/index.js";
import { SHORTEST } from "./door.jsx";
import { show } from "./layers.jsx";
import { engine, session } from "./state.js";
import { useTask } from "./task.js";

function Password() {
	const [form, setForm] = useState({ current: "", new: "" });
	const task = useTask();
	const put = (field) => (value) => setForm((was) => ({ ...was, [field]: value }));
	const isShort = form.new !== "" && [...form.new].length < SHORTEST;
	const change = async (event) => {
		event.preventDefault();
		if (isShort || !form.current || !form.new)
			return;
		if (await task.run(() => engine.request("POST", "/auth/password", { body: form }))) {
			setForm({ current: "", new: "" });
			toast("Your password is changed. Your other devices sign in again.", { kind: "good" });
		}
	};
	return (
		<form class="group" onSubmit={change} noValidate>
			<h2>Password</h2>
			<Field label="Password now" problem={task.problemOf("current")}>
				<TextInput type="password" name="current" value={form.current} onInput={put("current")} autocomplete="current-password" />
			</Field>
			<Field label="New password" help={`At least ${SHORTEST} characters. Your other devices are signed out; what they have not sent stays on them.`}
				problem={isShort ? `At least ${SHORTEST} characters, please.` : task.problemOf("new")}>
				<TextInput type="password" name="new" value={form.new} onInput={put("new")} autocomplete="new-password" />
			</Field>
			{task.problem && <Notice kind="bad">{task.problem}</Notice>}
			<div><Button type="submit" busy={task.busy} disabled={!form.current || !form.new || isShort}>Change password</Button></div>
		</form>
	);
}

function DeleteAccount() {
	const [password, setPassword] = useState("");
	const task = useTask();
	const remove = async (event) => {
		event.preventDefault();
		if (!password)
			return;
		const unsent = await engine.unsent();
		const sure = await confirm({
			title: "Delete your account?", action: "Delete my account", danger: true,
			text: `Your personal records are erased after 30 days; until then, ask the operator to bring them back. What you wrote in teams stays there without your name.${unsent > 0 ? ` ${unsent} changes on this device are not sent and would be lost.` : ""}`,
		});
		if (sure)
			await task.run(async () => {
				await engine.request("DELETE", "/auth/me", { body: { password } });
				await engine.signOut({ discard: true });
			});
	};
	return (
		<form class="group" onSubmit={remove} noValidate>
			<h2>Delete the account</h2>
			<p class="hint">Export your data first if you want to keep it. Teams you own must be handed over or deleted before.</p>
			<Field label="Password" problem={task.problemOf("password")}>
				<TextInput type="password" name="password" value={password} onInput={setPassword} autocomplete="current-password" />
			</Field>
			{task.problem && <Notice kind="bad">{task.problem}</Notice>}
			<div><Button kind="danger" type="submit" busy={task.busy} disabled={!password}>Delete my account</Button></div>
		</form>
	);
}

export default function Account() {
	const { user } = session.value;
	return (
		<div class="groups">
			<section class="group">
				<h2>You</h2>
				<dl class="fact-list">
					<div><dt>Name</dt><dd><bdi>{user.name}</bdi></dd></div>
					<div><dt>E-mail</dt><dd><bdi>{user.email}</bdi></dd></div>
				</dl>
				<div><Button icon="sign-out" onClick={() => show("leave")}>Sign out</Button></div>
			</section>
			<Password />
			<DeleteAccount />
		</div>
	);
}
