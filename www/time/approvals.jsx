// For managers: what people have submitted, and what was decided last; and what of periods shows on Today.

import { useState } from "preact/hooks";
import { Button, Check, Empty, Icon, Row, Rows } from "../ui/index.js";
import { OnceLoaded } from "../base/once-loaded.jsx";
import { Link, go } from "../base/router.jsx";
import { hasRole, may, personName, row, rows } from "../base/state.js";
import { count, spanWords } from "../base/words.js";
import { capital } from "../ui/format.js";
import { decide, isMine, isTeam, nameOf, stateOf } from "./handing.js";
import { PeriodTag, ReopenSheet, ReviewSheet, figuresOf, happened } from "./period-sheets.jsx";
import { hoursText } from "./timer.jsx";

const FEW = 4; // rows on Today
const LATEST = 20; // periods that were decided

const byFrom = (left, right) => (left.from === right.from ? 0 : left.from < right.from ? -1 : 1);

function submitted() {
	return rows("periods").value.filter((one) => one.state === "submitted" && !isMine(one)).sort(byFrom);
}

/** What others have submitted, the earliest first: for managers of a team. */
export function toApprove() {
	return isTeam() && hasRole("manager") && may("update", "periods") ? submitted() : [];
}

/** This person's periods that came back. */
export function returned() {
	return rows("periods").value.filter((one) => one.state === "returned" && isMine(one)).sort(byFrom);
}

// The figures of a period in a row.
function figureWords(figures) {
	const { overtime, overlap, corrected } = figures;
	return [
		overtime > 0 && `${hoursText(overtime)} overtime`,
		overlap > 0 && `${hoursText(overlap)} counted twice`,
		corrected > 0 && `${corrected} corrected by others`,
	].filter(Boolean);
}

function showHours(period) {
	go("/time", { of: period.owner, look: "month", day: period.from });
}

function Submitted({ period, isPicked, onPick, onReview }) {
	const figures = figuresOf(period.owner, period), look = () => showHours(period);
	return (
		<Row
			icon="send" title={personName(period.owner)} onOpen={may("update", "periods") ? onReview : look}
			meta={[capital(spanWords(period)), ...figureWords(figures)]}
			trailing={<b>{hoursText(figures.paid)}</b>}
			actions={may("update", "periods") && (
				<Check value={isPicked} onInput={onPick}>
					<span class="unseen">Choose {nameOf(period)}</span>
				</Check>
			)}
		/>
	);
}

function Decided({ period, onReopen }) {
	return (
		<Row
			title={personName(period.owner)} trailing={<PeriodTag period={period} />}
			onOpen={() => showHours(period)}
			meta={[
				capital(spanWords(period)), happened(period),
				stateOf(period) === "open" ? period.reason : period.comment,
			]}
			actions={period.state === "approved" && may("update", "periods") && (
				<Button small onClick={onReopen}>Open again…</Button>
			)}
		/>
	);
}

// What others had decided about, the latest first.
function decided() {
	return rows("periods").value
		.filter((one) => !isMine(one) && one.decidedAt && stateOf(one) !== "submitted")
		.sort((left, right) => (left.decidedAt < right.decidedAt ? 1 : -1)).slice(0, LATEST);
}

const NONE = "Nothing to approve. Hours that people submit appear here.";

function Waiting({ list, onReview }) {
	const [picked, setPicked] = useState([]), [busy, setBusy] = useState(false);
	const chosen = list.filter(({ id }) => picked.includes(id));
	const pick = (id) => (on) => setPicked(on ? [...picked, id] : picked.filter((one) => one !== id));
	const all = () => setPicked(list.map(({ id }) => id));
	const approve = async () => {
		setBusy(true);
		await decide(chosen, { state: "approved" }, "approved");
		setBusy(false);
		setPicked([]);
	};
	return (
		<section class="stack gap-3">
			<header class="flow ends">
				<h2>To approve</h2>
				{chosen.length > 0 ? (
					<Button kind="primary" icon="check" busy={busy} onClick={approve}>
						Approve {chosen.length}
					</Button>
				) : list.length > 1 && may("update", "periods") && (
					<Button small kind="quiet" onClick={all}>Choose all</Button>
				)}
			</header>
			{list.length === 0 && (
				<OnceLoaded><Empty icon="good" text={NONE} /></OnceLoaded>
			)}
			<Rows
				items={list}
				row={(period) => (
					<Submitted
						period={period} isPicked={picked.includes(period.id)}
						onPick={pick(period.id)} onReview={() => onReview(period.id)}
					/>
				)}
			/>
			<p class="hint">What you submit yourself is decided by another manager.</p>
		</section>
	);
}

/** What is to be approved, and what was decided last. */
export function Approvals() {
	const [sheet, setSheet] = useState(null), latest = decided();
	const open = sheet && row("periods", sheet.id), close = () => setSheet(null);
	const lineOf = (period) => (
		<Decided period={period} onReopen={() => setSheet({ id: period.id, kind: "reopen" })} />
	);
	return (
		<div class="approvals stack gap-6">
			<Waiting list={submitted()} onReview={(id) => setSheet({ id, kind: "review" })} />
			{latest.length > 0 && (
				<section class="stack gap-3">
					<h2>Decided</h2>
					<Rows items={latest} row={lineOf} />
				</section>
			)}
			{open && sheet.kind === "review" && <ReviewSheet period={open} onClose={close} />}
			{open && sheet.kind === "reopen" && <ReopenSheet period={open} onClose={close} />}
		</div>
	);
}

// --- on Today ---

function ToApproveToday({ one }) {
	return (
		<li>
			<Link to="/time/approve" class="today-item item ruled">
				<Icon name="send" size={16} />
				<span class="fixed unbroken"><bdi>{personName(one.owner)}</bdi></span>
				<span class="cut">
					{capital(spanWords(one))}, {hoursText(figuresOf(one.owner, one).paid)}
				</span>
			</Link>
		</li>
	);
}

function ReturnedToday({ one }) {
	return (
		<li>
			<Link to="/time" query={{ look: "month", day: one.from }} class="today-item item ruled">
				<Icon name="undo" size={16} />
				<span class="fixed unbroken">{capital(spanWords(one))} was returned</span>
				<bdi class="cut">{one.comment}</bdi>
			</Link>
		</li>
	);
}

/** What came back to this person, and for managers what waits for them. */
export function PeriodsToday() {
	const back = may("read", "periods") ? returned() : [], waiting = toApprove();
	if (back.length + waiting.length === 0)
		return null;
	const title = waiting.length > 0 ? `${count(waiting.length, "period")} to approve` : "Hours returned";
	return (
		<section class="today-part">
			<header class="line gap-3 ends">
				<h2>{title}</h2>
				{waiting.length > 0 && <Link class="today-more way" to="/time/approve">Approve</Link>}
			</header>
			<ul role="list">
				{back.map((one) => <ReturnedToday key={one.id} one={one} />)}
				{waiting.slice(0, FEW).map((one) => <ToApproveToday key={one.id} one={one} />)}
			</ul>
		</section>
	);
}
