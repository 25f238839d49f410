// What stands under a week or a month that is handed in: its state, what was said, and what can be done; and on a day
// that it is locked.

import { useState } from "preact/hooks";
import { Button, Icon } from "../ui/index.js";
import { Link } from "../base/router.jsx";
import { hasRole, may, userId } from "../base/state.js";
import { spanWords } from "../base/words.js";
import { OpsOf } from "../generic/index.js";
import { capital } from "../ui/format.js";
import { bindingFor, periodsOf, today } from "./data.js";
import { isMine, isTeam, stateOf, withdraw } from "./handing.js";
import { PeriodTag, PeriodWords, ReopenSheet, ReviewSheet, SubmitSheet } from "./period-sheets.jsx";
import { periodsAt, spanAt } from "./periods.js";

// What this person can do with a period now.
function Steps({ period, onSubmit, onReopen, onReview }) {
	const mayDecide = isTeam() && hasRole("manager") && !isMine(period), state = stateOf(period);
	if (isMine(period) && (state === "open" || state === "returned"))
		return onSubmit && <Button small kind="primary" icon="send" onClick={onSubmit}>Submit…</Button>;
	if (isMine(period) && state === "submitted")
		return isTeam() ? <Button small icon="undo" onClick={() => withdraw(period)}>Withdraw</Button>
			: <Button small icon="undo" onClick={onReopen}>Open again…</Button>;
	if (mayDecide && state === "submitted")
		return <Button small kind="primary" onClick={onReview}>Look and decide</Button>;
	return mayDecide && state === "approved" &&
		<Button small icon="undo" onClick={onReopen}>Open again…</Button>;
}

/** Under the week or month of a person: what has become of it, and what can be done. */
export function PeriodBar({ person, look, date }) {
	const [sheet, setSheet] = useState(null);
	const close = () => setSheet(null), { rules } = bindingFor(person);
	const span = spanAt(look, date, rules.sunday);
	const { exact, others, offered } = periodsAt(periodsOf(person), span, look, today.value);
	const mayOffer = person === userId.value && may("create", "periods");
	if (!may("read", "periods") || !exact && others.length === 0 && !(offered && mayOffer))
		return null;
	const submitted = exact ?? span, mayAgain = mayOffer && submitted.to <= today.value;
	return (
		<section class="period-bar plate stack gap-3" data-state={exact ? stateOf(exact) : undefined}>
			{exact && <OpsOf collection="periods" id={exact.id} brief />}
			<div class="flow ends">
				{exact && <PeriodWords period={exact} />}
				{!exact && others.length === 0 && (
					<span class="soft">{capital(spanWords(span))} is not submitted yet.</span>
				)}
				{others.length > 0 && (
					<span class="flow snug">
						{others.map((one) => (
							<span key={one.id} class="line snug small">
								{capital(spanWords(one))} <PeriodTag period={one} />
							</span>
						))}
					</span>
				)}
				{exact ? (
					<Steps
						period={exact} onSubmit={mayAgain ? () => setSheet("submit") : null}
						onReopen={() => setSheet("reopen")} onReview={() => setSheet("review")}
					/>
				) : offered && mayOffer && (
					<Button small icon="send" onClick={() => setSheet("submit")}>
						Submit {spanWords(span)}…
					</Button>
				)}
			</div>
			{sheet === "submit" && (
				<SubmitSheet
					span={{ from: submitted.from, to: submitted.to }} known={exact} onClose={close}
				/>
			)}
			{sheet === "reopen" && <ReopenSheet period={exact} onClose={close} />}
			{sheet === "review" && <ReviewSheet period={exact} onClose={close} />}
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
				<Link class="way" to="/time" query={query}>Look</Link>
			</span>
		</p>
	);
}
