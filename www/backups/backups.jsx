// The backups of a space: how old the latest is, all of them, and how they are made and kept.

import { useEffect, useState } from "preact/hooks";
import {
	Bar, Button, Icon, Notice, Row, Rows, Tag, Trouble, Waiting, capital, formatAgo, formatSize, toast,
} from "../ui/index.js";
import { useAsked } from "../base/asked.js";
import { minute } from "../base/clock.js";
import { useKeys } from "../base/keys.js";
import { hasRole, space, spaceInfo } from "../base/state.js";
import { BackupSheet } from "./backup-sheet.jsx";
import { CheckFile } from "./check.jsx";
import { Progress, useJob } from "./job.jsx";
import { discardCopy } from "./copy.js";
import { listBackups, makeBackup } from "./requests.js";
import { Restored } from "./restore.jsx";
import { Schedule } from "./schedule.jsx";
import { Sealing } from "./sealing.jsx";
import { adviceOn, checkOf, countWords, failureWords, metaOf, whenWords } from "./words.js";

const NEARLY = 0.9; // of what the backups of a space may take

// All pages that were asked for: {data: {backups, next, late, quota}, error, ask, more}.
function useBackups(id) {
	const { data, error, ask } = useAsked(() => listBackups(), id);
	const [later, setLater] = useState({ of: null, backups: [], next: null });
	const isOurs = later.of === data, next = isOurs ? later.next : data?.next;
	const more = async () => {
		try {
			const page = await listBackups(next);
			const before = isOurs ? later.backups : [];
			setLater({ of: data, backups: [...before, ...page.backups], next: page.next });
		} catch (problem) {
			toast(failureWords(problem), { kind: "bad" });
		}
	};
	const all = data && { ...data, next, backups: [...data.backups, ...(isOurs ? later.backups : [])] };
	return { data: all, error, ask, more };
}

function Latest({ latest, late, making, onMake }) {
	const advice = making.busy ? null : adviceOn(latest, minute.value, late), check = latest && checkOf(latest);
	return (
		<section class="group stack" aria-label="Latest backup">
			{latest && (
				<div class="stack gap-1">
					<p class="hint">Latest backup</p>
					<p class="hero">{capital(formatAgo(latest.at, { now: minute.value }))}</p>
					<p class="soft">{countWords(latest)}, {formatSize(latest.bytes)}</p>
					<p class="line gap-1 small" data-tone={check.kind}>
						{check.icon && <Icon name={check.icon} size={16} />}{check.words}
					</p>
				</div>
			)}
			{advice && <Notice kind={advice.kind}>{advice.words}</Notice>}
			<Progress running={making} fallback="Backing up…" />
			<div>
				<Button kind="primary" icon="backups" busy={making.busy} onClick={onMake}>
					Back up now
				</Button>
			</div>
		</section>
	);
}

function Quota({ quota }) {
	if (!quota)
		return null;
	const { bytes, max } = quota, part = max ? bytes / max : 0;
	const words = max ? `${formatSize(bytes)} of ${formatSize(max)}` : `${formatSize(bytes)}, no limit`;
	const tone = part > NEARLY ? "warn" : undefined;
	return (
		<div class="stack gap-2">
			<p class="flow ends small"><span class="soft">Room for backups</span><span>{words}</span></p>
			{max > 0 && <Bar part={part} label={`${words} used`} tone={tone} />}
			{part > NEARLY && (
				<p class="hint">
					When it’s full, the oldest automatic backups are deleted first. You can delete
					some yourself, or ask your administrator for more room.
				</p>
			)}
		</div>
	);
}

function Line({ backup, isOpen, onOpen }) {
	return (
		<Row
			icon="backups" title={whenWords(backup.at, minute.value)} meta={metaOf(backup)}
			selected={isOpen} onOpen={() => onOpen(backup)}
			trailing={<span class="soft small">{formatSize(backup.bytes)}</span>}
			mark={(
				<>
					{backup.sealed && <Tag icon="lock">Sealed</Tag>}
					{backup.damaged && <Tag kind="bad" icon="bad">Damaged</Tag>}
				</>
			)}
		/>
	);
}

function All({ data, openId, onOpen, onMore }) {
	const { backups, next, quota } = data;
	return (
		<section class="stack" aria-labelledby="all-backups">
			<h2 id="all-backups">All backups</h2>
			<Quota quota={quota} />
			<Rows
				items={backups} keyOf={({ id }) => id}
				row={(backup) => <Line backup={backup} isOpen={backup.id === openId} onOpen={onOpen} />}
			/>
			{next && <div><Button onClick={onMore}>Show older backups</Button></div>}
		</section>
	);
}

// A restore goes on while this screen is left, and is found again here, whatever sheet began it.
function useRestoring(ask) {
	const [result, setResult] = useState(null);
	const running = useJob("restore", (answer) => {
		setResult(answer);
		space.value.sync();
		ask();
	});
	useEffect(() => {
		if (!running.busy)
			discardCopy().then((wasThere) => wasThere && ask());
	}, [running.busy]);
	const forget = () => {
		setResult(null);
		running.forget();
	};
	return { ...running, result, forget };
}

function RestoreUnderWay({ restoring }) {
	const { busy, problem, result, forget } = restoring;
	if (!busy && !problem && !result)
		return null;
	return (
		<section class="group stack" aria-label="Restore">
			{result ? <Restored result={result} onOver={forget} onClose={forget} />
				: <Progress running={restoring} fallback="Restoring…" onClose={forget} />}
		</section>
	);
}

// A file can be checked without the server, too.
function NoList({ error, ask }) {
	return (
		<div class="stack gap-7">
			<Trouble text={failureWords(error)} onRetry={ask} />
			<CheckFile backups={null} />
		</div>
	);
}

function OfOwner() {
	if (hasRole("owner"))
		return [<Schedule key="schedule" />, <Sealing key="sealing" />];
	return spaceInfo.value.kind === "team" && (
		<p class="hint">Only the owner can download, restore and delete backups.</p>
	);
}

export default function Backups() {
	const { id } = space.value, { data, error, ask, more } = useBackups(id);
	const [open, setOpen] = useState(null), restoring = useRestoring(ask);
	const making = useJob("backup", (result) => {
		const isOld = data?.backups.some((one) => one.id === result.id);
		toast(isOld ? "Nothing has changed since the last backup." : "Backed up.", { kind: "good" });
		ask();
	});
	const make = () => making.run(makeBackup);
	useKeys({ b: ["Back up now", make] });
	if (!data)
		return error ? <NoList error={error} ask={ask} /> : <Waiting rows={5} />;
	return (
		<div class="stack gap-7">
			{!open && <RestoreUnderWay restoring={restoring} />}
			<Latest latest={data.backups[0]} late={data.late} making={making} onMake={make} />
			{data.backups.length > 0 && (
				<All data={data} openId={open?.id} onOpen={setOpen} onMore={more} />
			)}
			<OfOwner />
			<CheckFile backups={data.backups} />
			{open && (
				<BackupSheet
					key={open.id} backup={data.backups.find((one) => one.id === open.id) ?? open}
					restoring={restoring} onClose={() => setOpen(null)} onChanged={ask}
				/>
			)}
		</div>
	);
}
