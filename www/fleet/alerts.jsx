// What Daybook has told everybody: cars that are late.  Whoever sees to one acknowledges it, and the others see who did.

import { Button, Empty, List, Row, Tag, Waiting, capital, formatInstant } from "../ui/index.js";
import { go } from "../base/router.jsx";
import { may, personName, rows, status } from "../base/state.js";
import { acknowledge, alerts, zone } from "./data.js";

function openAbout(about) {
	const [collection, ...id] = (about ?? "").split("/");
	if (collection === "cars")
		return () => go(`/fleet/cars/${encodeURIComponent(id.join("/"))}`);
	return collection && id.length ? () => go(`/c/${collection}/${encodeURIComponent(id.join("/"))}`) : undefined;
}

// The title has named the car already: "Was expected at 14:12 and has not arrived."
function bodyOf({ title, body }) {
	const name = /^Car \S+ /.exec(title ?? "")?.[0];
	return name && body?.startsWith(name) ? capital(body.slice(name.length)) : body;
}

function Alert({ one }) {
	const seen = one.acknowledged && `seen to by ${one.acknowledgedBy ? personName(one.acknowledgedBy) : "someone"}${one.acknowledgedAt ? `, ${formatInstant(one.acknowledgedAt, { zone: zone.value })}` : ""}`;
	return (
		<Row icon={one.acknowledged ? "check" : "warn"} title={one.title} meta={[seen || bodyOf(one), formatInstant(one.at, { zone: zone.value })]} strong={!one.acknowledged} onOpen={openAbout(one.about)}
			mark={one.acknowledged || may("update", "notifications") ? undefined : <Tag kind="warn">open</Tag>}
			actions={!one.acknowledged && may("update", "notifications") ? <Button small icon="check" onClick={() => acknowledge(one)}>Seen to</Button> : undefined} />
	);
}

export function Alerts() {
	const all = [...rows("notifications").value].sort((left, right) => Number(Boolean(left.acknowledged)) - Number(Boolean(right.acknowledged)) || (left.at < right.at ? 1 : -1));
	const open = alerts.value;
	const seeToAll = async () => {
		for (const one of open)
			await acknowledge(one);
	};
	if (all.length === 0)
		return status.value?.loaded ? <Empty icon="bell" text="No alerts. When a car with an expected time is late in a shift, it is told here." /> : <Waiting />;
	return (
		<section class="alerts">
			{open.length > 1 && may("update", "notifications") && <div class="roster-actions"><Button icon="check" onClick={seeToAll}>Mark all {open.length} as seen to</Button></div>}
			<List items={all} keyOf={(one) => one.id} height={68} label="Alerts" row={(one) => <Alert one={one} />} />
		</section>
	);
}
