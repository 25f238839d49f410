// Job sites without a map: from here, the nearest first, each with its distance and its fence in words.

import { useState } from "preact/hooks";
import { Button, Empty, List, Notice, Row, Sheet, Tag, Waiting, formatDistance, isWide } from "../ui/index.js";
import { may, status } from "../app/state.js";
import { RecordForm } from "../generic/index.js";
import { ClockIn, usePlace, whereInWords } from "./clock.jsx";
import { atSite, nearestSites } from "./sessions.js";
import { sites } from "./data.js";

function placeOf(site) {
	return [site.address, site.city].filter(Boolean).join(", ");
}

export function Sites() {
	const { place, problem, asking, ask } = usePlace(false);
	const [opened, setOpened] = useState(null), [clocking, setClocking] = useState(null);
	const closed = sites.value.filter((site) => site.status === "inactive");
	const list = [...nearestSites([...sites.value], place), ...closed];
	const mayEdit = may("create", "jobSites");
	return (
		<section class="sites">
			<div class="sites-head">
				<Button icon="locate" busy={asking} onClick={ask}>{place ? "Look again where I am" : "How far am I?"}</Button>
				{place && <span class="hint">Known to {formatDistance(place.accuracy)}.</span>}
				{mayEdit && <Button icon="plus" onClick={() => setOpened("new")}>New job site</Button>}
			</div>
			{problem && <Notice kind="warn" icon="locate">{problem}</Notice>}
			{list.length === 0 && (status.value?.loaded ? <Empty icon="pin" text="A job site is a place where people clock in: with an address, a position, and how near they must be." /> : <Waiting />)}
			<List items={list} keyOf={(site) => site.id} height={72} row={(site) => (
				<Row icon="pin" title={site.name} meta={[place || !placeOf(site) ? whereInWords(site, place) : placeOf(site), `fence ${formatDistance(site.radius ?? 100)}, ${(site.outside ?? "refuse") === "refuse" ? "refused outside" : "marked outside"}`]}
					mark={site.status === "inactive" ? <Tag>closed</Tag> : place && atSite(site, place).inside ? <Tag kind="good" icon="check">here</Tag> : undefined}
					onOpen={() => (mayEdit ? setOpened(site.id) : setClocking(site))}
					actions={site.status !== "inactive" && may("create", "workSessions") && <Button small icon="play" onClick={() => setClocking(site)}>Clock in</Button>} />
			)} />
			{opened && <Sheet side={isWide.value} title={opened === "new" ? "New job site" : sites.value.find((site) => site.id === opened)?.name ?? "Job site"} onClose={() => setOpened(null)}>
				<RecordForm collection="jobSites" id={opened === "new" ? null : opened} onClose={() => setOpened(null)} />
			</Sheet>}
			{clocking && <ClockIn site={clocking} onClose={() => setClocking(null)} onDone={() => {}} />}
		</section>
	);
}
