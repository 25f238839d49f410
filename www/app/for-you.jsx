// What Daybook tells one person and nobody else, such as a report that waits for them, until they have seen to it.

import { Button, Row, Rows, formatAgo } from "../ui/index.js";
import { openRecord } from "../generic/index.js";
import { definition, may, rows, session, space } from "../base/state.js";
import { write } from "../base/write.js";

/** The notifications for this person that are open, the latest first. */
export function toldToMe() {
	const me = session.value.user.id;
	const mine = definition("notifications")
		? rows("notifications").value.filter((one) => one.toUser === me && !one.acknowledged) : [];
	return mine.sort((a, b) => (a.at < b.at ? 1 : -1));
}

function seen({ id, title }) {
	return write(() => space.value.set("notifications", id, { acknowledged: true }, { label: `Seen: ${title}` }));
}

// "expenseReports/0193…": what the notification is about, where this person has the record.
function openAbout(about) {
	const [collection, ...rest] = (about ?? "").split("/"), id = rest.join("/");
	const isThere = definition(collection) && rows(collection).value.some((one) => one.id === id);
	return isThere ? () => openRecord(collection, id) : undefined;
}

function Told({ one }) {
	const done = <Button small icon="check" onClick={() => seen(one)}>Seen</Button>;
	return (
		<Row
			icon="bell" title={one.title} strong meta={[one.body, formatAgo(one.at)].filter(Boolean)}
			onOpen={openAbout(one.about)} actions={may("update", "notifications") ? done : undefined}
		/>
	);
}

/** Rows of them. */
export function ForYou({ told }) {
	return <Rows items={told} keyOf={({ id }) => id} row={(one) => <Told one={one} />} />;
}
