// What opens over or beside a screen.  One thing is open at a time; each is loaded when it is first opened.

import { hide, layer } from "../base/layer.js";
import { Lazy } from "./lazy.jsx";

const LAYERS = {
	chip: () => import("./chip-sheet.jsx"),
	spaces: () => import("./spaces-sheet.jsx"),
	team: () => import("./new-team.jsx"),
	palette: () => import("./palette.jsx"),
	help: () => import("./help.jsx"),
	"as-of": () => import("../generic/as-of.jsx"),
	kept: () => import("../backups/put-back.jsx"),
	leave: () => import("./sign-out.jsx"),
	signin: () => import("./sign-in-again.jsx"),
};

export function Layers() {
	const open = layer.value;
	if (!open)
		return null;
	return (
		<Lazy
			key={open.name} quiet load={LAYERS[open.name]}
			properties={{ ...open.properties, onClose: hide }}
		/>
	);
}
