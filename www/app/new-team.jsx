// Making a team.  It needs only a name.

import { useRef, useState } from "preact/hooks";
import { Button, Field, Notice, Sheet, TextInput } from "../ui/index.js";
import { newId } from "../engine/engine.js";
import { go } from "../base/router.jsx";
import { engine, openSpace } from "../base/state.js";
import { useTask } from "./task.js";

export default function NewTeam({ onClose }) {
	const [name, setName] = useState("");
	const [tried, setTried] = useState(false);
	const task = useTask();
	const asked = useRef({}); // name → idempotency key: a second press after a lost answer makes no second team
	const make = async (event) => {
		event.preventDefault();
		setTried(true);
		if (!name.trim())
			return;
		if (asked.current.name !== name.trim())
			asked.current = { name: name.trim(), key: newId() };
		await task.run(async () => {
			const { name: wanted, key } = asked.current;
			const { data } = await engine.request("POST", "/spaces", { body: { name: wanted }, key });
			await engine.refreshSpaces();
			await openSpace(data.space.id);
			onClose();
			go("/team");
		});
	};
	const problem = tried && !name.trim() ? "What is the team called?" : task.problemOf("name");
	const button = <Button kind="primary" type="submit" form="new-team" busy={task.busy}>Create team</Button>;
	return (
		<Sheet title="Create a team" onClose={onClose} actions={button}>
			<form id="new-team" class="stack" onSubmit={make} noValidate>
				<p class="soft">
					A team has its own records. You are its owner and invite the others; your
					personal records stay yours.
				</p>
				<Field label="Name" problem={problem}>
					<TextInput
						name="name" value={name} onInput={setName} maxLength={100}
						placeholder="Depot Nord" autofocus
					/>
				</Field>
				{task.problem && <Notice kind="bad">{task.problem}</Notice>}
			</form>
		</Sheet>
	);
}
