// Any collection, from its definition alone.

import { Empty, List, Page, Row } from "../ui/index.js";
import { recordTitle } from "../app/op-words.js";
import { definition, rows } from "../app/state.js";

export default function Collection({ params }) {
	const shape = definition(params.collection);
	const items = rows(params.collection).value;
	return (
		<Page title={shape?.label ?? "Records"}>
			{items.length === 0 ? <Empty icon={shape?.icon} text="Nothing here yet." /> : <List items={items} keyOf={({ id }) => id} row={({ id }) => <Row title={recordTitle(params.collection, id) || id} />} />}
		</Page>
	);
}
