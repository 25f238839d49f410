// Invitations: a link that lets one person in, shown once, as text and as a code for a phone's camera.

import { useState } from "preact/hooks";
import {
	Button, Field, Notice, Row, Rows, Segments, TextInput, Trouble, Waiting, confirm, formatDate, toast,
} from "../ui/index.js";
import { useAsked } from "../base/asked.js";
import { Copyable } from "./copyable.jsx";
import { Lazy } from "./lazy.jsx";
import { hasRole, personName, space } from "../base/state.js";
import { useTask } from "../base/task.js";
import { ROLES, ROLE_MEANS, roleWord, sentence } from "../base/words.js";

const loadCode = () => import("./code.jsx");

function Made({ made, onAnother }) {
	const link = made.link ?? `${location.origin}/#invitation=${made.token}`;
	const share = () => navigator.share({ title: "Daybook", url: link }).catch(() => {});
	const way = made.mailed
		? `The link is on its way to ${made.invitation.email}.`
		: "Hand this link over yourself.";
	const code = { text: link, label: "The link as a code for a phone’s camera" };
	return (
		<section class="group stack">
			<Notice kind="good">{way} It is shown once, and lets one person in.</Notice>
			<Copyable label="Link of the invitation" text={link} />
			<Lazy quiet load={loadCode} properties={code} />
			<div class="flow">
				{navigator.share && <Button icon="send" onClick={share}>Share</Button>}
				<Button icon="plus" onClick={onAnother}>Invite another person</Button>
			</div>
		</section>
	);
}

const EMAIL_HELP = "With an address, only that person can use the link, and it is mailed there where mail is set up.";

function NewInvitation({ onMade }) {
	const [form, setForm] = useState({ role: "member", email: "" });
	const task = useTask();
	const put = (field) => (value) => setForm((was) => ({ ...was, [field]: value }));
	const roles = ROLES.filter(([role]) => role !== "owner" && (hasRole("owner") || role !== "manager"));
	const make = async (event) => {
		event.preventDefault();
		const body = form.email.trim() ? { role: form.role, email: form.email.trim() } : { role: form.role };
		await task.run(async () => onMade((await space.value.request("POST", "/invitations", { body })).data));
	};
	return (
		<form class="group stack" onSubmit={make} noValidate>
			<Field label="As" help={ROLE_MEANS[form.role]} problem={task.problemOf("role")}>
				<Segments value={form.role} onInput={put("role")} options={roles} />
			</Field>
			<Field label="E-mail" note="optional" help={EMAIL_HELP} problem={task.problemOf("email")}>
				<TextInput type="email" value={form.email} onInput={put("email")} />
			</Field>
			{task.problem && <Notice kind="bad">{task.problem}</Notice>}
			<div>
				<Button kind="primary" type="submit" icon="invite" busy={task.busy}>
					Create link
				</Button>
			</div>
		</form>
	);
}

function Line({ one, onRevoke }) {
	const until = formatDate(one.expiresAt);
	return (
		<Row
			icon="mail" title={one.email ?? "Anyone with the link"}
			meta={[roleWord(one.role), `by ${personName(one.createdBy)}`, `until ${until}`]}
			trailing={<Button small onClick={() => onRevoke(one)}>Cancel invitation</Button>}
		/>
	);
}

export default function Invite() {
	const here = space.value;
	const load = async () => (await here.request("GET", "/invitations")).data.invitations;
	const { data, error, ask } = useAsked(load, here.id);
	const [made, setMade] = useState(null);
	const revoke = async (one) => {
		const sure = await confirm({
			title: "Cancel this invitation?",
			text: "Its link will stop working. You can invite them again.",
			action: "Cancel invitation",
			cancel: "Keep it",
			danger: true,
		});
		if (!sure)
			return;
		await here.request("DELETE", `/invitations/${one.id}`)
			.then(() => toast("Invitation canceled.", { kind: "good" }))
			.catch((problem) => toast(sentence(problem), { kind: "bad" }));
		ask();
	};
	return (
		<div class="stack gap-6">
			{made ? (
				<Made made={made} onAnother={() => setMade(null)} />
			) : (
				<NewInvitation onMade={(invitation) => { setMade(invitation); ask(); }} />
			)}
			{!data && (error ? <Trouble text={sentence(error)} onRetry={ask} /> : <Waiting rows={2} />)}
			{data && (
				<section class="group stack">
					<h2>Open invitations</h2>
					<Rows
						items={data} empty="No open invitations."
						row={(one) => <Line one={one} onRevoke={revoke} />}
					/>
				</section>
			)}
		</div>
	);
}
