// Whose clock it is in this space: that of a person's work settings, else the space's, else UTC.  The zone of the
// device is only proposed: a record that is read in another place must not change with it.

import { computed } from "@preact/signals";
import { Button, Notice, Picker } from "../ui/index.js";
import { clockIn, ownZone, zoneAmong, zoneNames } from "../ui/zone.js";
import { moment } from "./router.jsx";
import { hasRole, may, rowsNow, space, userId } from "./state.js";
import { writeUndoably } from "./write.js";

const isMine = ({ owner }) => (owner ?? userId.value) === userId.value;
const mine = computed(() => rowsNow("workSettings").value.find(isMine) ?? null);
const ofSpace = computed(() => rowsNow("spaceSettings").value[0] ?? null);

/** The zone that this person's settings name here, else the space's; null where neither does. */
export const namedZone = computed(() => mine.value?.zone ?? ofSpace.value?.zone ?? null);

/** The same, or UTC. */
export const zone = computed(() => zoneAmong(namedZone.value));

/** What the name of a file says of a moment of the past: " as of 2026-11-24 0834". */
export function momentInName(at, zone) {
	const { date, hour, minute } = clockIn(zone, Date.parse(at)), two = (n) => String(n).padStart(2, "0");
	return ` as of ${date} ${two(hour)}${two(minute)}`;
}

/** The same of the moment that is on the screen; "" for the present. */
export const shownInName = () => (moment.value ? momentInName(moment.value, namedZone.value ?? ownZone()) : "");

/** A zone to choose.  The properties are those of Picker. */
export function ZonePicker(properties) {
	const options = zoneNames().map((name) => [name, name.replaceAll("_", " ")]);
	return <Picker {...properties} options={options} placeholder="Search, as Berlin" />;
}

function keep(collection, known) {
	const fields = { zone: ownZone() }, label = { label: "Time zone" };
	return writeUndoably("Time zone saved.", (here) => (known
		? here.set(collection, known.id, fields, label)
		: here.create(collection, fields, label)));
}

/**
 * Says that nobody has named a zone, and proposes the device's to those who may.  wholeSpace: only the space's counts
 * here, as for its cars.
 */
export function ZoneNotice({ wholeSpace = false }) {
	const here = ownZone(), isManager = hasRole("manager") && may("update", "spaceSettings");
	const isNamed = wholeSpace ? ofSpace.value?.zone : namedZone.value;
	const [collection, known] = isManager ? ["spaceSettings", ofSpace.value] : ["workSettings", mine.value];
	if (isNamed || here === "UTC" || !space.value || (!isManager && (wholeSpace || !may("create", collection))))
		return null;
	const use = (
		<Button small onClick={() => keep(collection, known)}>Use {here.replaceAll("_", " ")}</Button>
	);
	return <Notice action={use}>Times are in UTC, because no time zone is chosen.</Notice>;
}
