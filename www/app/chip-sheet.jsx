// The sheet of the chip: the changes that wait, the ones that the server refused and why, conflicts, and when this
// device was last up to date.

import {
	Button, Menu, Notice, Row, Rows, Sheet, Tag, formatAgo, formatInstant, formatNumber, toast,
} from "../ui/index.js";
import { discardOp, editOp, opInWords, openRecord, reasonOf } from "../generic/index.js";
import { chipOf } from "./chip.jsx";
import { signInAgain } from "../base/handheld.js";
import { show } from "../base/layer.js";
import { go } from "../base/router.jsx";
import { saveFile } from "../base/save-file.js";
import { engine, opsNow, session, space, status } from "../base/state.js";
import { count } from "../base/words.js";

async function save() {
	saveFile(await space.value.export(), `daybook-${space.value.info?.name ?? "space"}.json`);
	toast("Saved as a file.", { kind: "good" });
}

const STATES = {
	waiting: { words: "waiting" },
	sent: { words: "under way" },
	conflict: { kind: "warn", icon: "swap", words: "decide" },
	rejected: { kind: "bad", icon: "bad", words: "refused" },
};

function State({ state }) {
	const { words, ...look } = STATES[state];
	return <Tag {...look}>{words}</Tag>;
}

function Op({ op, onClose }) {
	const title = opInWords(op);
	const leave = (way) => () => {
		onClose();
		way();
	};
	const look = leave(() => openRecord(op.collection, op.record, { at: null }));
	const decide = leave(() => go(`/c/${op.collection}/${encodeURIComponent(op.record)}/conflict`));
	const edit = leave(() => editOp(op));
	const refused = op.state === "rejected";
	const clash = op.state === "conflict";
	const items = [
		refused && { label: "Try again", icon: "sync", onSelect: () => space.value.retry(op.id) },
		op.kind !== "delete" && { label: "Edit", icon: "pencil", onSelect: refused ? edit : look },
		(refused || clash || op.state === "waiting") &&
			{ label: "Discard change", icon: "trash", danger: true, onSelect: () => discardOp(op) },
	].filter(Boolean);
	return (
		<Row
			title={title} meta={[formatInstant(op.at), refused && reasonOf(op)]}
			trailing={<State state={op.state} />} onOpen={clash ? decide : look}
			actions={items.length > 0 && <Menu label={`What to do with: ${title}`} items={items} />}
		/>
	);
}

function Part({ title, list, help, onClose }) {
	if (list.length === 0)
		return null;
	return (
		<section class="sheet-part">
			<h3>{title}</h3>
			{help && <p class="hint">{help}</p>}
			<Rows items={list} row={(op) => <Op op={op} onClose={onClose} />} />
		</section>
	);
}

const TROUBLES = {
	offline: "You are offline. What you do is saved here and sent when you are back.",
	server: "The server does not answer. What you do is saved here and sent as soon as it does.",
	"signed-out": "Your sign-in has ended. What you do is saved here and sent when you have signed in again.",
	restoring: "The server came back from a backup. " +
		"This device brings itself in line, and sends again what the backup does not know.",
};

async function attempt(work) {
	try {
		await work();
	} catch (error) {
		toast(error.message, { kind: "bad" });
	}
}

function Question() {
	const { deletes, of } = status.value.question;
	const refuse = async () => {
		await save();
		await space.value.refuse();
	};
	return (
		<Notice kind="warn">
			<p>
				<strong>
					The server deleted {formatNumber(deletes)} of {formatNumber(of)} records.
				</strong>{" "}
				That’s unusual, so this device kept its copies until you decide.
			</p>
			<div class="flow apart">
				<Button small icon="download" onClick={() => attempt(refuse)}>
					Keep and save a file
				</Button>
				<Delete />
			</div>
		</Notice>
	);
}

function Kept() {
	const { deletes } = status.value.kept;
	return (
		<Notice kind="warn">
			<p>
				<strong>You kept {count(deletes, "record")} that the server deleted.</strong>{" "}
				They’re on this device only.
			</p>
			<div class="flow apart">
				<Button small icon="download" onClick={() => attempt(save)}>
					Save copies to a file
				</Button>
				<Delete />
			</div>
		</Notice>
	);
}

// What a server is told to have that this device knows otherwise: said first, then what the person can do.
const PASTS = {
	restored: "The server came back from a backup.",
	"set-back": "The server was set back to an earlier state.",
	"other-past": "The server’s history isn’t the one this device has seen.",
};

