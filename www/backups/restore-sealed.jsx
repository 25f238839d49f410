// A restore of a sealed backup: opened here with its key, then restored from like any other.

import { useEffect, useState } from "preact/hooks";
import { IconButton, Sheet, formatInstant } from "../ui/index.js";
import { discardCopy } from "./copy.js";
import { Opening } from "./opening.jsx";
import { streamBackup } from "./requests.js";
import { Restore } from "./restore.jsx";

export function RestoreSealed({ backup, restoring, onClose, onBack }) {
	const [copy, setCopy] = useState(null);
	useEffect(() => () => { restoring.isBusy() || discardCopy(); }, []);
	if (copy)
		return <Restore backup={{ ...backup, ...copy }} restoring={restoring} onClose={onClose} />;
	return (
		<Sheet title={`Restore from ${formatInstant(backup.at)}`} onClose={onClose} wide
			lead={<IconButton icon="back" label="Back to the backup" onClick={onBack} />}>
			<Opening
				source={() => streamBackup(backup.id)} bytes={backup.bytes}
				onSent={(id, { counts }) => setCopy({ id, counts })}
			/>
		</Sheet>
	);
}
