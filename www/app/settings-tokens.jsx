// API tokens: keys for scripts and other programs, each for one space.  A token is shown once.

import { useState } from "preact/hooks";
import {
	Button, Field, Notice, Row, Rows, Segments, Select, TextInput, Trouble, Waiting, confirm, formatAgo, formatDate,
	toast,
} from "../ui/index.js";
import { useAsked } from "../base/asked.js";
import { Copyable } from "./copyable.jsx";
import { engine, space, spaces } from "../base/state.js";
import { useTask } from "../base/task.js";
import { UserName } from "./user-name.jsx";
import { sentence } from "../base/words.js";

const SCOPES = [["read", "Read"], ["write", "Read and write"], ["admin", "Full access"]];
const SPANS = [["30", "30 days"], ["90", "90 days"], ["365", "A year"]];

function NewToken({ onMade }) {
	const [form, setForm] = useState({ name: "", scope: "read", space: space.value.id, days: "90", password: "" });
	const task = useTask();
	const put = (field) => (value) => setForm((was) => ({ ...was, [field]: value }));
	const make = async (event) => {
		event.preventDefault();
		const { name, scope, days, password } = form;
		await task.run(async () => {
			const body = {
				name: name.trim(), scope, space: form.space, expiresInDays: Number(days), password,
			};
			const { data } = await engine.request("POST", "/auth/tokens", { body });
			setForm((was) => ({ ...was, name: "", password: "" }));
			onMade(data);
		});
	};
	return (
		<form class="group stack" onSubmit={make} noValidate>
			<UserName />
			<h2>New token</h2>
			<Field label="Name" problem={task.problemOf("name")}>
				<TextInput
					name="token" value={form.name} onInput={put("name")} maxLength={100}
					placeholder="Nightly report" autocomplete="off"
				/>
			</Field>
			<Field label="Access" problem={task.problemOf("scope")}>
				<Segments value={form.scope} onInput={put("scope")} options={SCOPES} />
			</Field>
			<Field label="Space" problem={task.problemOf("space")}>
				<Select
					value={form.space} onInput={put("space")}
					options={spaces.value.map(({ id, name }) => [id, name])}
				/>
			</Field>
			<Field label="Expires after" problem={task.problemOf("expiresInDays")}>
				<Select value={form.days} onInput={put("days")} options={SPANS} />
			</Field>
			<Field label="Your password" problem={task.problemOf("password")}>
				<TextInput
					type="password" name="password" value={form.password} onInput={put("password")}
					autocomplete="current-password"
				/>
			</Field>
			{task.problem && <Notice kind="bad">{task.problem}</Notice>}
			<div>
				<Button
					kind="primary" type="submit" busy={task.busy}
					disabled={!form.name.trim() || !form.password}
				>
					Create token
				</Button>
			</div>
		</form>
	);
}

async function list() {
	return (await engine.request("GET", "/auth/tokens")).data.tokens;
}

function Line({ one, onEnd }) {
	const scope = SCOPES.find(([name]) => name === one.scope)?.[1];
	const where = spaces.value.find(({ id }) => id === one.space)?.name;
	const used = one.lastUsedAt === one.createdAt ? "Not used yet" : `Last used ${formatAgo(one.lastUsedAt)}`;
	const until = one.expiresAt ? `Expires ${formatDate(one.expiresAt)}` : "Never expires";
	return (
		<Row
			icon="activity" title={one.name} meta={[scope, where, used, until]}
			trailing={<Button small onClick={() => onEnd(one)}>Revoke</Button>}
		/>
	);
}

const ENDED = "Programs using it will stop working. This can’t be undone.";

export default function Tokens() {
	const { data, error, ask } = useAsked(list);
	const [made, setMade] = useState(null);
	const end = async (one) => {
		const title = `Revoke “${one.name}”?`;
		if (!await confirm({ title, text: ENDED, action: "Revoke token", danger: true }))
			return;
		await engine.request("DELETE", `/auth/tokens/${one.id}`)
			.then(() => {
				setMade((was) => was?.id === one.id ? null : was);
				toast(`“${one.name}” is revoked.`, { kind: "good" });
			})
			.catch((problem) => toast(sentence(problem), { kind: "bad" }));
		ask();
	};
	return (
		<div class="stack gap-6">
			{made && (
				<Notice kind="good">
					<p>
						Copy it now. <strong>You won’t see it again.</strong> Anyone with this
						token has this access.
					</p>
					<Copyable label="Token" text={made.token} />
				</Notice>
			)}
			{!data && (error ? <Trouble text={sentence(error)} onRetry={ask} /> : <Waiting rows={2} />)}
			{data && (
				<Rows
					items={data} empty="No tokens yet."
					row={(one) => <Line one={one} onEnd={end} />}
				/>
			)}
			<NewToken onMade={(token) => { setMade(token); ask(); }} />
		</div>
	);
}
