// The team: its members and their roles, invitations, its profile, and its end.

import { Panels } from "./panels.jsx";
import { hasRole, spaceInfo } from "../base/state.js";
import { WAY_BACK } from "./way-back.js";

const PANELS = [
	{
		name: "members", title: "Members", meta: "Who is here, and their roles", icon: "users",
		load: () => import("./team-members.jsx"),
	},
	{
		name: "invite", title: "Invite", meta: "Links that let somebody in", icon: "invite",
		when: () => hasRole("manager"), load: () => import("./team-invite.jsx"),
	},
	{
		name: "profile", title: "Profile", meta: "Name, pay, lunch, time zone", icon: "building",
		when: () => hasRole("manager"), load: () => import("./team-profile.jsx"),
	},
	...WAY_BACK,
	{
		name: "storage", title: "Storage", meta: "What’s used, and the limits", icon: "package",
		when: () => hasRole("manager"), load: () => import("./storage.jsx"),
	},
	{
		name: "end", title: "Leave or delete", meta: "Transfer, leave, delete", icon: "sign-out",
		load: () => import("./team-end.jsx"),
	},
];

export default function Team({ params }) {
	return (
		<Panels
			title={spaceInfo.value.name} base="/team" panels={PANELS.filter(({ when }) => !when || when())}
			wanted={params.panel}
		/>
	);
}
