// What is open beside a list: a pane on wide windows, a sheet on phones, with the same head and foot.

import { IconButton, Sheet, isWide, useBeside } from "../ui/index.js";
import { useKeys } from "../base/keys.js";

function Pane({ title, lead, head, onClose, actions, children }) {
	useKeys({ Escape: ["Close what is open beside the list", onClose] });
	return (
		<section
			class="pane stack gap-0" aria-label={typeof title === "string" ? title : undefined}
			{...useBeside()}
		>
			<header class="pane-head line gap-1">
				{lead}
				<h2 class="cut grow" dir="auto">{title}</h2>
				{head}
				<IconButton icon="close" label="Close" onClick={onClose} />
			</header>
			<div class="pane-body scroll">{children}</div>
			{actions && <footer class="pane-foot over-3 in-5 topped line to-end">{actions}</footer>}
		</section>
	);
}

/** beside: it is in the page's third pane. */
export function Panel({ beside = isWide.value, ...rest }) {
	return beside ? <Pane {...rest} /> : <Sheet placed {...rest} />;
}
