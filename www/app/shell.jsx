// The whole page: the door, or the frame with a place in it.

import { effect } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { Toasts, Trouble, Waiting, clearToasts } from "../ui/index.js";
import { address } from "../base/router.jsx";
import { session, space, trouble, userId } from "../base/state.js";
import { Boundary } from "./boundary.jsx";
import { Door } from "./door.jsx";
import { Frame } from "./frame.jsx";
import { Invitation } from "./invitation.jsx";
import { hide } from "../base/layer.js";
import { linkToken } from "./links.js";
import { NewPassword } from "./password.jsx";

let person = null;

// The next person does not see what was open for the person before, nor their toasts with Undo.
effect(() => {
	if (person && userId.value !== person) {
		hide();
		clearToasts();
	}
	person = userId.value;
});

const LONG = 10_000; // milliseconds without an answer after which the page says so
const STUCK =
	"The browser has not opened what this device keeps. Closing all of its windows and opening it again can help.";
const NOT_COME = "Your records have not come from the server yet.";
const CLOSED = "Daybook cannot open what this device keeps. A private window or a full disk can be the cause.";

function Opening() {
	const [isLong, setLong] = useState(false);
	useEffect(() => {
		const timer = setTimeout(() => setLong(true), LONG);
		return () => clearTimeout(timer);
	}, []);
	const retry = () => location.reload();
	if (!trouble.value && !isLong)
		return <main class="opening pad-5 stack gap-0 measure"><Waiting /></main>;
	if (!trouble.value) {
		const text = session.value.status === "starting" ? STUCK : NOT_COME;
		return <main class="opening pad-5 stack gap-0 measure"><Trouble text={text} onRetry={retry} /></main>;
	}
	return (
		<main class="opening pad-5 stack gap-0 measure">
			<Trouble text={CLOSED} onRetry={retry}><p>{trouble.value.message}</p></Trouble>
		</main>
	);
}

function Screen() {
	const { status } = session.value;
	const link = linkToken.value;

	if (status === "starting")
		return <Opening />;
	if (link?.kind === "reset")
		return <NewPassword token={link.token} />;
	if (link?.kind === "invitation")
		return <Invitation token={link.token} />;
	if (status === "out")
		return <Door />;
	return space.value ? <Frame /> : <Opening />;
}

export function Shell() {
	return (
		<>
			<Boundary place={address.value.path}><Screen /></Boundary>
			<Toasts />
		</>
	);
}
