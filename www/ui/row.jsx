// The row of a list, for all screens: a leading figure or icon, the title, further facts, and the state at its end.

import { useId } from "preact/hooks";
import { Described } from "./button.jsx";
import { Icon } from "./icon.jsx";

function Lead({ leading }) {
	if (leading?.figure === undefined)
		return <span class="row-lead line baseline to-end fixed">{leading}</span>;
	return (
		<span class="row-lead line baseline to-end fixed">
			<b class="big">{leading.figure}</b>
			{leading.unit && <small>{leading.unit}</small>}
		</span>
	);
}

/**
 * leading: {figure, unit}, or anything that can be drawn.  meta: a text or several.  trailing: the state at the end.
 * mark: what is shown before the state.  news: who changed the record just now.  selected: the record is open beside
 * the list.  actions: buttons beside the row.
 */
export function Row({
	leading, title, meta, trailing, onOpen, actions, news, mark, selected = false, strong = false, icon, id,
}) {
	const texts = [meta].flat().filter(Boolean), titleId = useId();
	const content = [
		icon && <span key="icon" class="fixed muted"><Icon name={icon} /></span>,
		leading !== undefined && leading !== null && <Lead key="lead" leading={leading} />,
		<span key="words" class="row-words stack grow">
			<span class="row-title cut medium" dir="auto" id={titleId}>{title}</span>
			{texts.length > 0 && (
				<span class="row-meta cut small muted dotted">
					{texts.map((text, at) => <span key={at}><bdi>{text}</bdi></span>)}
				</span>
			)}
		</span>,
		<span key="trail" class="row-trail clip line snug fixed to-end medium if-any">
			{news && <span class="tag accent"><bdi>{news}</bdi></span>}
			{mark}
			{trailing}
		</span>,
	];
	const name = ["row anchor ruled", news && "glow", strong && "strong"].filter(Boolean).join(" ");
	return (
		<div class={name} data-selected={selected ? "true" : undefined}>
			{onOpen ? (
				<button
					type="button" class="row-open bare line gap-3 grow" data-id={id}
					aria-current={selected ? "true" : undefined} onClick={onOpen}
				>
					{content}
				</button>
			) : (
				<div class="row-open line gap-3 grow still">
					<Described.Provider value={titleId}>{content}</Described.Provider>
				</div>
			)}
			{actions && <div class="row-actions line fixed">{actions}</div>}
		</div>
	);
}

/** A word of state.  kind: "plain", "good", "warn", "bad" or "accent".  The word says the same as the colour. */
export function Tag({ kind = "plain", icon, children }) {
	return <span class={`tag ${kind}`}>{icon && <Icon name={icon} size={14} />}<bdi>{children}</bdi></span>;
}
