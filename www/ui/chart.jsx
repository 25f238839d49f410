// A chart of a few lines or bars by uPlot, which is loaded when the first chart is shown.  Below it is a table of the
// same figures, for keyboard and screen readers, and for exact values.  The colours are those of the tokens.

import { useEffect, useRef, useState } from "preact/hooks";
import { formatNumber } from "./format.js";

const HEIGHT = 220, LABEL = 64; // pixels of the chart, and of a label along its bottom

function colour(name) {
	return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

const TONES = { plain: "--accent", warn: "--warn", good: "--good", bad: "--bad", quiet: "--line-strong" };

function toneOf(series, at) {
	return colour(TONES[series.tone ?? (at === 0 ? "plain" : "quiet")]);
}

function axesOf(labels, width) {
	const axis = {
		font: `12px ${getComputedStyle(document.body).fontFamily}`, stroke: colour("--ink-3"),
		grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false },
	};
	const each = Math.ceil(labels.length / Math.max(1, Math.floor(width / LABEL)));
	const bottom = {
		...axis, grid: { show: false },
		splits: () => labels.map((_, at) => at),
		values: (_, splits) => splits.map((at) => (at % each === 0 ? labels[at] : "")),
	};
	return [bottom, { ...axis, size: 44 }];
}

// Bars of several series are drawn in one place, over each other: the first is the whole, the next are parts of it.
function seriesOf(series, labels, bars) {
	const points = { show: !bars && labels.length < 40 };
	return series.map((one, at) => ({
		label: one.label, stroke: toneOf(one, at), fill: bars ? toneOf(one, at) : undefined,
		width: bars ? 0 : 2, paths: bars, points,
	}));
}

function optionsOf({ uPlot, kind, labels, series, width, onPoint }) {
	const bars = kind === "bars" ? uPlot.paths.bars({ size: [0.7, 56] }) : undefined;
	return {
		width, height: HEIGHT, legend: { show: false },
		cursor: { drag: { x: false, y: false }, points: { show: !bars } },
		scales: {
			x: { time: false, range: () => [-0.6, labels.length - 0.4] },
			y: { range: (_, low, high) => [Math.min(0, low), Math.max(1, high) * 1.08] },
		},
		axes: axesOf(labels, width),
		series: [{}, ...seriesOf(series, labels, bars)],
		hooks: { setCursor: [(plot) => onPoint(plot.cursor.idx ?? null)] },
	};
}

function valueText({ values, digits = 0 }, at) {
	return values[at] === null || values[at] === undefined ? "–" : formatNumber(values[at], digits);
}

function Values({ title, labels, series }) {
	return (
		<table class="chart-table small">
			<caption class="unseen">{title}</caption>
			<thead>
				<tr>
					<td />
					{series.map((one) => <th key={one.label} scope="col">{one.label}</th>)}
				</tr>
			</thead>
			<tbody>
				{labels.map((label, at) => (
					<tr key={at}>
						<th scope="row">{label}</th>
						{series.map((one) => <td key={one.label}>{valueText(one, at)}</td>)}
					</tr>
				))}
			</tbody>
		</table>
	);
}

// What is written above the chart: the names of the series, or their values where the pointer is.
function headWords(series, labels, point) {
	if (point === null || !labels[point])
		return series.map((one) => one.label).join(", ");
	const valueOf = ({ label, values, digits }) =>
		`${formatNumber(values[point] ?? 0, digits ?? 0)} ${label.toLowerCase()}`;
	return `${labels[point]}: ${series.map(valueOf).join(", ")}`;
}

/** kind: "bars" or "lines".  labels: words along the bottom.  series: [{label, values, tone, digits}]. */
export function Chart({ title, kind = "lines", labels, series }) {
	const place = useRef(null);
	const [point, setPoint] = useState(null), [width, setWidth] = useState(0);
	useEffect(() => {
		const watcher = new ResizeObserver(([entry]) => setWidth(Math.round(entry.contentRect.width)));
		watcher.observe(place.current);
		return () => watcher.disconnect();
	}, []);
	const scheme = useScheme();
	useEffect(() => {
		let plot = null, gone = false;
		const draw = ({ default: uPlot }) => {
			if (gone)
				return;
			const options = optionsOf({ uPlot, kind, labels, series, width, onPoint: setPoint });
			const data = [labels.map((_, at) => at), ...series.map((one) => one.values)];
			plot = new uPlot(options, data, place.current);
		};
		if (width > 0)
			import("uplot").then(draw);
		return () => {
			gone = true;
			plot?.destroy();
		};
	}, [width, kind, scheme, JSON.stringify([labels, series])]);
	return (
		<figure class="stack gap-2">
			<figcaption class="flow gap-1 ends">
				<span class="bold">{title}</span>
				<span class="small muted" aria-hidden="true">{headWords(series, labels, point)}</span>
			</figcaption>
			<div
				class="chart-plot" ref={place} aria-hidden="true"
				style={{ minBlockSize: `${HEIGHT}px` }}
			/>
			<details class="chart-values">
				<summary class="small muted">As a table</summary>
				<Values title={title} labels={labels} series={series} />
			</details>
		</figure>
	);
}

// A text that changes with the theme.  The canvas is then drawn again, because it does not follow the tokens by itself.
function useScheme() {
	const [scheme, setScheme] = useState("");
	useEffect(() => {
		const media = matchMedia("(prefers-color-scheme: dark)");
		const read = () => setScheme(`${media.matches} ${document.documentElement.dataset.theme ?? ""}`);
		const watcher = new MutationObserver(read);
		watcher.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
		media.addEventListener("change", read);
		read();
		return () => {
			watcher.disconnect();
			media.removeEventListener("change", read);
		};
	}, []);
	return scheme;
}
