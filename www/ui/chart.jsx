// A chart of few lines or bars by uPlot, which is loaded when the first one is shown, and behind it a table of the same figures: for the
// keyboard, for screen readers, and for whoever wants to read them off.  The colours are those of the tokens.

import { useEffect, useRef, useState } from "preact/hooks";
import { formatNumber } from "./format.js";

const HEIGHT = 220; // px

function colour(name) {
	return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

const TONES = { plain: "--accent", warn: "--warn", good: "--good", bad: "--bad", quiet: "--line-strong" };

function toneOf(series, at) {
	return colour(TONES[series.tone ?? (at === 0 ? "plain" : "quiet")]);
}

// Bars that stand over each other share a place: the first is the whole, the next a part of it.
function optionsOf({ uPlot, kind, labels, series, width, onPoint }) {
	const font = `12px ${getComputedStyle(document.body).fontFamily}`;
	const axis = { font, stroke: colour("--ink-3"), grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false } };
	const bars = kind === "bars" ? uPlot.paths.bars({ size: [0.7, 56] }) : undefined;
	return {
		width, height: HEIGHT, legend: { show: false }, cursor: { drag: { x: false, y: false }, points: { show: kind !== "bars" } },
		scales: { x: { time: false, range: () => [-0.6, labels.length - 0.4] }, y: { range: (_, low, high) => [Math.min(0, low), Math.max(1, high) * 1.08] } },
		axes: [
			{ ...axis, grid: { show: false }, splits: () => labels.map((_, at) => at), values: (_, splits) => splits.map((at) => (at % Math.ceil(labels.length / Math.max(1, Math.floor(width / 64))) === 0 ? labels[at] : "")) },
			{ ...axis, size: 44 },
		],
		series: [{}, ...series.map((one, at) => ({ label: one.label, stroke: toneOf(one, at), fill: kind === "bars" ? toneOf(one, at) : undefined, width: kind === "bars" ? 0 : 2, paths: bars, points: { show: kind !== "bars" && labels.length < 40 } }))],
		hooks: { setCursor: [(plot) => onPoint(plot.cursor.idx ?? null)] },
	};
}

function Values({ title, labels, series }) {
	return (
		<table class="chart-table">
			<caption class="unseen">{title}</caption>
			<thead><tr><td />{series.map((one) => <th key={one.label} scope="col">{one.label}</th>)}</tr></thead>
			<tbody>{labels.map((label, at) => <tr key={at}><th scope="row">{label}</th>{series.map((one) => <td key={one.label}>{one.values[at] === null || one.values[at] === undefined ? "–" : formatNumber(one.values[at], one.digits ?? 0)}</td>)}</tr>)}</tbody>
		</table>
	);
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
		if (width > 0)
			import("uplot").then(({ default: uPlot }) => {
				if (!gone)
					plot = new uPlot(optionsOf({ uPlot, kind, labels, series, width, onPoint: setPoint }), [labels.map((_, at) => at), ...series.map((one) => one.values)], place.current);
			});
		return () => {
			gone = true;
			plot?.destroy();
		};
	}, [width, kind, scheme, JSON.stringify([labels, series])]);
	return (
		<figure class="chart">
			<figcaption class="chart-head">
				<span class="chart-title">{title}</span>
				<span class="chart-point" aria-hidden="true">{point === null || !labels[point] ? series.map((one) => one.label).join(", ") : `${labels[point]}: ${series.map((one) => `${formatNumber(one.values[point] ?? 0, one.digits ?? 0)} ${one.label.toLowerCase()}`).join(", ")}`}</span>
			</figcaption>
			<div class="chart-plot" ref={place} aria-hidden="true" style={{ minBlockSize: `${HEIGHT}px` }} />
			<details class="chart-values"><summary>As a table</summary><Values title={title} labels={labels} series={series} /></details>
		</figure>
	);
}

// Drawn anew when the theme changes: a canvas knows no tokens.
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
