// Bars with their labels, drawn by elements: they can be printed, pressed and walked through with the arrow keys.  A
// list to a screen reader, so it needs no table beside it.

import { useState } from "preact/hooks";

const KEYS = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };

function Bar({ item, most, isFirst, onFocus, onOpen }) {
	const share = (value) => `${most > 0 ? value / most * 100 : 0}%`;
	const part = `${item.part / item.value * 100}%`;
	return (
		<li>
			<button
				type="button" class="bars-one bare full" tabIndex={isFirst ? 0 : -1} title={item.words}
				aria-label={item.words} onFocus={onFocus} onClick={() => onOpen?.(item)}
			>
				<span class="bars-value tiny medium unbroken">{item.value > 0 ? item.label : ""}</span>
				<span class="bars-room">
					<i class="bars-whole" style={{ blockSize: share(item.value) }}>
						{item.part > 0 && <i class="bars-part" style={{ blockSize: part }} />}
					</i>
				</span>
				<span class="bars-name tiny muted unbroken">{item.name}</span>
			</button>
		</li>
	);
}

/**
 * items: [{key, name (below the bar), label (above it), value, part (of the value, in another tone), words (all of it
 * as a sentence)}].  onOpen(item): a bar was pressed.
 */
export function Bars({ title, items, onOpen }) {
	const [at, setAt] = useState(0), most = Math.max(...items.map(({ value }) => value));
	const move = (event) => {
		const step = KEYS[event.key];
		if (step === undefined)
			return;
		event.preventDefault();
		const next = Math.max(0, Math.min(items.length - 1, Math.min(at, items.length - 1) + step));
		event.currentTarget.querySelectorAll("button")[next].focus();
	};
	return (
		<ol
			class="bars" role="list" aria-label={title} data-many={items.length > 16 ? "true" : undefined}
			onKeyDown={move}
		>
			{items.map((item, index) => (
				<Bar
					key={item.key} item={item} most={most} onOpen={onOpen}
					isFirst={index === Math.min(at, items.length - 1)} onFocus={() => setAt(index)}
				/>
			))}
		</ol>
	);
}
