// A list, and beside it a record, as they were at a moment of the past.  The server works that out; nothing of it is
// kept on this device, and nothing can be changed.

import { useEffect, useState } from "preact/hooks";
import {
	Button, Empty, Page, Trouble, Waiting, capital, formatAgo, formatNumber, isWide,
} from "../ui/index.js";
import { useAsked } from "../base/asked.js";
import { useKeys } from "../base/keys.js";
import { go } from "../base/router.jsx";
import { personName, row, space, userId } from "../base/state.js";
import { asOfIn, pastProblem, readPast } from "./as-of.js";
import { PastBanner, chooseMoment, leavePast, zoneOfPast } from "./as-of.jsx";
import { mayDo, nameOf } from "./context.js";
import { RecordDetail } from "./detail.jsx";
import { isSingle, singularOf } from "./fields.js";
import { restoreVersion } from "./history.jsx";
import { Records, Tools } from "./list.jsx";
import { useLook } from "./look.js";
import { Panel } from "./panel.jsx";

const NONE = [];
const NEW = "+";

const ask = async (path) => (await space.value.request("GET", path)).data;

// The records of a list at a moment: {records, isCut, error, again}.
function usePast(name, at) {
	const [past, setPast] = useState({ at: null, records: null, error: null });
	const [asked, setAsked] = useState(0), { id } = space.value;
	useEffect(() => {
		let isCurrent = true;
		const put = (answer) => isCurrent && setPast({ at, records: null, error: null, ...answer });
		put({});
		readPast(ask, name, at, () => isCurrent).then(put, (error) => put({ error }));
		return () => { isCurrent = false; };
	}, [id, name, at, asked]);
	return { ...past, again: () => setAsked(asked + 1) };
}

// What has become of the record since then.
function sinceWords(name, record) {
	const now = row(name, record.id);
	if (!now)
		return "Deleted since then.";
	if (now.version === record.version)
		return "Not changed since then.";
	return `Changed since then, last ${formatAgo(now.lastUpdatedAt)} by ${personName(now.lastUpdatedBy)}.`;
}

function RestoreButton({ name, record, onDone }) {
	const [busy, setBusy] = useState(false);
	const restore = async () => {
		setBusy(true);
		if (await restoreVersion(name, record.id, record.version))
			onDone();
		else
			setBusy(false);
	};
	return <Button icon="undo" busy={busy} onClick={restore}>Restore this version</Button>;
}

function PastRecord({ form, id, at, query }) {
	const { name } = form, kind = singularOf(form);
	const close = () => go(`/c/${name}`, query);
	const address = `/${name}/${encodeURIComponent(id)}?${new URLSearchParams({ at })}`;
	const { data, error, ask: again } = useAsked(async () => (await ask(address))[form.singular], address);
	const now = row(name, id), isOther = data && now?.version !== data.version;
	const mayRestore = isOther && mayDo("update", name, now ?? data);
	const back = () => go(`/c/${name}/${encodeURIComponent(id)}`, { ...query, at: null });
	return (
		<Panel title={capital(kind)} onClose={close}
			actions={mayRestore && <RestoreButton name={name} record={data} onDone={back} />}>
			<div class="stack">
				{!isWide.value && <PastBanner at={at} />}
				{error?.status === 404 && (
					<Empty icon="history" text={`There was no such ${kind} then.`} />
				)}
				{error && error.status !== 404 && (
					<Trouble text={pastProblem(error, zoneOfPast())} onRetry={again} />
				)}
				{!data && !error && <Waiting rows={4} />}
				{data && !error && <p class="hint">{sinceWords(name, data)}</p>}
				{data && !error && <RecordDetail collection={name} record={data} isPast />}
			</div>
		</Panel>
	);
}

function Content({ known, past, look, query, openId, at }) {
	const form = known.definition;
	if (past.error)
		return <Trouble text={pastProblem(past.error, zoneOfPast())} onRetry={past.again} />;
	if (!past.records)
		return <Waiting label="Reading the past" />;
	if (isSingle(form)) {
		const record = past.records.find(({ owner }) => !form.own || owner === userId.value);
		return record ? <RecordDetail collection={form.name} record={record} isPast />
			: <Empty icon={form.icon} text="Nothing was set then." />;
	}
	if (past.records.length === 0)
		return <Empty icon="history" text="There was nothing in this list then." />;
	return <Records known={known} look={look} query={query} openId={openId} selection={null} isPast key={at} />;
}

function Missing({ count }) {
	return <p>{formatNumber(count)} can’t be shown: what they were is no longer known.</p>;
}

function countWords({ records, all }, isCut) {
	if (all.length === 0)
		return undefined;
	const most = isCut ? `the first ${formatNumber(all.length)}` : formatNumber(all.length);
	return records.length < all.length ? `${formatNumber(records.length)} of ${most}` : most;
}

/** The screen of a collection as of query.at. */
export function PastCollection({ known, id, query }) {
	const form = known.definition, { name } = form, at = asOfIn(query);
	const past = usePast(name, at), records = past.at === at ? past.records : null;
	const look = useLook(known, query, records ?? NONE);
	const isOpen = id !== undefined && id !== NEW && !isSingle(form);
	const open = isOpen ? <PastRecord key={id} form={form} id={id} at={at} query={query} /> : null;
	useKeys({
		a: ["As of another time", () => chooseMoment(name)],
		...(isOpen ? {} : { Escape: ["Back to now", leavePast] }),
		"/": ["Search this list", () => document.querySelector("[data-search]")?.focus()],
	});
	return (
		<Page title={form.label} note={countWords(look, past.isCut)} flush={!isSingle(form)}
			aside={isWide.value ? open : undefined}
			below={(
				<div class="stack gap-3">
					<PastBanner at={at} collection={name}>
						{past.missing > 0 && <Missing count={past.missing} />}
					</PastBanner>
					{look.all.length > 0 && !isSingle(form) && (
						<Tools known={known} look={look} query={query} />
					)}
				</div>
			)}>
			<Content known={known} past={{ ...past, records }} look={look} query={query} at={at}
				openId={isOpen ? id : null} />
			{!isWide.value && open}
		</Page>
	);
}
