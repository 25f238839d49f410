// Code that is loaded when it is first needed.

import { useEffect, useState } from "preact/hooks";
import { Trouble, Waiting } from "../ui/index.js";
import { report } from "../base/errors.js";
import { takeUpdate, updateReady } from "./worker.js";

const loaded = new Map(); // load function → component

// Whether the server has a newer version.  Without a service worker this shows only in its page, which then names
// another script.
async function isOld() {
	if (updateReady.value)
		return true;
	try {
		const answer = await fetch("/", { cache: "reload" });
		const ours = document.querySelector("script[src]").getAttribute("src");
		return answer.ok && !(await answer.text()).includes(ours);
	} catch {
		return false;
	}
}

const OLD = "A new version of Daybook is here, and this part of the old one is gone. What you typed is kept.";
const NOT_HERE = "This screen has not been opened on this device before, and there is no connection to fetch it.";

/** load: () => import("…"), whose default export is drawn with the properties.  quiet: nothing is drawn meanwhile. */
export function Lazy({ load, properties, quiet = false }) {
	const [, redraw] = useState(0);
	const [error, setError] = useState(null);
	const [isGone, setGone] = useState(false);
	const Part = loaded.get(load);

	const fetchPart = () => {
		setError(null);
		load().then((module) => {
			loaded.set(load, module.default);
			redraw((n) => n + 1);
		}, (problem) => {
			if (navigator.onLine)
				report(problem, "loading");
			setError(problem);
			isOld().then(setGone);
		});
	};
	useEffect(() => {
		if (!Part)
			fetchPart();
	}, [load]);
	if (Part)
		return <Part {...properties} />;
	if (quiet)
		return null;
	if (!error)
		return <Waiting />;
	if (isGone || updateReady.value)
		return <Trouble text={OLD} retry="Open the new version" onRetry={takeUpdate} />;
	return <Trouble text={NOT_HERE} onRetry={fetchPart} />;
}
