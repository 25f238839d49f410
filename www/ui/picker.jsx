// A combobox: an input for one of many values, found by typing.  options are [value, label, meta, {group, lead}]: those
// of a group stand together under its name, and lead is drawn before the label.

import { useId, useRef, useState } from "preact/hooks";
import { useControl } from "./field.jsx";
import { IconButton } from "./button.jsx";
import { Icon } from "./icon.jsx";

const SHOWN = 40; // options in the list at once

function matching(options, query) {
	const words = query.toLocaleLowerCase().split(/\s+/).filter(Boolean);
	const found = [];
	for (const option of options) {
		const text = `${option[1]} ${option[2] ?? ""} ${option[3]?.group ?? ""}`.toLocaleLowerCase();
		if (words.every((word) => text.includes(word)) && found.push(option) > SHOWN)
			break;
	}
	return found;
}

// What the list shows: {option}, {group} over the first of each group, and {make} for what can be made.
function linesOf(shown, make, query) {
	const lines = [];
	let group;
	for (const option of shown) {
		const own = option[3]?.group;
		if (own !== group && own !== undefined)
			lines.push({ group: own });
		group = own;
		lines.push({ option });
	}
	const words = query.trim();
	if (make && words && !shown.some(([, label]) => label.toLocaleLowerCase() === words.toLocaleLowerCase()))
		lines.push({ make: words });
	return lines;
}

function Line({ id, line, make, isAt, isChosen, onChoose }) {
	const [, label, meta, { group, lead } = {}] = line.option ?? [];
	const said = group ? [label, group, meta].filter(Boolean).join(", ") : undefined;
	return (
		<li
			id={id} role="option" aria-selected={isChosen ? "true" : "false"} aria-label={said}
			data-at={isAt ? "true" : undefined} onMouseDown={(event) => event.preventDefault()}
			onClick={onChoose}
		>
			{line.make ? (
				<span class="line snug accent">
					<Icon name="plus" size={16} />
					<bdi>{make.words(line.make)}</bdi>
				</span>
			) : (
				<span class="line snug">{lead}<bdi class="clip">{label}</bdi></span>
			)}
			{meta && <small><bdi>{meta}</bdi></small>}
		</li>
	);
}

/**
 * emptiable: a button takes the choice back.  none: the words if nothing is found.  make: {words(text), run(text)},
 * which makes what is typed and is not there.
 */
export function Picker({
	value, onInput, options, name, id, label, disabled, emptiable = true, placeholder = "Search",
	none = "Nothing matches.", make,
}) {
	const own = useId();
	const [query, setQuery] = useState(null); // null: closed
	const [at, setAt] = useState(0);
	const list = useRef(null);
	const chosen = options.find(([one]) => one === value);
	const found = query === null ? [] : matching(options, query);
	const lines = query === null ? [] : linesOf(found.slice(0, SHOWN), make, query);
	const choices = lines.filter((line) => line.group === undefined);
	const close = () => setQuery(null);

	function choose(line) {
		if (line.make)
			make.run(line.make);
		else
			onInput(line.option[0]);
		close();
	}

	function key(event) {
		if (event.key === "Escape" && query !== null) {
			event.preventDefault();
			event.stopPropagation();
			return close();
		}
		if (event.key === "Enter" && query !== null) {
			event.preventDefault();
			if (choices[at])
				choose(choices[at]);
			return;
		}
		const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
		if (!by)
			return;
		event.preventDefault();
		if (query === null)
			return setQuery("");
		const next = Math.max(0, Math.min(choices.length - 1, at + by));
		setAt(next);
		list.current?.querySelectorAll("[role=option]")[next]?.scrollIntoView({ block: "nearest" });
	}

	function leave(event) {
		if (!event.currentTarget.contains(event.relatedTarget))
			close();
	}

	function type(event) {
		setQuery(event.currentTarget.value);
		setAt(0);
	}

	return (
		<div class="picker anchor" onFocusOut={leave}>
			<input
				class="input" type="text" role="combobox" dir="auto" autocomplete="off"
				spellcheck={false}
				aria-expanded={query === null ? "false" : "true"} aria-controls={own}
				aria-autocomplete="list"
				aria-activedescendant={choices[at] ? `${own}-${at}` : undefined}
				{...useControl({ id, name, disabled, label })}
				placeholder={chosen ? chosen[1] : placeholder}
				value={query ?? chosen?.[1] ?? value ?? ""}
				onClick={() => setQuery((was) => was ?? "")} onInput={type} onKeyDown={key}
			/>
			{value && emptiable && !disabled && query === null && (
				<IconButton icon="close" label="Clear" size={16} onClick={() => onInput(null)} />
			)}
			{query !== null && (
				<ul
					class="picker-list lifted scroll" ref={list} id={own} role="listbox"
					aria-label={label}
				>
					{lines.map((line) => {
						const place = choices.indexOf(line);
						return place < 0 ? (
							<li
								key={`group ${line.group}`} class="picker-group hint"
								role="presentation" aria-hidden="true"
							>
								<bdi>{line.group}</bdi>
							</li>
						) : (
							<Line
								key={line.make ? "make" : line.option[0]}
								id={`${own}-${place}`} line={line} make={make}
								isAt={place === at}
								isChosen={!line.make && line.option[0] === value}
								onChoose={() => choose(line)}
							/>
						);
					})}
					{lines.length === 0 && <li class="picker-none hint">{none}</li>}
					{found.length > SHOWN && <li class="picker-none hint">Type to see more.</li>}
				</ul>
			)}
		</div>
	);
}
