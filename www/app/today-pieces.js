// What the areas show on Today.  A piece is a default export that gets {part}: "now" for the column of what matters
// now, "beside" for the second column of wide windows.  It draws nothing if it has nothing to show.  needs: a
// collection that the space must have.

export const todayPieces = [
	{ name: "time", needs: "workSessions", load: () => import("../time/today.jsx") },
	{ name: "fleet", needs: "cars", load: () => import("../fleet/today.jsx") },
	{ name: "expenses", needs: "receipts", load: () => import("../expenses/today.jsx") },
	{ name: "routine", needs: "tasks", load: () => import("../routine/today.jsx") },
];
