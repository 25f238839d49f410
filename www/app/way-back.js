// The panels about copies of a space and about its past.  They stand with the team, or in the settings for a person's
// own space.

import { hasRole, session } from "../base/state.js";

const byPassword = () => session.value.kind === "password";

/** [{name, title, meta, icon, when, load}]; when(): whether the server would let this person use it here. */
export const WAY_BACK = [
	{
		name: "backups", title: "Backups", meta: "Copies, restoring, schedule", icon: "backups",
		when: () => byPassword() && hasRole("manager"), load: () => import("../backups/backups.jsx"),
	},
	{
		name: "move", title: "Export and import", meta: "Everything as one file", icon: "swap",
		when: () => byPassword() && hasRole("owner"), load: () => import("../backups/move.jsx"),
	},
	{
		name: "undo", title: "Undo changes", meta: "By person, time or file", icon: "undo",
		when: () => hasRole("member"), load: () => import("../backups/undo.jsx"),
	},
];
