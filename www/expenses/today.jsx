// What expenses show on the screen Today: what this month comes to so far, what is missing, and where its report
// stands.

import { Icon, formatMoney, formatMonth, formatNumber } from "../ui/index.js";
import { Link } from "../base/router.jsx";
import { count } from "../base/words.js";
import { currency, figures, hasAny, month, report } from "./data.js";

const STATES = {
	draft: "The report is a draft.",
	submitted: "The report is handed in.",
	senior: "The report waits for the senior.",
	supervisor: "The report waits for the supervisor.",
	finance: "The report waits for finance.",
	approved: "The report is approved.",
	returned: "The report was returned.",
};

/** part: "now" or "beside". */
export default function ExpensesToday({ part }) {
	if (part !== "now" || !hasAny.value)
		return null;
	const { sum, missingCount } = figures.value;
	return (
		<section class="today-part">
			<header class="line gap-3 ends">
				<h2>Expenses this month</h2>
				<Link class="today-more way" to="/c/expenseReports">Reports</Link>
			</header>
			<p>
				<b>{formatMoney(sum.total, currency.value)}</b>{" "}
				<span class="soft">
					in {formatMonth(month.value)}, {formatNumber(sum.miles, 1)} miles
				</span>
			</p>
			{missingCount > 0 && (
				<p><Icon name="warn" size={16} /> {count(missingCount, "thing")} missing</p>
			)}
			<p class="soft">
				{report.value ? STATES[report.value.state] : "There is no report of this month yet."}
			</p>
		</section>
	);
}
