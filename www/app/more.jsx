// Every place and every collection, for which the bar of a phone has no room.  Collections are grouped by place.

import { Icon, Page, formatNumber } from "../ui/index.js";
import { collections, offered, places } from "./places.js";
import { Link } from "../base/router.jsx";
import { definition, rows, session } from "../base/state.js";
import { switchPerson } from "../base/handheld.js";
import { show } from "../base/layer.js";

function Count({ collection }) {
	const { length } = rows(collection).value;
	return length > 0 && <span class="hint">{formatNumber(length)}</span>;
}

function Tile({ item, count = false }) {
	return (
		<li>
			<Link to={item.to} class="tile-link in-2 item full">
				<Icon name={item.icon} />
				<span class="grow">{item.title}</span>
				{count && <Count collection={item.name} />}
			</Link>
		</li>
	);
}

function Press({ icon, words, onPress }) {
	return (
		<button type="button" class="tile-link in-2 item full" onClick={onPress}>
			<Icon name={icon} />
			<span class="grow">{words}</span>
		</button>
	);
}

function Group({ title, items, count }) {
	if (items.length === 0)
		return null;
	return (
		<section class="tile-group stack gap-2">
			<h2 class="small medium muted">{title}</h2>
			<ul class="columns" role="list">
				{items.map((item) => <Tile key={item.to} item={item} count={count} />)}
			</ul>
		</section>
	);
}

export default function More() {
	const areas = places.filter((place) => place.covers);
	const itemsOf = (area) => collections.value.filter(({ home, name }) =>
		home === area.name && !definition(name)?.hidden);
	return (
		<Page title="More">
			<div class="stack gap-5 measure">
				<Group title="Places" items={offered.value} />
				<Group title="Records" count items={collections.value.filter((item) => !item.home)} />
				{areas.map((area) => (
					<Group key={area.name} title={area.title} count items={itemsOf(area)} />
				))}
				<section class="tile-group stack gap-2">
					<h2 class="small medium muted"><bdi>{session.value.user.name}</bdi></h2>
					<ul class="columns" role="list">
						<li>
							<Press
								icon="search" words="Search"
								onPress={() => show("palette")}
							/>
						</li>
						<li>
							{session.value.handheld ? (
								<Press
									icon="users" words="Switch user"
									onPress={switchPerson}
								/>
							) : (
								<Press
									icon="sign-out" words="Sign out"
									onPress={() => show("leave")}
								/>
							)}
						</li>
					</ul>
				</section>
			</div>
		</Page>
	);
}
