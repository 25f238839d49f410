// A table of any length, of which only the rows in view are in the document.  Its head stays in view, sums are at its
// foot, and a press or Enter opens a row.

import { useMemo, useRef } from "preact/hooks";
import { Icon } from "./icon.jsx";
import { useSight } from "./list.jsx";
import { layOut } from "./window.js";

function SortHead({ column, sort, onSort }) {
	if (!column.sort)
		return column.title;
	const isOn = sort?.key === column.key;
	const turn = () => onSort({ key: column.key, down: isOn && !sort.down });
	return (
		<button type="button" class="sort bare line gap-1" onClick={turn}>
			<span class="cut">{column.title}</span>
			{isOn && <Icon name={sort.down ? "descending" : "ascending"} size={14} />}
		</button>
	);
}

function directionOf(column, sort) {
	if (!column.sort)
		return undefined;
	return sort?.key === column.key ? (sort.down ? "descending" : "ascending") : "none";
}

// The height of the rows above or below the view.
function Space({ height, span }) {
	return (
		<tr class="table-space" aria-hidden="true" style={{ height: `${height}px` }}>
			<td colSpan={span} />
		</tr>
	);
}

function Line({ columns, item, at, height, onOpen, selected, news }) {
	const key = (event) => {
		if (event.key === "Enter" && event.target === event.currentTarget)
			onOpen(item);
	};
	return (
		<tr
			tabIndex={onOpen ? 0 : undefined} class={news ? "glow" : undefined} title={news || undefined}
			aria-rowindex={at + 2} aria-selected={selected ? "true" : undefined}
			style={{ height: `${height}px` }}
			onClick={onOpen && (() => onOpen(item))} onKeyDown={onOpen && key}
		>
			{columns.map((column) => (
				<td key={column.key} data-align={column.align}>
					<span class="cell cut" dir="auto">{column.cell(item)}</span>
				</td>
			))}
		</tr>
	);
}

/**
 * columns: [{key, title, cell(item), align, sort, sum, width}]; align: "end"; sort: whether the table can be sorted by
 * it; sum: the text at its foot; width: a share of the table's width.  sort: {key, down}.  mark(item): {selected,
 * news}. height: pixels of a row.
 */
export function Table({ columns, items, keyOf, sort, onSort, onOpen, mark, label, height = 44 }) {
	const body = useRef(null);
	const layout = useMemo(() => layOut(items, { keyOf, height }), [items, height]);
	const [first, end] = useSight(layout, body);
	const shown = layout.entries.slice(first, end);
	const over = shown[0]?.top ?? 0, under = layout.total - over - shown.length * height;
	const hasSums = columns.some(({ sum }) => sum);
	const whole = columns.reduce((parts, { width = 1 }) => parts + width, 0);
	return (
		<table class="table" aria-label={label} aria-rowcount={items.length + 1}>
			<colgroup>
				{columns.map(({ key, width = 1 }) => (
					<col key={key} style={{ width: `${(width / whole) * 100}%` }} />
				))}
			</colgroup>
			<thead>
				<tr>
					{columns.map((column) => (
						<th
							key={column.key} scope="col" data-align={column.align}
							aria-sort={directionOf(column, sort)}
						>
							<SortHead column={column} sort={sort} onSort={onSort} />
						</th>
					))}
				</tr>
			</thead>
			<tbody ref={body}>
				{over > 0 && <Space height={over} span={columns.length} />}
				{shown.map(({ key, item, at }) => (
					<Line key={key} {...{ columns, item, at, height, onOpen }} {...mark?.(item)} />
				))}
				{under > 0 && <Space height={under} span={columns.length} />}
			</tbody>
			{hasSums && (
				<tfoot>
					<tr>
						{columns.map(({ key, align, sum }) => (
							<td key={key} data-align={align}>
								{sum}
							</td>
						))}
					</tr>
				</tfoot>
			)}
		</table>
	);
}
