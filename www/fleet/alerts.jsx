// The alerts that everybody gets: cars that are late.  The person who deals with one acknowledges it, and the others
// see who did.

import { Button, Empty, List, Row, Tag, Waiting, capital, formatInstant } from "../ui/index.js";
import { go } from "../base/router.jsx";
import { may, personName, status } from "../base/state.js";
import { acknowledge, alerts, allAlerts, zone } from "./data.js";

function openAbout(about) {
	const [collection, ...id] = (about ?? "").split("/");
	if (collection === "cars")
		return () => go(`/fleet/cars/${encodeURIComponent(id.join("/"))}`);
	return collection && id.length ? () => go(`/c/${collection}/${encodeURIComponent(id.join("/"))}`) : undefined;
}

// The text without the car, which the title names already: "Was expected at 14:12 and has not arrived."
function bodyOf({ title, body }) {
	const name = /^Car \S+ /.exec(title ?? "")?.[0];
	return name && body?.startsWith(name) ? capital(body.slice(name.length)) : body;
}

function seenWords({ acknowledgedBy, acknowledgedAt }) {
	const when = acknowledgedAt ? `, ${formatInstant(acknowledgedAt, { zone: zone.value })}` : "";
	return `Handled by ${acknowledgedBy ? personName(acknowledgedBy) : "someone"}${when}`;
}

function Alert({ one }) {
	const isOpen = !one.acknowledged, mayAct = may("update", "notifications");
	const seeTo = <Button small icon="check" onClick={() => acknowledge(one)}>Mark handled</Button>;
	return (
		<Row
			icon={isOpen ? "warn" : "check"} title={one.title} strong={isOpen}
			meta={[isOpen ? bodyOf(one) : seenWords(one), formatInstant(one.at, { zone: zone.value })]}
			onOpen={openAbout(one.about)}
			mark={isOpen && !mayAct ? <Tag kind="warn">open</Tag> : undefined}
			actions={isOpen && mayAct ? seeTo : undefined}
		/>
	);
}

// Open alerts first, then the latest.
function byUrgency(left, right) {
	return (
		Number(Boolean(left.acknowledged)) - Number(Boolean(right.acknowledged)) ||
		(left.at < right.at ? 1 : -1)
	);
}

const NONE = "No alerts. When a car with an expected time is late in a shift, it is told here.";

export function Alerts() {
	const all = [...allAlerts.value].sort(byUrgency);
	const open = alerts.value;
	const seeToAll = async () => {
		for (const one of open)
			await acknowledge(one);
	};
	if (all.length === 0)
		return status.value?.loaded ? <Empty icon="bell" text={NONE} /> : <Waiting />;
	return (
		<section class="alerts">
			{open.length > 1 && may("update", "notifications") && (
				<div class="flow">
					<Button icon="check" onClick={seeToAll}>
						Mark {open.length} as handled
					</Button>
				</div>
			)}
			<List
				items={all} keyOf={(one) => one.id} height={68} label="Alerts"
				row={(one) => <Alert one={one} />}
			/>
		</section>
	);
}
