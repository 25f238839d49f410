// Settings: a list of panels, and one of them beside it; on phones one after the other.

import { Icon, Page, isWide } from "../ui/index.js";
import { Lazy } from "./lazy.jsx";
import { Link, go } from "./router.jsx";
import { hasRole, session, space } from "./state.js";

const PANELS = [
	{ name: "account", title: "Account", meta: "Name, password, sign-in", icon: "person", load: () => import("./settings-account.jsx") },
];

function isOffered(panel) {
	return (!panel.role || (hasRole(panel.role) && space.value.info.kind === "team")) && (panel.pin || session.value.kind !== "pin");
}

export default function Settings({ params }) {
	const panels = PANELS.filter(isOffered);
	const wanted = panels.find(({ name }) => name === params.panel);
	const shown = wanted ?? (isWide.value ? panels[0] : null);
	const list = (
		<nav class="panel-list" aria-label="Settings">
			{panels.map(({ name, title, meta, icon }) => (
				<Link key={name} to={`/settings/${name}`} class="panel-link" aria-current={shown?.name === name ? "page" : undefined}>
					<Icon name={icon} />
					<span class="panel-words"><span class="panel-title">{title}</span><span class="panel-meta">{meta}</span></span>
					<Icon name="forward" size={16} />
				</Link>
			))}
		</nav>
	);
	if (!isWide.value && !shown)
		return <Page title="Settings">{list}</Page>;
	if (!isWide.value)
		return <Page title={shown.title} onBack={() => go("/settings")}><Lazy key={shown.name} load={shown.load} properties={{}} /></Page>;
	return (
		<Page title="Settings">
			<div class="panels">
				{list}
				<section class="panel" aria-labelledby="panel-title">
					<h2 id="panel-title">{shown.title}</h2>
					<Lazy key={shown.name} load={shown.load} properties={{}} />
				</section>
			</div>
		</Page>
	);
}
