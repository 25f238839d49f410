// The page of an invitation.  It says which team invites, and the person who is signed in, or signs in now, can join.

import { useEffect, useState } from "preact/hooks";
import { Button, Notice, Segments, Trouble, Waiting, toast } from "../ui/index.js";
import { SignInForm, SignUpForm } from "./door.jsx";
import { DoorFrame } from "./door-frame.jsx";
import { forgetLink } from "./links.js";
import { engine, openSpace, session } from "../base/state.js";
import { useTask } from "../base/task.js";
import { ROLE_MEANS, roleWord, sentence } from "../base/words.js";

function useInvitation(token) {
	const [state, setState] = useState({ invitation: null, error: null });
	const look = async () => {
		setState({ invitation: null, error: null });
		try {
			const { data } = await engine.requestOpen("POST", "/invitations/look", { body: { token } });
			setState({ invitation: data, error: null });
		} catch (error) {
			setState({ invitation: null, error });
		}
	};
	useEffect(() => {
		look();
	}, [token]);
	return { ...state, look };
}

function Accept({ token, invitation }) {
	const task = useTask();
	const { user } = session.value;
	const accept = () => task.run(async () => {
		const { data } = await engine.request("POST", "/invitations/accept", { body: { token } });
		await engine.refreshSpaces();
		await openSpace(data.space.id);
		toast(`You are in ${data.space.name}.`, { kind: "good" });
		forgetLink();
	});
	return (
		<div class="stack">
			<p class="soft">You are signed in as <bdi>{user.name}</bdi> (<bdi>{user.email}</bdi>).</p>
			{task.error && <Notice kind="bad">{sentence(task.error)}</Notice>}
			<Button kind="primary" wide busy={task.busy} onClick={accept}>
				Join <bdi>{invitation.space.name}</bdi>
			</Button>
			<Button kind="quiet" onClick={forgetLink}>Cancel</Button>
		</div>
	);
}

const WAYS = [["up", "I am new"], ["in", "I have an account"]];

function Enter({ invitation }) {
	const [view, setView] = useState("up");
	return (
		<>
			<Segments label="Account" value={view} onInput={setView} options={WAYS} />
			{view === "up" ? <SignUpForm email={invitation.email} /> : <SignInForm />}
		</>
	);
}

export function Invitation({ token }) {
	const { invitation, error, look } = useInvitation(token);

	if (error) {
		const way = error.status === 0 ? { onRetry: look }
			: { action: <Button onClick={forgetLink}>Continue without it</Button> };
		return (
			<DoorFrame title="This invitation"><Trouble text={sentence(error)} {...way} /></DoorFrame>
		);
	}
	if (!invitation)
		return <DoorFrame title="Your invitation"><Waiting rows={3} /></DoorFrame>;
	return (
		<DoorFrame name="Your invitation" title={<>Join <bdi>{invitation.space.name}</bdi></>}>
			<p class="soft">
				<bdi>{invitation.invitedBy}</bdi> invites you as{" "}
				<strong>{roleWord(invitation.role)}</strong>. {ROLE_MEANS[invitation.role]}
			</p>
			{session.value.status === "in" ? (
				<Accept token={token} invitation={invitation} />
			) : (
				<Enter invitation={invitation} />
			)}
		</DoorFrame>
	);
}
