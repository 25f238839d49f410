// A table of any length, of which only the rows in sight are in the document: a head that stays, sums at its foot, a row opens with a press
// or with Enter.

import { useMemo, useRef } from "preact/hooks";
import { Icon } from "./icon.jsx";
import { useSight } from "./list.jsx";
import { layOut } from "./window.js";

function SortHead({ column, sort, onSort }) {
	if (!column.sort)
		return column.title;
	const isOn = sort?.key === column.key;
	return (
		<button type="button" class="sort" onClick={() => onSort({ key: column.key, down: isOn && !sort.down })}>
			<span>{column.title}</span>
			{isOn && <Icon name={sort.down ? "descending" : "ascending"} size={14} />}
		</button>
	);
}

function directionOf(column, sort) {
	if (!column.sort)
		return undefined;
	return sort?.key === column.key ? (sort.down ? "descending" : "ascending") : "none";
}

/**
 * columns: [{key, title, cell(item), align: "end", sort: true, sum: text, width: parts of the width}].  sort: {key, down}.
 * mark(item): {selected, news}.  height: pixels of a row.
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
			<colgroup>{columns.map(({ key, width = 1 }) => <col key={key} style={{ width: `${(width / whole) * 100}%` }} />)}</colgroup>
			<thead>
				<tr>{columns.map((column) => <th key={column.key} scope="col" data-align={column.align} aria-sort={directionOf(column, sort)}><SortHead column={column} sort={sort} onSort={onSort} /></th>)}</tr>
			</thead>
			<tbody ref={body}>
				{over > 0 && <tr class="table-space" aria-hidden="true" style={{ height: `${over}px` }}><td colSpan={columns.length} /></tr>}
				{shown.map(({ key, item, at }) => {
					const { selected, news } = mark?.(item) ?? {};
					return (
						<tr key={key} tabIndex={onOpen ? 0 : undefined} class={news ? "glow" : undefined} title={news || undefined} aria-rowindex={at + 2} aria-selected={selected ? "true" : undefined} style={{ height: `${height}px` }}
							onClick={onOpen && (() => onOpen(item))} onKeyDown={onOpen && ((event) => { if (event.key === "Enter" && event.target === event.currentTarget) onOpen(item); })}>
							{columns.map((column) => <td key={column.key} data-align={column.align}><span class="cell" dir="auto">{column.cell(item)}</span></td>)}
						</tr>
					);
				})}
				{under > 0 && <tr class="table-space" aria-hidden="true" style={{ height: `${under}px` }}><td colSpan={columns.length} /></tr>}
			</tbody>
			{hasSums && <tfoot><tr>{columns.map((column) => <td key={column.key} data-align={column.align}>{column.sum}</td>)}</tr></tfoot>}
		</table>
	);
}
