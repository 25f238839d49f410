// The person's PIN in a team, with which they sign in on its shared handhelds.

import { useState } from "preact/hooks";
import { Button, Field, Notice, TextInput, Trouble, Waiting, formatDate, toast } from "../ui/index.js";
import { useAsked } from "../base/asked.js";
import { space } from "../base/state.js";
import { useTask } from "../base/task.js";
import { UserName } from "./user-name.jsx";
import { sentence } from "../base/words.js";

export default function Pin() {
	const here = space.value;
	const { data, error, ask } = useAsked(async () => (await here.request("GET", "/pin")).data, here.id);
	const [form, setForm] = useState({ pin: "", password: "" });
	const task = useTask();
	const put = (field) => (value) => setForm((was) => ({ ...was, [field]: value }));
	const keep = async (event) => {
		event.preventDefault();
		if (!await task.run(() => here.request("PUT", "/pin", { body: form })))
			return;
		setForm({ pin: "", password: "" });
		toast("PIN saved.", { kind: "good" });
		ask();
	};
	const drop = async () => {
		if (!await task.run(() => here.request("DELETE", "/pin")))
			return;
		toast("PIN removed.", { kind: "good" });
		ask();
	};
	if (!data)
		return error ? <Trouble text={sentence(error)} onRetry={ask} /> : <Waiting rows={2} />;
	const since = data.pin && formatDate(data.pin.changedAt);
	return (
		<form class="group stack" onSubmit={keep} noValidate>
			<UserName />
			<p class="hint">
				With your name and a PIN you sign in on the shared handhelds of{" "}
				<bdi>{here.info.name}</bdi>.{" "}
				{data.pin ? `You have one since ${since}.` : "You have none yet."}
			</p>
			<Field
				label={data.pin ? "New PIN" : "PIN"} help="Digits only; not your birthday."
				problem={task.problemOf("pin")}
			>
				<TextInput
					type="password" name="pin" value={form.pin} maxLength={12}
					autocomplete="off" inputMode="numeric"
					onInput={(text) => put("pin")(text.replace(/\D/g, ""))}
				/>
			</Field>
			<Field
				label="Your password" help="So that nobody sets it who finds this screen open."
				problem={task.problemOf("password")}
			>
				<TextInput
					type="password" name="password" value={form.password} onInput={put("password")}
					autocomplete="current-password"
				/>
			</Field>
			{task.problem && <Notice kind="bad">{task.problem}</Notice>}
			<div class="flow">
				<Button
					kind="primary" type="submit" busy={task.busy}
					disabled={form.pin.length < 4 || !form.password}
				>
					{data.pin ? "Change PIN" : "Set PIN"}
				</Button>
				{data.pin && <Button kind="danger" onClick={drop}>Remove PIN</Button>}
			</div>
		</form>
	);
}
