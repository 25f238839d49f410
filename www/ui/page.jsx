// The outer form of every screen: its title, what can be done there, and on wide windows a pane beside it.  The frame around the
// screens puts its own things beside the title through Corner.

import { createContext } from "preact";
import { useContext, useEffect } from "preact/hooks";

/** What stands before and behind every title: {start, end}. */
export const Corner = createContext({ start: null, end: null });

/**
 * title, actions (buttons beside it), primary (the one main action: below, in thumb's reach, on phones), aside (a third pane),
 * back ({label, onClick}: the way back on phones, where there is only one pane).
 */
export function Page({ title, back, actions, primary, aside, children }) {
	const { start, end } = useContext(Corner);

	useEffect(() => {
		document.title = title ? `${title} · Daybook` : "Daybook";
	}, [title]);
	return (
		<div class={aside ? "page page-wide" : "page"}>
			<header class="page-head">
				{back ? <div class="page-back">{back}</div> : start}
				<h1 class="page-title" tabIndex={-1}>{title}</h1>
				{actions && <div class="page-actions">{actions}</div>}
				{end}
			</header>
			<div class="page-body">{children}</div>
			{aside && <aside class="page-aside">{aside}</aside>}
			{primary && <div class="page-primary">{primary}</div>}
		</div>
	);
}
