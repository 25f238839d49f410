// Where this person is signed in, signing out elsewhere, and what happened to the account lately.

import { useState } from "preact/hooks";
import {
	Button, Row, Tag, Trouble, Waiting, confirm, formatAgo, formatInstant, formatNumber, toast,
} from "../ui/index.js";
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
			trailing={one.current ? <Tag kind="good">This device</Tag> : end}
		/>
	);
}

const KINDS = {
	"sign-up": () => "Account created",
	"sign-in": () => "Signed in",
	failed: ({ count }) => count === 1 ? "Wrong password" : `Wrong password, ${formatNumber(count)} times`,
	token: ({ name }) => `API token “${name}” created`,
};

// A row that names its device says when and from which network below; a token's name is in its title.
function Happened({ one }) {
	const title = (KINDS[one.kind] ?? KINDS["sign-in"])(one);
	const device = one.kind !== "token" && one.name;
	return (
		<Row
			icon={one.kind === "failed" ? "warn" : one.kind === "token" ? "lock" : "sign-in"} title={title}
			meta={[formatInstant(one.at), device, one.network && `Network ${one.network}`]}
			trailing={one.current ? <Tag kind="good">This sign-in</Tag> : null}
		/>
	);
}

async function readSignIns(after) {
	const query = after ? `?after=${after}` : "";
	return (await engine.request("GET", `/auth/sign-ins${query}`)).data;
}

function Recent() {
	const { data, error, ask } = useAsked(() => readSignIns());
	const [more, setMore] = useState({ rows: [], next: undefined });
	if (!data)
		return error ? <Trouble text={sentence(error)} onRetry={ask} /> : <Waiting rows={3} />;
	const rows = [...data.signIns, ...more.rows];
	const next = more.rows.length > 0 ? more.next : data.next;
	const readMore = async () => {
		try {
			const page = await readSignIns(next);
			setMore((was) => ({ rows: [...was.rows, ...page.signIns], next: page.next }));
		} catch (problem) {
			toast(sentence(problem), { kind: "bad" });
		}
	};
	return (
		<section class="stack" aria-labelledby="recent-sign-ins">
			<h2 id="recent-sign-ins">Recent activity</h2>
			<p class="hint">If something here wasn’t you, change your password. Kept for 90 days.</p>
			<ul class="rows" role="list">
				{rows.map((one) => <li key={one.id}><Happened one={one} /></li>)}
			</ul>
			{next && <div><Button onClick={readMore}>Show more</Button></div>}
		</section>
	);
}

export default function Sessions() {
	const { data, error, ask } = useAsked(list);
	const end = async (one) => {
		const sure = await confirm({
			title: `Sign out “${one.name}”?`,
			text: "Unsent changes stay on that device until you sign in there again.",
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
			<p class="hint">Sign out devices you don’t recognize or no longer use.</p>
			<ul class="rows" role="list">
				{data.map((one) => <li key={one.id}><Line one={one} onEnd={end} /></li>)}
			</ul>
			<div>
				<Button icon="sign-out" onClick={() => show("leave")}>Sign out of this device</Button>
			</div>
			<Recent />
		</div>
	);
}
