// The members of a team and their roles.

import { useState } from "preact/hooks";
import { Button, Empty, Notice, Row, Rows, Segments, Sheet, Tag, confirm, toast } from "../ui/index.js";
import { OnceLoaded } from "../base/once-loaded.jsx";
import { Link, go } from "../base/router.jsx";
import { definition, hasRole, rows, session, space } from "../base/state.js";
import { useTask } from "../base/task.js";
import { ROLES, ROLE_MEANS, initials, roleWord } from "../base/words.js";

const RANK = { owner: 0, manager: 1, member: 2, viewer: 3 };

// The roles that the person may give: a manager those below their own, an owner all but owner.
function rolesToGive() {
	return ROLES.filter(([role]) => role !== "owner" && (hasRole("owner") || role !== "manager"));
}

function mayChange({ id, role }) {
	return id !== session.value.user.id && hasRole("manager") && role !== "owner" &&
		(hasRole("owner") || role !== "manager");
}

const REMOVED = "They no longer see this team. What they wrote stays, under their name. " +
	"An invitation brings them back.";

function Employee({ employee }) {
	if (employee) {
		const id = employee.employeeId ? `, ${employee.employeeId}` : "";
		return (
			<p>
				<Link to={`/c/employees/${employee.id}`}>
					{employee.firstName} {employee.lastName}{id}
				</Link>
			</p>
		);
	}
	const toAll = hasRole("manager") && <> <Link to="/c/employees">Employees</Link></>;
	return <p class="hint">No record of an employee belongs to this member.{toAll}</p>;
}

function Member({ member, onClose }) {
	const task = useTask();
	const here = space.value;
	const employee = rows("employees").value.find((one) => one.user === member.id);
	const change = (role) => task.run(async () => {
		await here.request("PATCH", `/members/${member.id}`, { body: { role } });
		await here.sync();
		toast(`${member.name} is ${roleWord(role).toLowerCase()} now.`, { kind: "good" });
	});
	const remove = async () => {
		const title = `Remove ${member.name}?`;
		const sure = await confirm({ title, text: REMOVED, action: "Remove", danger: true });
		if (sure && await task.run(() => here.request("DELETE", `/members/${member.id}`))) {
			here.sync();
			onClose();
			toast(`${member.name} is removed.`, { kind: "good" });
		}
	};
	return (
		<Sheet title={member.name} onClose={onClose} side>
			<div class="stack gap-6">
				{member.email && <p class="hint"><bdi>{member.email}</bdi></p>}
				<section class="group stack">
					<h2>Role</h2>
					{mayChange(member) ? (
						<Segments
							label="Role" value={member.role} onInput={change}
							options={rolesToGive()} disabled={task.busy}
						/>
					) : (
						<div><Tag kind="accent">{roleWord(member.role)}</Tag></div>
					)}
					<p class="hint">{ROLE_MEANS[member.role]}</p>
					{task.problem && <Notice kind="bad">{task.problem}</Notice>}
				</section>
				{definition("employees") && (
					<section class="group stack">
						<h2>Employee</h2>
						<Employee employee={employee} />
					</section>
				)}
				{mayChange(member) && (
					<div>
						<Button kind="danger" icon="trash" busy={task.busy} onClick={remove}>
							Remove from the team
						</Button>
					</div>
				)}
			</div>
		</Sheet>
	);
}

function Line({ member, onOpen }) {
	const { id, name, email, role } = member;
	return (
		<Row
			leading={<span class="person-dot disc" aria-hidden="true">{initials(name)}</span>}
			title={name} meta={id === session.value.user.id ? "You" : email}
			trailing={<Tag kind={role === "owner" ? "accent" : "plain"}>{roleWord(role)}</Tag>}
			onOpen={onOpen}
		/>
	);
}

export default function Members() {
	const [open, setOpen] = useState(null);
	const members = [...rows("members").value].sort((a, b) =>
		RANK[a.role] - RANK[b.role] || a.name.localeCompare(b.name));
	const shown = members.find(({ id }) => id === open);
	const toInvite = () => go("/team/invite");
	const firstInvite = <Button kind="primary" icon="invite" onClick={toInvite}>Invite people</Button>;
	return (
		<div class="stack gap-6">
			<Rows items={members} row={(member) => (
				<Line member={member} onOpen={() => setOpen(member.id)} />
			)} />
			{members.length === 1 && hasRole("manager") && (
				<OnceLoaded>
					<Empty icon="invite" text="Only you so far." action={firstInvite} />
				</OnceLoaded>
			)}
			{members.length > 1 && hasRole("manager") && (
				<div><Button icon="invite" onClick={toInvite}>Invite people</Button></div>
			)}
			{shown && <Member member={shown} onClose={() => setOpen(null)} />}
		</div>
	);
}
