// One backup: what it is, and what can be done with it.

import { useRef, useState } from "preact/hooks";
import {
	Button, Icon, Menu, Notice, Sheet, confirm, formatInstant, formatNumber, formatSize, toast,
} from "../ui/index.js";
import { useTask } from "../base/task.js";
import { definition, hasRole, personName } from "../base/state.js";
import { capital } from "../ui/format.js";
import { Progress, useJob } from "./job.jsx";
import { deleteBackup, downloadBackup, verifyBackup } from "./requests.js";
import { Restore } from "./restore.jsx";
import { RestoreSealed } from "./restore-sealed.jsx";
import { DAMAGED, checkOf, countWords, failureWords, kindWords, listsIn } from "./words.js";

function Fact({ label, children }) {
	return <div><dt>{label}</dt><dd>{children}</dd></div>;
}

function Facts({ backup }) {
	const { kind, icon, words } = checkOf(backup);
	return (
		<dl class="facts">
			<Fact label="Made">
				{kindWords(backup)}{backup.by ? `, by ${personName(backup.by)}` : ""}
			</Fact>
			<Fact label="Contains">{countWords(backup)}</Fact>
			<Fact label="Size">{formatSize(backup.bytes)}</Fact>
			<Fact label="State">
				<span class="line gap-1" data-tone={kind}>
					{icon && <Icon name={icon} size={16} />}{words}
				</span>
			</Fact>
			{backup.sealed && <Fact label="Sealed">Only your key file opens it</Fact>}
		</dl>
	);
}

function Lists({ backup }) {
	const { files, sha256 } = backup;
	const line = ([name, n]) => (
		<Fact key={name} label={definition(name)?.label ?? name}>{formatNumber(n)}</Fact>
	);
	return (
		<details class="fold">
			<summary class="link small">What’s in it</summary>
			<dl class="facts">
				{listsIn(backup).map(line)}
				{files > 0 && <Fact label="Photos and files">{formatNumber(files)}</Fact>}
			</dl>
			{sha256 && <p class="hint">SHA-256 of the file: <code class="as-typed">{sha256}</code></p>}
		</details>
	);
}

const CHECKED = {
	content: "Every record and file in it was read and is as it was written.",
	seal: "It’s whole, as it was written. What’s in it can only be read with your key file.",
};

// The detail names a part of the file: it is for whoever looks after the server.
function Damage({ detail }) {
	return (
		<Notice kind="bad">
			<p>{DAMAGED}</p>
			{detail && (
				<details class="fold">
					<summary class="link small">What’s wrong</summary>
					<p>{capital(detail)}</p>
				</details>
			)}
		</Notice>
	);
}

function Verified({ answer }) {
	if (!answer)
		return null;
	if (!answer.ok)
		return <Damage detail={answer.detail} />;
	return <Notice kind="good">{CHECKED[answer.checked] ?? "It is as it was written."}</Notice>;
}

function VerifyButton({ actions: { checking, verify } }) {
	return <div><Button icon="shield" busy={checking.busy} onClick={verify}>Verify</Button></div>;
}

function useActions({ backup, onClose, onChanged }) {
	const [answer, setAnswer] = useState(null), task = useTask();
	const checking = useJob(`check/${backup.id}`, (result) => {
		setAnswer(result);
		onChanged();
	});
	const verify = () => {
		setAnswer(null);
		checking.run(() => verifyBackup(backup.id));
	};
	const wasRead = useRef(false);
	// What the server finds damaged while it is sent is known to the list afterwards.
	const close = () => {
		onClose();
		if (wasRead.current)
			onChanged();
	};
	const download = () => task.run(async () => {
		await downloadBackup(backup);
		wasRead.current = true;
		toast("Downloading. Your browser shows how far it is.", { kind: "good" });
	});
	const remove = async () => {
		const isSure = await confirm({
			title: "Delete this backup?", action: "Delete backup", danger: true,
			text: `The backup of ${formatInstant(backup.at)} is deleted for everyone and can’t be ` +
				"brought back. The records of the space stay as they are.",
		});
		if (!isSure || !await task.run(() => deleteBackup(backup.id)))
			return;
		toast("Backup deleted.");
		onClose();
		onChanged();
	};
	return { task, checking, answer, verify, download, remove, close };
}

function OwnerActions({ actions, restoring, onRestore }) {
	const { task, download } = actions;
	return [
		<Button key="download" icon="download" busy={task.busy} onClick={download}>Download</Button>,
		<Button key="restore" icon="undo" kind="primary" busy={restoring.busy} onClick={onRestore}>
			Restore…
		</Button>,
	];
}

/** restoring: the restore that runs, of whatever backup.  onChanged(): the list has to be asked for again. */
export function BackupSheet({ backup, restoring, onClose, onChanged }) {
	const [isRestoring, setRestoring] = useState(false);
	const actions = useActions({ backup, onClose, onChanged });
	if (isRestoring) {
		const What = backup.sealed ? RestoreSealed : Restore, back = () => setRestoring(false);
		return <What backup={backup} restoring={restoring} onClose={onClose} onBack={back} />;
	}
	const menu = hasRole("owner") && (
		<Menu label="More" items={[
			{ label: "Delete", icon: "trash", danger: true, onSelect: actions.remove },
		]} />
	);
	return (
		<Sheet title={`Backup of ${formatInstant(backup.at)}`} onClose={actions.close} head={menu}
			actions={hasRole("owner") && !backup.damaged && (
				<OwnerActions {...{ actions, restoring }} onRestore={() => setRestoring(true)} />
			)}>
			<div class="stack gap-5">
				{backup.damaged && !actions.answer && <Damage detail={backup.damaged} />}
				<Facts backup={backup} />
				{hasRole("owner") && <VerifyButton actions={actions} />}
				<Lists backup={backup} />
				{actions.task.error && <Notice kind="bad">{failureWords(actions.task.error)}</Notice>}
				<Progress running={actions.checking} fallback="Reading the backup…" />
				<Verified answer={actions.answer} />
			</div>
		</Sheet>
	);
}
