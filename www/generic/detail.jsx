// A record to read: its title in large type, its fields, its photos, who wrote it.

import { FileView, Icon, Tag, formatAgo } from "../ui/index.js";
import { definition, personName, space } from "../base/state.js";
import { minute } from "../base/clock.js";
import { capital } from "../ui/format.js";
import { describe, hasOwners, options, plan } from "./context.js";
import { fieldsOf, isEmpty, isSingle, readField, zoneOf } from "./fields.js";
import { OpsOf } from "./failed.jsx";
import { go } from "../base/router.jsx";
import { formatValue } from "./values.js";

function mapAddress({ lat, lng }) {
	return `https://www.openstreetmap.org/?mlat=${lat}&mlon=${lng}#map=17/${lat}/${lng}`;
}

function RefLink({ field, value, words }) {
	if (!plan(field.ref))
		return <bdi>{words}</bdi>;
	const open = () => openRecord(field.ref, value);
	return (
		<button type="button" class="bare link" onClick={open}>
			<bdi>{words}</bdi>
		</button>
	);
}

function Place({ value, words }) {
	return (
		<span>
			{words}{" "}
			<a href={mapAddress(value)} target="_blank" rel="noopener noreferrer">
				Map<span class="unseen"> (opens another site)</span>
			</a>
		</span>
	);
}

/** Goes to a record of any collection; query: {at: null} for what it is now. */
export function openRecord(collection, id, query = {}) {
	go(`/c/${collection}/${encodeURIComponent(id)}`, query);
}

function Value({ field, value, zone }) {
	const words = formatValue(field, value, { ...options(), zone });
	switch (field.type) {
	case "ref": return <RefLink field={field} value={value} words={words} />;
	case "file": return <FileView value={value} label={field.label} read={(name) => space.value.file(name)} />;
	case "place": return <Place value={value} words={words} />;
	case "list": return <span class="flow snug">{value.map((item, at) => <Tag key={at}>{item}</Tag>)}</span>;
	case "json": return <pre class="detail-json scroll tiny as-typed">{JSON.stringify(value, null, 1)}</pre>;
	case "boolean":
		return (
			<span class="detail-yes line gap-1">
				{value ? <Icon name="check" size={16} /> : null}
				{words}
			</span>
		);
	default: return <span class="detail-text stack gap-0 as-typed" dir="auto">{words}</span>;
	}
}

function agoBy(at, by) {
	return `${formatAgo(at, { now: minute.value })} by ${personName(by)}`;
}

// Who wrote it, and when: [[label, words]].
function factsOf({ version, lastUpdatedAt, lastUpdatedBy, createdAt, createdBy }) {
	if (version === 0)
		return [["Added", "here, not on the server yet"]];
	return [
		lastUpdatedAt && ["Changed", agoBy(lastUpdatedAt, lastUpdatedBy)],
		createdAt && createdAt !== lastUpdatedAt && ["Added", agoBy(createdAt, createdBy)],
	].filter(Boolean);
}

function Facts({ record }) {
	return (
		<dl class="detail-facts stack hair hint">
			{factsOf(record).map(([label, words]) => (
				<div key={label} class="line">
					<dt>{label}</dt>
					<dd dir="auto">{words}</dd>
				</div>
			))}
		</dl>
	);
}

function Private() {
	return (
		<span class="private" title="Seen by its owner and managers">
			<Icon name="lock" size={14} label="private" />
		</span>
	);
}

function Span({ span: { running, text } }) {
	return <Tag kind={running ? "accent" : "plain"} icon="timer">{running ? `running, ${text}` : text}</Tag>;
}

function Head({ form, words: { lead, title, tags, span } }) {
	return (
		<header class="stack gap-1">
			{lead && (
				<p class="detail-lead">
					<b class="hero">{lead.figure}</b>
					{lead.unit && <small>{lead.unit}</small>}
				</p>
			)}
			{!isSingle(form) && <p class="detail-title big bold clamp" dir="auto">{title}</p>}
			{(tags.length > 0 || span) && (
				<p class="detail-tags above-1 flow snug">
					{span && <Span span={span} />}
					{tags.map(({ words, kind }) => <Tag key={words} kind={kind}>{words}</Tag>)}
				</p>
			)}
		</header>
	);
}

// The fields of the detail.  Empty ones are left out, and so are those that the head shows already: the title, the
// leading figure, and booleans as tags.
function fieldsToRead(form, record, { lead, title }, zone) {
	const fields = fieldsOf(form).map((field) => [field, readField(field, record)]);
	const isTag = (field, value) => field.type === "boolean" && (value === false || !field.default);
	const filled = fields.filter(([field, value]) => !isEmpty(value) && !isTag(field, value));
	const said = new Set([title, lead && [lead.figure, lead.unit].filter(Boolean).join(" ")]);
	return filled.filter(([field, value]) => !said.has(formatValue(field, value, { ...options(), zone })));
}

/** isPast: the record is as it was once, so what waits to be sent is not shown with it. */
export function RecordDetail({ collection, record, isPast = false }) {
	const form = definition(collection), words = describe(collection, record), zone = zoneOf(form, record);
	return (
		<article class="detail stack gap-5">
			{!isPast && <OpsOf collection={collection} id={record.id} />}
			<Head form={form} words={words} />
			<dl class="detail-fields ruled if-any">
				{hasOwners(collection) && record.owner && (
					<div>
						<dt>Whose</dt>
						<dd dir="auto">{capital(personName(record.owner))}</dd>
					</div>
				)}
				{fieldsToRead(form, record, words, zone).map(([field, value]) => (
					<div key={field.name} data-field={field.name}>
						<dt>{field.label}{field.private && <Private />}</dt>
						<dd><Value field={field} value={value} zone={zone} /></dd>
					</div>
				))}
			</dl>
			<Facts record={record} />
		</article>
	);
}
