// The account: name, password, and its deletion.

import { useState } from "preact/hooks";
import { Button, Check, Field, Notice, TextInput, confirm, toast } from "../ui/index.js";
import { SHORTEST } from "./door.jsx";
import { show } from "../base/layer.js";
import { engine, session } from "../base/state.js";
import { useTask } from "../base/task.js";
import { UserName } from "./user-name.jsx";

function You() {
	const { user } = session.value;
	const [name, setName] = useState(user.name);
	const task = useTask();
	const isSame = name.trim() === user.name;
	const change = async (event) => {
		event.preventDefault();
		if (isSame || !name.trim())
			return;
		const done = await task.run(async () => {
			await engine.request("PATCH", "/auth/me", { body: { name: name.trim() } });
			await engine.refreshSpaces().catch(() => {}); // if it fails, the next round does it
		});
		if (done)
			toast("Your name is changed. The others see it with their next sync.", { kind: "good" });
	};
	return (
		<form class="group stack" onSubmit={change} noValidate>
			<h2>You</h2>
			<dl class="facts"><div><dt>E-mail</dt><dd><bdi>{user.email}</bdi></dd></div></dl>
			<Field
				label="Name"
				help="As the people in your teams see you, also beside what you did before."
				problem={task.problemOf("name")}
			>
				<TextInput
					name="name" value={name} onInput={setName} maxLength={100} autocomplete="name"
				/>
			</Field>
			{task.problem && <Notice kind="bad">{task.problem}</Notice>}
			<div class="flow">
				<Button type="submit" busy={task.busy} disabled={isSame || !name.trim()}>
					Change name
				</Button>
				<Button icon="sign-out" onClick={() => show("leave")}>Sign out</Button>
			</div>
		</form>
	);
}

const HELP = `At least ${SHORTEST} characters. ` +
	"Your other devices are signed out, and your API tokens are revoked. Unsent changes stay on those devices.";

function Password() {
	const [form, setForm] = useState({ current: "", new: "", keepTokens: false });
	const task = useTask();
	const put = (field) => (value) => setForm((was) => ({ ...was, [field]: value }));
	const isShort = form.new !== "" && [...form.new].length < SHORTEST;
	const change = async (event) => {
		event.preventDefault();
		if (isShort || !form.current || !form.new)
			return;
		const body = { current: form.current, new: form.new, endTokens: !form.keepTokens };
		if (await task.run(() => engine.request("POST", "/auth/password", { body }))) {
			setForm({ current: "", new: "", keepTokens: false });
			toast("Password changed. Other devices are signed out.", { kind: "good" });
		}
	};
	return (
		<form class="group stack" onSubmit={change} noValidate>
			<UserName />
			<h2>Password</h2>
			<Field label="Password now" problem={task.problemOf("current")}>
				<TextInput
					type="password" name="current" value={form.current} onInput={put("current")}
					autocomplete="current-password"
				/>
			</Field>
			<Field
				label="New password" help={HELP}
				problem={isShort ? `At least ${SHORTEST} characters, please.` : task.problemOf("new")}
			>
				<TextInput
					type="password" name="new" value={form.new} onInput={put("new")}
					autocomplete="new-password"
				/>
			</Field>
			<Check name="keepTokens" value={form.keepTokens} onInput={put("keepTokens")}>
				Keep my API tokens
			</Check>
			{task.problem && <Notice kind="bad">{task.problem}</Notice>}
			<div>
				<Button type="submit" busy={task.busy} disabled={!form.current || !form.new || isShort}>
					Change password
				</Button>
			</div>
		</form>
	);
}

const DELETED = "Your personal records are erased after 30 days; until then, ask the operator to bring them back. " +
	"What you wrote in teams stays there without your name.";

function DeleteAccount() {
	const [password, setPassword] = useState("");
	const task = useTask();
	const remove = async (event) => {
		event.preventDefault();
		if (!password)
			return;
		const unsent = await engine.unsent();
		const lost = unsent > 0 ? ` ${unsent} changes on this device are not sent and would be lost.` : "";
		const sure = await confirm({
			title: "Delete your account?", text: DELETED + lost, action: "Delete my account", danger: true,
		});
		if (sure)
			await task.run(async () => {
				await engine.request("DELETE", "/auth/me", { body: { password } });
				await engine.signOut({ discard: true });
			});
	};
	return (
		<form class="group stack" onSubmit={remove} noValidate>
			<UserName />
			<h2>Delete the account</h2>
			<p class="hint">
				Export your data first if you need it. Transfer or delete your teams before you delete
				your account.
			</p>
			<Field label="Password" problem={task.problemOf("password")}>
				<TextInput
					type="password" name="password" value={password} onInput={setPassword}
					autocomplete="current-password"
				/>
			</Field>
			{task.problem && <Notice kind="bad">{task.problem}</Notice>}
			<div>
				<Button kind="danger" type="submit" busy={task.busy} disabled={!password}>
					Delete my account
				</Button>
			</div>
		</form>
	);
}

export default function Account() {
	return (
		<div class="stack gap-6">
			<You />
			<Password />
			<DeleteAccount />
		</div>
	);
}
