// Settings of the person and of this device.

import { Panels } from "./panels.jsx";
import { hasRole, session, spaceInfo } from "../base/state.js";
import { WAY_BACK } from "./way-back.js";

const inTeam = () => spaceInfo.value.kind === "team";
const byPassword = () => session.value.kind === "password";

const PANELS = [
	{
		name: "account", title: "Account", meta: "Name, password, deletion", icon: "person",
		when: byPassword, load: () => import("./settings-account.jsx"),
	},
	{
		name: "look", title: "Look and language", meta: "Colours, numbers, dates", icon: "light",
		load: () => import("./settings-look.jsx"),
	},
	{
		name: "device", title: "This device", meta: "App, storage, news", icon: "devices",
		load: () => import("./settings-device.jsx"),
	},
	{
		name: "sessions", title: "Signed in", meta: "Where you are signed in", icon: "lock",
		when: byPassword, load: () => import("./settings-sessions.jsx"),
	},
	{
		name: "pin", title: "PIN", meta: "For shared handhelds", icon: "shield",
		when: () => inTeam() && byPassword(), load: () => import("./settings-pin.jsx"),
	},
	{
		name: "handhelds", title: "Shared handhelds", meta: "Devices several people use", icon: "swap",
		when: () => inTeam() && byPassword() && hasRole("manager"),
		load: () => import("./settings-handhelds.jsx"),
	},
	{
		name: "data", title: "Your data", meta: "Take it with you", icon: "download",
		load: () => import("./settings-data.jsx"),
	},
	{
		name: "imports", title: "Imports", meta: "Files you brought along", icon: "upload",
		load: () => import("./settings-imports.jsx"),
	},
	...WAY_BACK.map((panel) => ({ ...panel, when: () => !inTeam() && panel.when() })),
	{
		name: "storage", title: "Storage", meta: "What’s used, and the limits", icon: "package",
		when: () => !inTeam(), load: () => import("./storage.jsx"),
	},
	{
		name: "tokens", title: "API tokens", meta: "For other programs", icon: "activity",
		when: byPassword, load: () => import("./settings-tokens.jsx"),
	},
];

export default function Settings({ params }) {
	return (
		<Panels
			title="Settings" base="/settings" panels={PANELS.filter(({ when }) => !when || when())}
			wanted={params.panel}
		/>
	);
}
