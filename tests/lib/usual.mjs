// Rules of work as many teams have them: 30 minutes of lunch for each session of more than 5 hours, at most 10 hours a
// day, overtime after 40 hours a week at 1.5, 25.00 an hour.  They hold from the beginning.

export const usual = {
	from: "1970-01-01", lunchRule: "session", lunchAfterHours: 5, lunchMinutes: 30, maxHours: 10,
	weekStart: "monday", overtimeAfterHours: 40, overtimeMultiplier: 1.5, hourlyRate: 2500,
};
