// A list of panels, and the chosen one beside it; a phone shows either the list or the panel.

import { Icon, Page, isWide } from "../ui/index.js";
import { Lazy } from "./lazy.jsx";
import { Link, go } from "../base/router.jsx";

function PanelLink({ base, panel, isShown }) {
	return (
		<Link to={`${base}/${panel.name}`} class="panel-link item" aria-current={isShown ? "page" : undefined}>
			<Icon name={panel.icon} />
			<span class="stack gap-0 grow">
				<span class="medium">{panel.title}</span>
				<span class="hint">{panel.meta}</span>
			</span>
			<Icon name="forward" size={16} />
		</Link>
	);
}

/** panels: [{name, title, meta, icon, load}]; base: "/settings"; wanted: the name in the address. */
export function Panels({ title, base, panels, wanted, actions }) {
	const named = panels.find(({ name }) => name === wanted);
	const shown = named ?? (isWide.value ? panels[0] : null);
	const list = (
		<nav class="panel-list" aria-label={title}>
			{panels.map((panel) => (
				<PanelLink key={panel.name} base={base} panel={panel} isShown={shown === panel} />
			))}
		</nav>
	);
	if (!shown)
		return <Page title={title} actions={actions}>{list}</Page>;
	const content = <Lazy key={shown.name} load={shown.load} properties={{}} />;
	if (!isWide.value)
		return <Page title={shown.title} onBack={() => go(base)}>{content}</Page>;
	return (
		<Page title={title} actions={actions}>
			<div class="panels">
				{list}
				<section class="panel" aria-labelledby="panel-title">
					<h2 id="panel-title">{shown.title}</h2>
					{content}
				</section>
			</div>
		</Page>
	);
}
