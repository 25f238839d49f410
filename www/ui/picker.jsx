// A combobox: an input for one of many values, found by typing.  options are [value, label, meta].

import { useId, useRef, useState } from "preact/hooks";
import { useControl } from "./field.jsx";
import { IconButton } from "./button.jsx";

const SHOWN = 40; // options in the list at once

function matching(options, query) {
	const words = query.toLocaleLowerCase().split(/\s+/).filter(Boolean);
	const found = [];
	for (const option of options) {
		const text = `${option[1]} ${option[2] ?? ""}`.toLocaleLowerCase();
		if (words.every((word) => text.includes(word)) && found.push(option) > SHOWN)
			break;
	}
	return found;
}

/** emptiable: a button takes the choice back.  none: the words if nothing is found. */
export function Picker({
	value, onInput, options, name, id, label, disabled, emptiable = true, placeholder = "Search",
	none = "Nothing matches.",
}) {
	const own = useId();
	const [query, setQuery] = useState(null); // null: closed
	const [at, setAt] = useState(0);
	const list = useRef(null);
	const chosen = options.find(([one]) => one === value);
	const found = query === null ? [] : matching(options, query);
	const shown = found.slice(0, SHOWN);
	const close = () => setQuery(null);

	function choose(option) {
		onInput(option[0]);
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
			if (shown[at])
				choose(shown[at]);
			return;
		}
		const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
		if (!by)
			return;
		event.preventDefault();
		if (query === null)
			return setQuery("");
		const next = Math.max(0, Math.min(shown.length - 1, at + by));
		setAt(next);
		list.current?.children[next]?.scrollIntoView({ block: "nearest" });
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
				aria-activedescendant={query !== null && shown[at] ? `${own}-${at}` : undefined}
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
					{shown.map((option, place) => (
						<li
							key={option[0]} id={`${own}-${place}`} role="option"
							aria-selected={option[0] === value ? "true" : "false"}
							data-at={place === at ? "true" : undefined}
							onMouseDown={(event) => event.preventDefault()}
							onClick={() => choose(option)}
						>
							<bdi>{option[1]}</bdi>
							{option[2] && <small><bdi>{option[2]}</bdi></small>}
						</li>
					))}
					{shown.length === 0 && <li class="picker-none hint">{none}</li>}
					{found.length > SHOWN && <li class="picker-none hint">Type to see more.</li>}
				</ul>
			)}
		</div>
	);
}
