// The shared handhelds of a team, for its managers: this device becomes one, handhelds are ended, PINs are taken away.

import { useState } from "preact/hooks";
import {
	Button, Field, Notice, Row, Rows, Tag, TextInput, Trouble, Waiting, confirm, formatAgo, toast,
} from "../ui/index.js";
import { useAsked } from "../base/asked.js";
import { engine, session, space } from "../base/state.js";
import { useTask } from "../base/task.js";
import { sentence } from "../base/words.js";

function BecomeOne({ onDone }) {
	const { handheld } = session.value;
	const [name, setName] = useState("");
	const task = useTask();
	const become = async (event) => {
		event.preventDefault();
		if (await task.run(() => engine.becomeHandheld(space.value.id, name.trim())))
			onDone();
	};
	const cease = async () => {
		if (await task.run(() => engine.leaveHandheld()))
			onDone();
	};
	if (handheld)
		return (
			<section class="group stack">
				<h2>This device</h2>
				<p>
					It is the shared handheld <strong dir="auto">{handheld.name}</strong> of{" "}
					<bdi>{handheld.spaceName}</bdi>. When you sign out, it shows the names of those
					who have a PIN.
				</p>
				{task.problem && <Notice kind="bad">{task.problem}</Notice>}
				<div>
					<Button busy={task.busy} onClick={cease}>Stop using as shared handheld</Button>
				</div>
			</section>
		);
	return (
		<form class="group stack" onSubmit={become} noValidate>
			<h2>This device</h2>
			<p class="hint">
				A shared handheld shows names at its door; everybody signs in with their PIN, and it
				locks itself when nobody touches it for five minutes.
			</p>
			<Field label="Name of the handheld" problem={task.problemOf("name")}>
				<TextInput value={name} onInput={setName} maxLength={100} placeholder="Handheld 3" />
			</Field>
			{task.problem && <Notice kind="bad">{task.problem}</Notice>}
			<div>
				<Button type="submit" busy={task.busy} disabled={!name.trim()}>
					Set up as shared handheld
				</Button>
			</div>
		</form>
	);
}

function Handheld({ one, onEnd }) {
	const who = one.user && `${one.user.name} is signed in`;
	return (
		<Row
			icon="devices" title={one.name} meta={[who, `last used ${formatAgo(one.lastUsedAt)}`]}
			trailing={<Button small onClick={() => onEnd(one)}>Turn off</Button>}
		/>
	);
}

function Pin({ one, onTake }) {
	const isMine = one.user === session.value.user.id;
	return (
		<Row
			icon="person"
			title={one.name}
			meta={`since ${formatAgo(one.changedAt)}`}
			trailing={
				isMine ? <Tag>you</Tag> : <Button small onClick={() => onTake(one)}>Remove</Button>
			}
		/>
	);
}

const ENDED = "No one can sign in there with a PIN, and anyone signed in now is signed out. You can set it up again.";

export default function Handhelds() {
	const here = space.value;
	const load = async () => {
		const [handhelds, pins] = await Promise.all([
			here.request("GET", "/handhelds"), here.request("GET", "/pins"),
		]);
		return { handhelds: handhelds.data.handhelds, pins: pins.data.pins };
	};
	const { data, error, ask } = useAsked(load, here.id);
	const drop = async (path, said, question) => {
		if (!await confirm({ ...question, danger: true }))
			return;
		await here.request("DELETE", path).then(() => toast(said, { kind: "good" }))
			.catch((problem) => toast(sentence(problem), { kind: "bad" }));
		ask();
	};
	const endHandheld = ({ id, name }) => drop(`/handhelds/${id}`, `“${name}” is turned off.`, {
		title: `Turn off “${name}”?`, text: ENDED, action: "Turn off",
	});
	const takePin = ({ user, name }) => drop(`/pins/${user}`, `${name}’s PIN is removed.`, {
		title: `Remove ${name}’s PIN?`, text: "They can set a new one in Settings › PIN.",
		action: "Remove PIN",
	});
	if (!data)
		return error ? <Trouble text={sentence(error)} onRetry={ask} /> : <Waiting rows={3} />;
	return (
		<div class="stack gap-6">
			<BecomeOne onDone={ask} />
			<section class="group stack">
				<h2>Handhelds of <bdi>{here.info.name}</bdi></h2>
				<Rows
					items={data.handhelds} empty="No shared handhelds."
					row={(one) => <Handheld one={one} onEnd={endHandheld} />}
				/>
			</section>
			<section class="group stack">
				<h2>Who has a PIN</h2>
				<Rows
					items={data.pins} keyOf={({ user }) => user}
					row={(one) => <Pin one={one} onTake={takePin} />}
					empty="Nobody yet. Members choose theirs under Settings, PIN."
				/>
			</section>
		</div>
	);
}
