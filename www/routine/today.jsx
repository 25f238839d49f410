// What the routine shows on the screen Today: what is done of what is due, points, streak, and what is left.

import { Icon, formatNumber } from "../ui/index.js";
import { Link } from "../base/router.jsx";
import { may } from "../base/state.js";
import { count } from "../base/words.js";
import { done, figures, open, tasks } from "./data.js";

const FEW = 5;

function Figure({ value, label }) {
	return (
		<div>
			<b class="figure-value">{value}</b>
			<span class="figure-label small soft">{label}</span>
		</div>
	);
}

function Figures() {
	const { completion, streak, points } = figures.value;
	return (
		<div class="figures four">
			<Figure
				value={formatNumber(completion.completed)}
				label={`of ${formatNumber(completion.due)} due today`}
			/>
			<Figure
				value={formatNumber(streak.current)}
				label={streak.current === 1 ? "day in a row" : "days in a row"}
			/>
			<Figure value={formatNumber(points.total)} label="points" />
			<Figure value={`${formatNumber(points.better)}%`} label="better" />
		</div>
	);
}

function Mark({ task }) {
	return (
		<button
			type="button" class="task-mark bare centre fixed touch" role="checkbox"
			aria-checked="false" aria-label={`Done: ${task.title}`}
			disabled={!may("create", "taskLogs")} onClick={() => done(task)}
		>
			<span class="box centre" />
		</button>
	);
}

function Task({ task }) {
	return (
		<li class="today-task line gap-3 ruled">
			<Mark task={task} />
			<Link to={`/c/tasks/${encodeURIComponent(task.id)}`} class="today-item item grow">
				<bdi class="cut grow">{task.title}</bdi>
				{task.mustDo && <Icon name="flag" size={16} label="Must do" />}
			</Link>
		</li>
	);
}

/** part: "now" or "beside". */
export default function RoutineToday({ part }) {
	if (part !== "now" || tasks.value.length === 0)
		return null;
	const left = open.value;
	return (
		<section class="today-part">
			<header class="line gap-3 ends">
				<h2>Routine</h2><Link class="today-more way" to="/c/tasks">Tasks</Link>
			</header>
			<Figures />
			{left.length > 0 && (
				<ul role="list">
					{left.slice(0, FEW).map((task) => <Task key={task.id} task={task} />)}
					{left.length > FEW && (
						<li>
							<Link to="/c/tasks" class="today-item item ruled">
								{count(left.length - FEW, "more task")}
							</Link>
						</li>
					)}
				</ul>
			)}
		</section>
	);
}
