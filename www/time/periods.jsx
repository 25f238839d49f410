// What stands under a week or a month that is handed in: its state, what was said, and what can be done; and on a day
// that it is locked.

import { useState } from "preact/hooks";
import { Button, Icon, IconButton } from "../ui/index.js";
import { Link, go } from "../base/router.jsx";
import { hasRole, may, userId } from "../base/state.js";
import { spanWords } from "../base/words.js";
import { OpsOf } from "../generic/index.js";
import { capital } from "../ui/format.js";
import { bindingFor, periodsOf, sessionsFor, today } from "./data.js";
import { isMine, isTeam, stateOf, withdraw } from "./handing.js";
import { PeriodTag, PeriodWords, ReopenSheet, ReviewSheet, SubmitSheet } from "./period-sheets.jsx";
import { periodsAt, spanAt } from "./periods.js";

// What this person can do with a period now.
function Steps({ period, onSubmit, onReopen, onReview }) {
	if (!may("update", "periods"))
		return null;
	const mayDecide = isTeam() && hasRole("manager") && !isMine(period), state = stateOf(period);
	if (isMine(period) && (state === "open" || state === "returned"))
		return onSubmit && <Button small kind="primary" icon="send" onClick={onSubmit}>Submit…</Button>;
	if (isMine(period) && state === "submitted")
		return isTeam() ? <Button small icon="undo" onClick={() => withdraw(period)}>Withdraw</Button>
			: <Button small icon="undo" onClick={onReopen}>Open again…</Button>;
	if (mayDecide && state === "submitted")
		return <Button small kind="primary" onClick={onReview}>Review…</Button>;
	return mayDecide && state === "approved" &&
		<Button small icon="undo" onClick={onReopen}>Open again…</Button>;
}

function showHistory({ id }) {
	go(`/c/periods/${encodeURIComponent(id)}/history`);
}

// Periods that share some of the days.
function Others({ list }) {
	return (
		<span class="flow snug">
			{list.map((one) => (
				<span key={one.id} class="line snug small">
					{capital(spanWords(one))} <PeriodTag period={one} />
				</span>
			))}
		</span>
	);
}

// One period: its state, and what this person can do.
function One({ period, mayAgain, onSheet }) {
	return (
		<>
			<PeriodWords period={period} />
			<span class="line snug">
				<IconButton icon="history" label="History" onClick={() => showHistory(period)} />
				<Steps
					period={period} onSubmit={mayAgain ? () => onSheet("submit") : null}
					onReopen={() => onSheet("reopen")} onReview={() => onSheet("review")}
				/>
			</span>
		</>
	);
}

function Opened({ sheet, span, period, onClose }) {
	if (sheet === "submit")
		return <SubmitSheet span={{ from: span.from, to: span.to }} known={period} onClose={onClose} />;
	if (!period || !sheet)
		return null;
	return sheet === "reopen" ? <ReopenSheet period={period} onClose={onClose} />
		: <ReviewSheet period={period} onClose={onClose} />;
}

/** Under the week or month of a person: what has become of it, and what can be done. */
export function PeriodBar({ person, look, date }) {
	const [sheet, setSheet] = useState(null);
	const span = spanAt(look, date, bindingFor(person).rules.sunday);
	const { exact, others, offered } = periodsAt(periodsOf(person), span, look, today.value);
	const isOwn = person === userId.value && may("create", "periods"), isNew = !exact && others.length === 0;
	const mayOffer = offered && isOwn && !exact, words = spanWords(span);
	if (!may("read", "periods") || isNew && !mayOffer)
		return null;
	const offer = mayOffer && (
		<Button
			small kind={isTeam() ? "plain" : "quiet"} icon="send" onClick={() => setSheet("submit")}
		>
			Submit {words}…
		</Button>
	);
	const opened = (
		<Opened sheet={sheet} span={exact ?? span} period={exact} onClose={() => setSheet(null)} />
	);
	const hasHours = isTeam() || sessionsFor(person).some(({ day }) => day >= span.from && day <= span.to);
	if (isNew && !hasHours)
		return null;
	if (isNew && !isTeam()) // nobody waits for it
		return <div class="period-bar flow to-end">{offer}{opened}</div>;
	return (
		<section class="period-bar plate stack gap-3" data-state={exact ? stateOf(exact) : undefined}>
			{exact && <OpsOf collection="periods" id={exact.id} brief />}
			<div class="flow ends">
				{exact && (
					<One
						period={exact} mayAgain={isOwn && exact.to <= today.value}
						onSheet={setSheet}
					/>
				)}
				{isNew && <span class="soft">{capital(words)} is not submitted yet.</span>}
				{others.length > 0 && <Others list={others} />}
				{offer}
			</div>
			{opened}
		</section>
	);
}

/** That a day is locked, and where that can be changed. */
export function LockLine({ lock }) {
	const look = spanWords(lock).startsWith("the week") ? "week" : "month";
	const query = { look, day: lock.from, ...(isMine(lock) ? {} : { of: lock.owner }) };
	return (
		<p class="line snug small soft">
			<Icon name="lock" size={16} />
			<span>
				{capital(spanWords(lock))} is {lock.state}, so its hours are locked.{" "}
				<Link class="way" to="/time" query={query}>Show it</Link>
			</span>
		</p>
	);
}
