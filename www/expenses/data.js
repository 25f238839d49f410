// What the app knows of this person's expenses: signals over their rows on this device.  It works without a network.

import { computed } from "@preact/signals";
import { minute } from "../base/clock.js";
import { ownRows, rows } from "../base/state.js";
import { zone } from "../base/zones.jsx";
import { dayIn } from "../ui/zone.js";
import { monthOf } from "./figures.js";

const trips = ownRows("mileage"), receipts = ownRows("receipts"), timesheets = ownRows("timesheets");
const dayNotes = ownRows("dayNotes"), reports = ownRows("expenseReports");
const rates = rows("mileageRates"), rules = rows("perDiemRules"), costCenters = rows("costCenters");
const settings = computed(() => rows("spaceSettings").value[0] ?? null);

/** The month that it is for this person: "2026-10". */
export const month = computed(() => dayIn(zone.value, minute.value).slice(0, 7));

/** Whether they have trips or receipts in it. */
export const hasAny = computed(
	() => [...trips.value, ...receipts.value].some(({ date }) => date?.startsWith(month.value))
);

/** Its figures, as figures.js has them. */
export const figures = computed(() => monthOf(month.value, {
	trips: trips.value, receipts: receipts.value, timesheets: timesheets.value, dayNotes: dayNotes.value,
	rates: rates.value, rules: rules.value, costCenters: costCenters.value, settings: settings.value,
}));

/** Its expense report, or null. */
export const report = computed(() => reports.value.find(({ from }) => from === `${month.value}-01`) ?? null);

/** The currency of the space. */
export const currency = computed(() => settings.value?.currency ?? "USD");
