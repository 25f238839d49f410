// What the areas bring to Today: each piece is a default export that gets {part}: "now" for the column of what matters now, "beside" for
// the second column of wide windows.  It draws nothing where it has nothing to say.  needs: a collection that must be readable.

export const todayPieces = [
	{ name: "time", needs: "workSessions", load: () => import("../time/today.jsx") },
	{ name: "fleet", needs: "cars", load: () => import("../fleet/today.jsx") },
];
