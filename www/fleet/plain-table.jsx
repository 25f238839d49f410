// A short table of figures in a report that is read and printed: a caption, the words of its columns, and a row for
// each item.  nameOf(item) is its name and key, cells(item) the <td> elements beside the name.

function Line({ name, cells, isLate }) {
	return (
		<tr data-late={isLate ? "true" : undefined}>
			<th scope="row"><bdi>{name}</bdi></th>
			{cells}
		</tr>
	);
}

export function PlainTable({ caption, kind = "", heads, items, nameOf, cells, isLate = () => false }) {
	return (
		<table class={`plain-table small full ${kind}`}>
			<caption>{caption}</caption>
			<thead>
				<tr>{heads.map((head, i) => <th key={i} scope="col">{head}</th>)}</tr>
			</thead>
			<tbody>
				{items.map((item) => (
					<Line
						key={nameOf(item)} name={nameOf(item)} cells={cells(item)}
						isLate={isLate(item)}
					/>
				))}
			</tbody>
		</table>
	);
}