function pastWords({ found, since, kept }) {
	const from = since ? `What was saved before ${formatInstant(new Date(since).toISOString())} is the same. ` : "";
	const why = found === "other-past" ? "It was changed afterwards, or set back and written on. " : "";
	if (kept === 0)
		return `${why}${from}Nothing that this device had is missing.`;
	const differ = kept === 1 ? "differs" : "differ";
	return `${why}${from}${count(kept, "record")} ${differ} from what this device had. ` +
		"The copies of before are kept here until you decide.";
}

function Past() {
	const { past } = status.value, isGrave = past.found !== "restored";
	return (
		<Notice kind={isGrave ? "bad" : "warn"}>
			<p><strong>{PASTS[past.found]}</strong> {pastWords(past)}</p>
			{isGrave && (
				<p class="hint">
					Whoever runs the server is told. Your own changes were sent again. Ask them what
					happened before you go on.
				</p>
			)}
			<div class="flow apart">
				{past.kept > 0 && (
					<Button small kind="primary" icon="history" onClick={() => show("kept")}>
						Review copies
					</Button>
				)}
				{past.kept > 0 && (
					<Button small icon="download" onClick={() => attempt(save)}>
						Save copies to a file
					</Button>
				)}
				<Button
					small kind={past.kept > 0 ? "danger" : undefined}
					onClick={() => attempt(() => space.value.forgetBefore())}
				>
					{past.kept > 0 ? "Use the server’s, drop the copies" : "Understood"}
				</Button>
			</div>
		</Notice>
	);
}

function Delete() {
	return (
		<Button small kind="danger" onClick={() => attempt(() => space.value.allow())}>
			Delete from this device
		</Button>
	);
}

function leftWords(unsent) {
	if (unsent === 0)
		return "What is still here can be saved as a file.";
	const [was, is] = unsent === 1 ? ["was", "is"] : ["were", "are"];
	return `${count(unsent, "change")} of yours ${was} not sent and ${is} still here.`;
}

function Gone() {
	const { reason, unsent } = status.value.gone;
	return (
		<Notice kind="bad">
			<p><strong>{reason}</strong> {leftWords(unsent)}</p>
			<Button small icon="download" onClick={() => attempt(save)}>Save as a file</Button>
		</Notice>
	);
}

const PERSISTED = { true: "yes, until you sign out", false: "as long as there is room", null: "unknown" };

function Facts() {
	const now = status.value;
	const facts = [
		["Last in step", now.lastAt ? formatAgo(now.lastAt, { now: Date.now() }) : "not yet"],
		["This device", engine.device.name],
		["Kept by the browser", PERSISTED[now.persisted]],
	];
	return (
		<dl class="facts">
			{facts.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}
		</dl>
	);
}

function Way({ isSignedOut }) {
	if (isSignedOut)
		return <Button kind="primary" icon="sign-in" onClick={signInAgain}>Sign in again</Button>;
	return <Button icon="sync" onClick={() => space.value.sync()}>Sync now</Button>;
}

const ARRIVING = "A large change is coming in. It is shown when all of it is here.";
const DECIDE = "Somebody changed the same at the same time. Nothing is lost; choose what holds.";

export default function ChipSheet({ onClose }) {
	const now = status.value;
	const { kind, words } = chipOf(now);
	const by = (...states) => opsNow.value.filter((op) => states.includes(op.state));
	const trouble = session.value.status === "expired" ? "signed-out" : now.trouble;
	return (
		<Sheet
			title={kind === "well" ? "Everything is in step" : words} onClose={onClose} side
			actions={<Way isSignedOut={trouble === "signed-out"} />}
		>
			<div class="stack gap-5">
				{now.gone && <Gone />}
				{now.question && <Question />}
				{now.kept && <Kept />}
				{now.past && <Past />}
				{trouble && (
					<Notice kind="warn" icon={trouble === "offline" ? "offline" : undefined}>
						<p>{TROUBLES[trouble]}</p>
						{trouble === "server" && now.problem && (
							<p class="hint">{now.problem}</p>
						)}
					</Notice>
				)}
				<Part title="To decide" help={DECIDE} list={by("conflict")} onClose={onClose} />
				<Part title="Refused by the server" list={by("rejected")} onClose={onClose} />
				<Part title="On the way" list={by("waiting", "sent")} onClose={onClose} />
				{now.loaded && now.loading !== null && <p class="hint">{ARRIVING}</p>}
				{kind === "well" && (
					<p class="hint">
						All you wrote is on the server, and all that others wrote is here.
					</p>
				)}
				<Facts />
			</div>
		</Sheet>
	);
}
