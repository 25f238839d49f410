// The page of a mailed link, to set a new password.  It signs out every device, so the person signs in afterwards.

import { useState } from "preact/hooks";
import { Button, Check, Field, Notice, TextInput, toast } from "../ui/index.js";
import { SHORTEST } from "./door.jsx";
import { DoorFrame } from "./door-frame.jsx";
import { forgetLink } from "./links.js";
import { engine } from "../base/state.js";
import { useTask } from "../base/task.js";

const HELP = `At least ${SHORTEST} characters. ` +
	"All devices are signed out, and your API tokens are revoked. Unsent changes stay on those devices.";

export function NewPassword({ token }) {
	const [password, setPassword] = useState("");
	const [short, setShort] = useState(false);
	const [keepTokens, setKeepTokens] = useState(false);
	const task = useTask();
	const submit = async (event) => {
		event.preventDefault();
		const isShort = [...password].length < SHORTEST;
		setShort(isShort);
		if (isShort)
			return;
		const body = { token, new: password, endTokens: !keepTokens };
		if (!await task.run(() => engine.requestOpen("POST", "/auth/password/reset/confirm", { body })))
			return;
		toast("Your password is changed. Sign in with the new one.", { kind: "good" });
		forgetLink();
	};
	const leave = <Button kind="quiet" onClick={forgetLink}>Keep my old password</Button>;
	const problem = short ? `At least ${SHORTEST} characters, please.` : task.problemOf("new");
	return (
		<DoorFrame title="Choose a new password" foot={leave}>
			<form class="stack" onSubmit={submit} noValidate>
				<Field label="New password" help={HELP} problem={problem}>
					<TextInput
						type="password" name="password" value={password} onInput={setPassword}
						autocomplete="new-password" autofocus
					/>
				</Field>
				<Check name="keepTokens" value={keepTokens} onInput={setKeepTokens}>
					Keep my API tokens
				</Check>
				{(task.problem || task.problemOf("token")) && (
					<Notice kind="bad">{task.problem ?? task.problemOf("token")}</Notice>
				)}
				<Button kind="primary" type="submit" wide busy={task.busy}>Change password</Button>
			</form>
		</DoorFrame>
	);
}
