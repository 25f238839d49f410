// Making a team.  It needs only a name; its clock is that of its maker, who sees which one.

import { useRef, useState } from "preact/hooks";
import { Button, Field, Notice, Sheet, TextInput } from "../ui/index.js";
import { newId } from "../engine/engine.js";
import { go } from "../base/router.jsx";
import { engine, openSpace } from "../base/state.js";
import { ZonePicker, namedZone } from "../base/zones.jsx";
import { ownZone } from "../ui/zone.js";
import { useTask } from "../base/task.js";

export default function NewTeam({ onClose }) {
	const [name, setName] = useState("");
	const [zone, setZone] = useState(() => namedZone.value ?? ownZone());
	const [tried, setTried] = useState(false);
	const task = useTask();
	// What was asked, and its idempotency key: a second press after a lost answer makes no second team.
	const asked = useRef({});
	const make = async (event) => {
		event.preventDefault();
		setTried(true);
		if (!name.trim())
			return;
		if (asked.current.name !== name.trim() || asked.current.zone !== zone)
			asked.current = { name: name.trim(), zone, key: newId() };
		await task.run(async () => {
			const { key, ...body } = asked.current;
			const { data } = await engine.request("POST", "/spaces", { body, key });
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
				<Field
					label="Time zone" problem={task.problemOf("zone")}
					help="Days, expected times and reports of the team follow its clock."
				>
					<ZonePicker name="zone" value={zone} onInput={setZone} emptiable={false} />
				</Field>
				{task.problem && <Notice kind="bad">{task.problem}</Notice>}
			</form>
		</Sheet>
	);
}
