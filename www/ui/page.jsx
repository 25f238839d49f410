// The frame of a screen: the title, its actions, the main action (within reach of the thumb on phones, beside the title
// on desktop), the content, which scrolls, and a third pane on desktop.

import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { IconButton } from "./button.jsx";
import { isWide } from "./media.js";

/** What the shell adds at the end of every title's line, such as the chip. */
export const PageEnd = createContext(null);

/** below: under the title; it does not scroll (filters, tabs).  onBack: what the arrow before the title does. */
export function Page({ title, actions, primary, aside, below, onBack, note, flush = false, children }) {
	const end = useContext(PageEnd);
	return (
		<div class="page stack gap-0">
			<div class="page-main">
				<header class="page-head">
					<div class="page-line line">
						{onBack && <IconButton icon="back" label="Back" onClick={onBack} />}
						<h1 class="clamp" dir="auto">{title}</h1>
						{note && <span class="page-note hint fixed">{note}</span>}
						<div class="page-actions line gap-1 push fixed">
							{actions}
							{isWide.value && primary}
						</div>
						{end}
					</div>
					{below && <div class="page-below">{below}</div>}
				</header>
				<div class={"page-body anchor scroll" + (flush ? " flush" : "")} tabIndex={0}>
					{children}
				</div>
				{primary && !isWide.value && <div class="page-primary topped">{primary}</div>}
			</div>
			{aside && <aside class="page-aside scroll">{aside}</aside>}
		</div>
	);
}
