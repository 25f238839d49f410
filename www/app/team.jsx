// The team: its members and their roles, invitations, its profile, and its end.

import { Page, Row, Tag } from "../ui/index.js";
import { rows, session, space } from "./state.js";
import { roleWord } from "./words.js";

export default function Team() {
	const members = [...rows("members").value].sort((a, b) => a.name.localeCompare(b.name));
	return (
		<Page title={space.value.info.name}>
			<ul class="rows column" role="list">
				{members.map((member) => <li key={member.id}><Row icon="person" title={member.name} meta={member.email} trailing={<Tag>{member.id === session.value.user.id ? "you, " : ""}{roleWord(member.role)}</Tag>} /></li>)}
			</ul>
		</Page>
	);
}
