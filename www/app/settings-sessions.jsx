// Where this person is signed in, and signing out elsewhere.

import { Button, Row, Tag, Trouble, Waiting, confirm, formatAgo, toast } from "../ui/index.js";
import { useAsked } from "./asked.js";
import { show } from "../base/layer.js";
import { engine } from "../base/state.js";
import { sentence } from "../base/words.js";

async function list() {
	const { data } = await engine.request("GET", "/auth/sessions");
	return data.sessions.sort((a, b) => b.current - a.current || (a.lastUsedAt < b.lastUsedAt ? 1 : -1));
}

function Line({ one, onEnd }) {
	const used = one.lastUsedAt ? `Last used ${formatAgo(one.lastUsedAt)}` : `Since ${formatAgo(one.createdAt)}`;
	const end = <Button small onClick={() => onEnd(one)}>Sign out</Button>;
	return (
		<Row
			icon="devices" title={one.name} meta={used}
			trailing={one.current ? <Tag kind="good">this device</Tag> : end}
		/>
	);
}

export default function Sessions() {
	const { data, error, ask } = useAsked(list);
	const end = async (one) => {
		const sure = await confirm({
			title: `Sign out “${one.name}”?`,
			text: "It keeps what it has not sent, and sends it when you sign in there again.",
			action: "Sign out there",
		});
		if (!sure)
			return;
		try {
			await engine.request("DELETE", `/auth/sessions/${one.id}`);
			toast(`“${one.name}” is signed out.`, { kind: "good" });
		} catch (problem) {
			toast(sentence(problem), { kind: "bad" });
		}
		ask();
	};
	if (!data)
		return error ? <Trouble text={sentence(error)} onRetry={ask} /> : <Waiting rows={3} />;
	return (
		<div class="stack gap-6">
			<p class="hint">Sign out what you do not know or no longer use.</p>
			<ul class="rows" role="list">
				{data.map((one) => <li key={one.id}><Line one={one} onEnd={end} /></li>)}
			</ul>
			<div><Button icon="sign-out" onClick={() => show("leave")}>Sign out here</Button></div>
		</div>
	);
}
