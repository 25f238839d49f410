// Where this person is signed in, signing out elsewhere, and what happened to the account lately.

import { useEffect, useRef, useState } from "preact/hooks";
import {
	Button, Row, Rows, Tag, Trouble, Waiting, confirm, formatAgo, formatInstant, formatNumber, toast,
} from "../ui/index.js";
import { useAsked } from "../base/asked.js";
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

// With the button for more goes the focus: it is then on the first row that came.
function useFocusOnLast(isLast, at) {
	const list = useRef();
	useEffect(() => {
		if (isLast)
			list.current.children[at]?.focus();
	}, [isLast]);
	return list;
}

const NO_MORE = { rows: [], next: undefined, isBusy: false, from: 0 };

function Happenings({ first }) {
	const [more, setMore] = useState(NO_MORE);
	const rows = [...first.signIns, ...more.rows];
	const next = more.rows.length > 0 ? more.next : first.next;
	const list = useFocusOnLast(more.rows.length > 0 && !next, more.from);
	const readMore = async () => {
		setMore((was) => ({ ...was, isBusy: true }));
		try {
			const page = await readSignIns(next);
			const all = [...more.rows, ...page.signIns];
			setMore({ rows: all, next: page.next, isBusy: false, from: rows.length });
		} catch (problem) {
			setMore((was) => ({ ...was, isBusy: false }));
			toast(sentence(problem), { kind: "bad" });
		}
	};
	return (
		<>
			<Rows items={rows} row={(one) => <Happened one={one} />} listRef={list} />
			{next && <div><Button busy={more.isBusy} onClick={readMore}>Show more</Button></div>}
		</>
	);
}

function Recent() {
	const { data, error, ask } = useAsked(() => readSignIns());
	if (!data)
		return error ? <Trouble text={sentence(error)} onRetry={ask} /> : <Waiting rows={3} />;
	return (
		<section class="stack" aria-labelledby="recent-sign-ins">
			<h2 id="recent-sign-ins">Recent activity</h2>
			<p class="hint">If something here wasn’t you, change your password. Kept for 90 days.</p>
			<Happenings first={data} />
		</section>
	);
}

const FEW = 10; // devices that are shown before somebody asks for more

function Devices({ all, onEnd }) {
	const [isWhole, setWhole] = useState(all.length <= FEW + 1);
	const list = useFocusOnLast(isWhole && all.length > FEW + 1, FEW);
	const shown = isWhole ? all : all.slice(0, FEW), count = formatNumber(all.length);
	return (
		<>
			<Rows items={shown} row={(one) => <Line one={one} onEnd={onEnd} />} listRef={list} />
			{!isWhole && (
				<div><Button onClick={() => setWhole(true)}>{`Show all ${count}`}</Button></div>
			)}
		</>
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
			<Devices all={data} onEnd={end} />
			<div>
				<Button icon="sign-out" onClick={() => show("leave")}>Sign out of this device</Button>
			</div>
			<Recent />
		</div>
	);
}
