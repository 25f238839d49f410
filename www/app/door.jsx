// The door, shown while nobody is signed in: signing in, signing up, a forgotten password.  On a shared handheld it
// shows the names of the people who use it.

import { useRef, useState } from "preact/hooks";
import { Button, Field, Notice, TextInput } from "../ui/index.js";
import { DoorFrame } from "./door-frame.jsx";
import { Lazy } from "./lazy.jsx";
import { engine, session } from "../base/state.js";
import { ownZone } from "../ui/zone.js";
import { useTask } from "../base/task.js";

export const SHORTEST = 8; // characters of a password, as the server has it

/** done(): called after the sign-in.  email: known already, so it cannot be changed. */
export function SignInForm({ email: known = "", done = () => {}, onForgot }) {
	const [email, setEmail] = useState(known);
	const [password, setPassword] = useState("");
	const task = useTask();
	const submit = async (event) => {
		event.preventDefault();
		if (await task.run(() => engine.signIn({ email: email.trim(), password })))
			done();
	};
	return (
		<form class="stack" onSubmit={submit} noValidate>
			<Field label="E-mail" problem={task.problemOf("email")}>
				<TextInput
					type="email" name="email" value={email} onInput={setEmail}
					autocomplete="username" readOnly={Boolean(known)} autofocus={!known}
				/>
			</Field>
			<Field label="Password" problem={task.problemOf("password")}>
				<TextInput
					type="password" name="password" value={password} onInput={setPassword}
					autocomplete="current-password" autofocus={Boolean(known)}
				/>
			</Field>
			{task.problem && <Notice kind="bad">{task.problem}</Notice>}
			<Button kind="primary" type="submit" wide busy={task.busy}>Sign in</Button>
			{onForgot && (
				<Button kind="quiet" onClick={() => onForgot(email)}>Forgot password?</Button>
			)}
		</form>
	);
}

function problemsOf({ name, email, password }) {
	return {
		name: name.trim() ? undefined : "What shall people call you?",
		email: /^\S+@\S+$/.test(email.trim()) ? undefined : "An e-mail address, please.",
		password: [...password].length >= SHORTEST ? undefined : `At least ${SHORTEST} characters, please.`,
	};
}

// The new account's own space is in the zone of this device.  A server that does not know that zone leaves it in UTC.
async function signUpHere(account) {
	try {
		await engine.signUp({ ...account, zone: ownZone() });
	} catch (error) {
		if (error.field !== "zone")
			throw error;
		await engine.signUp(account);
	}
}

/** email: the address an invitation was sent to. */
export function SignUpForm({ email: known = "", done = () => {} }) {
	const [form, setForm] = useState({ name: "", email: known, password: "" });
	const [tried, setTried] = useState(false);
	const task = useTask();
	const problems = tried ? problemsOf(form) : {};
	const wasLost = useRef(false);
	// If the answer to an earlier try was lost, the account may exist already; then this password opens it.
	const enter = async (account) => {
		const { email, password } = account;
		try {
			await signUpHere(account);
		} catch (error) {
			if (!wasLost.current || error.field !== "email") {
				wasLost.current ||= error.status === 0;
				throw error;
			}
			await engine.signIn({ email, password }).catch(() => { throw error; });
		}
	};
	const put = (field) => (value) => setForm((was) => ({ ...was, [field]: value }));
	const submit = async (event) => {
		event.preventDefault();
		setTried(true);
		if (Object.values(problemsOf(form)).some(Boolean))
			return;
		if (await task.run(() => enter({ ...form, name: form.name.trim(), email: form.email.trim() })))
			done();
	};
	return (
		<form class="stack" onSubmit={submit} noValidate>
			<Field label="Your name" problem={problems.name ?? task.problemOf("name")}>
				<TextInput
					name="name" value={form.name} onInput={put("name")} autocomplete="name"
					maxLength={100} autofocus
				/>
			</Field>
			<Field label="E-mail" problem={problems.email ?? task.problemOf("email")}>
				<TextInput
					type="email" name="email" value={form.email} onInput={put("email")}
					autocomplete="username"
				/>
			</Field>
			<Field
				label="Password"
				help={`At least ${SHORTEST} characters; several words are good.`}
				problem={problems.password ?? task.problemOf("password")}
			>
				<TextInput
					type="password" name="password" value={form.password} onInput={put("password")}
					autocomplete="new-password"
				/>
			</Field>
			{task.problem && <Notice kind="bad">{task.problem}</Notice>}
			<Button kind="primary" type="submit" wide busy={task.busy}>Create account</Button>
		</form>
	);
}

function Sent({ email, onBack }) {
	return (
		<DoorFrame title="Look into your mail">
			<p class="soft">
				If there is an account for <bdi>{email}</bdi>, a link is on its way. It is good for one
				hour.
			</p>
			<Button wide onClick={onBack}>Back to sign in</Button>
		</DoorFrame>
	);
}

function Forgot({ email: typed, onBack }) {
	const [email, setEmail] = useState(typed);
	const [sent, setSent] = useState(false);
	const task = useTask();
	const submit = async (event) => {
		event.preventDefault();
		const body = { email: email.trim() };
		if (await task.run(() => engine.requestOpen("POST", "/auth/password/reset", { body })))
			setSent(true);
	};
	if (sent)
		return <Sent email={email.trim()} onBack={onBack} />;
	return (
		<DoorFrame title="A new password">
			<form class="stack" onSubmit={submit} noValidate>
				<Field
					label="E-mail"
					help="We send a link there, with which you choose a new password."
					problem={task.problemOf("email")}
				>
					<TextInput
						type="email" name="email" value={email} onInput={setEmail}
						autocomplete="username" autofocus
					/>
				</Field>
				{task.problem && <Notice kind="bad">{task.problem}</Notice>}
				<Button kind="primary" type="submit" wide busy={task.busy}>Send the link</Button>
				<Button kind="quiet" onClick={onBack}>Back to sign in</Button>
			</form>
		</DoorFrame>
	);
}

const loadHandheld = () => import("./handheld-door.jsx");

export function Door() {
	const { handheld, notice } = session.value;
	const [view, setView] = useState("in");
	const [email, setEmail] = useState("");

	if (handheld && view !== "own")
		return <Lazy load={loadHandheld} properties={{ handheld, onOwn: () => setView("own") }} />;
	if (view === "forgot")
		return <Forgot email={email} onBack={() => setView("in")} />;
	if (view === "up")
		return (
			<DoorFrame title="Create your account" foot={(
				<>
					<span>Been here before?</span>{" "}
					<Button kind="quiet" onClick={() => setView("in")}>Sign in</Button>
				</>
			)}>
				<SignUpForm />
			</DoorFrame>
		);
	const toNames = <Button kind="quiet" onClick={() => setView("in")}>Back to names</Button>;
	const toSignUp = (
		<>
			<span>New here?</span>{" "}
			<Button kind="quiet" onClick={() => setView("up")}>Create an account</Button>
		</>
	);
	return (
		<DoorFrame title="Sign in" foot={handheld ? toNames : toSignUp}>
			{notice && <Notice kind="info">{notice}</Notice>}
			<SignInForm onForgot={(typed) => { setEmail(typed); setView("forgot"); }} />
		</DoorFrame>
	);
}
