// A list, and beside it a record, as they were at the moment that the address names; and a record of an area's screen
// as it was.

import { useState } from "preact/hooks";
import {
	Button, Empty, Page, Sheet, Trouble, Waiting, capital, formatAgo, formatNumber, isWide,
} from "../ui/index.js";
import { useAsked } from "../base/asked.js";
import { useKeys } from "../base/keys.js";
import { go, setQuery } from "../base/router.jsx";
import { definition, mayNow, past, personName, rowNow, rows, space, userId } from "../base/state.js";
import { pastProblem } from "./as-of.js";
import { PastWords, zoneOfPast } from "./as-of.jsx";
import { mayDo } from "./context.js";
import { RecordDetail } from "./detail.jsx";
import { isSingle, singularOf } from "./fields.js";
import { restoreVersion } from "./history.jsx";
import { Records, Tools } from "./list.jsx";
import { useLook } from "./look.js";
import { Panel } from "./panel.jsx";

const NEW = "+";

// What has become of the record since then.
function sinceWords(name, record) {
	const now = rowNow(name, record.id);
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

// {data, error, again, mayRestore}: a record at the moment that the address names.
function usePastRecord(name, id) {
	const { at } = past.value, form = definition(name), here = space.value;
	const address = `/${name}/${encodeURIComponent(id)}?${new URLSearchParams({ at })}`;
	const read = async () => (await here.request("GET", address)).data[form.singular];
	const { data, error, ask: again } = useAsked(read, here.id, address);
	const now = rowNow(name, id), isOther = data && now?.version !== data.version;
	return { data, error, again, mayRestore: isOther && mayDo("update", name, now ?? data, mayNow) };
}

function Then({ name, data, error, again }) {
	const kind = singularOf(definition(name));
	return (
		<div class="stack">
			{!isWide.value && <p class="hint"><PastWords /></p>}
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
	);
}

/** A record as it was, within what an area opens beside its screen.  onRestored: a version of then is the present. */
export function PastDetail({ collection, id, onRestored }) {
	const { mayRestore, ...found } = usePastRecord(collection, id);
	return (
		<div class="stack">
			<Then name={collection} {...found} />
			{mayRestore && (
				<div class="line to-end">
					<RestoreButton name={collection} record={found.data} onDone={onRestored} />
				</div>
			)}
		</div>
	);
}

/** The same as a sheet. */
export function PastSheet({ collection, id, onClose }) {
	const { mayRestore, ...found } = usePastRecord(collection, id);
	const done = () => {
		onClose();
		setQuery({ at: null });
	};
	return (
		<Sheet title={capital(singularOf(definition(collection)))} side={isWide.value} placed onClose={onClose}
			actions={mayRestore && <RestoreButton name={collection} record={found.data} onDone={done} />}>
			<Then name={collection} {...found} />
		</Sheet>
	);
}

function PastRecord({ form, id, query }) {
	const { name } = form, { mayRestore, ...found } = usePastRecord(name, id);
	const close = () => go(`/c/${name}`, query);
	const back = () => go(`/c/${name}/${encodeURIComponent(id)}`, { ...query, at: null });
	return (
		<Panel title={capital(singularOf(form))} onClose={close}
			actions={mayRestore && <RestoreButton name={name} record={found.data} onDone={back} />}>
			<Then name={name} {...found} />
		</Panel>
	);
}

function Content({ known, records, look, query, openId }) {
	const form = known.definition;
	if (isSingle(form)) {
		const record = records.find(({ owner }) => !form.own || owner === userId.value);
		return record ? <RecordDetail collection={form.name} record={record} isPast />
			: <Empty icon={form.icon} text="Nothing was set then." />;
	}
	if (records.length === 0)
		return <Empty icon="history" text="There was nothing in this list then." />;
	const { at } = past.value;
	return <Records known={known} look={look} query={query} openId={openId} selection={null} isPast key={at} />;
}

function countWords({ records, all }) {
	if (all.length === 0)
		return undefined;
	const most = formatNumber(all.length);
	return records.length < all.length ? `${formatNumber(records.length)} of ${most}` : most;
}

/** The screen of a collection as of the moment that the address names. */
export function PastCollection({ known, id, query }) {
	const form = known.definition, records = rows(form.name).value, look = useLook(known, query, records);
	const isOpen = id !== undefined && id !== NEW && !isSingle(form);
	const open = isOpen ? <PastRecord key={id} form={form} id={id} query={query} /> : null;
	useKeys({ "/": ["Search this list", () => document.querySelector("[data-search]")?.focus()] });
	return (
		<Page title={form.label} note={countWords(look)} flush={!isSingle(form)}
			aside={isWide.value ? open : undefined}
			below={look.all.length > 0 && !isSingle(form) && (
				<Tools known={known} look={look} query={query} />
			)}>
			<Content known={known} records={records} look={look} query={query}
				openId={isOpen ? id : null} />
			{!isWide.value && open}
		</Page>
	);
}
