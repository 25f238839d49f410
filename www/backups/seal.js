// Sealed backups.  What opens them is large, so it is loaded when it is first needed.

export const loadSeal = () => import("../backup/seal.js");
