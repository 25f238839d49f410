// The time zone of the browser tests: one in which it is now the middle of the afternoon, without summer time.  So the
// day has a morning to enter and an evening to plan, at whatever hour the tests run.
const AFTERNOON = 15;
const WEST = -9; // where the first of PLACES lies, in hours east of Greenwich; each next one is an hour on

const PLACES = [
	"Pacific/Gambier", "Pacific/Pitcairn", "America/Phoenix", "America/Costa_Rica", "America/Lima",
	"America/Puerto_Rico", "America/Sao_Paulo",
	"Atlantic/South_Georgia", "Atlantic/Cape_Verde", "Africa/Abidjan", "Africa/Lagos", "Africa/Johannesburg",
	"Africa/Nairobi", "Asia/Dubai",
	"Asia/Karachi", "Asia/Dhaka", "Asia/Bangkok", "Asia/Singapore", "Asia/Tokyo", "Australia/Brisbane",
	"Pacific/Guadalcanal", "Pacific/Tarawa",
	"Pacific/Tongatapu", "Pacific/Kiritimati",
];

export const ZONE = PLACES[(AFTERNOON - new Date().getUTCHours() - WEST + 24) % 24];
