// What areas take from here: forms, histories, decisions and files of any record.

export { asOfItem, chooseMoment } from "./as-of.jsx";
export { PastDetail, PastSheet } from "./past.jsx";
export { RecordForm } from "./form.jsx";
export { RecordHistory } from "./history.jsx";
export { RecordDetail, openRecord } from "./detail.jsx";
export { ConflictView } from "./conflict.jsx";
export { FailedOp, OpsOf, discardOp, editOp } from "./failed.jsx";
export { ImportSheet } from "./import.jsx";
export { exportRecords } from "./transfer.jsx";
export { changesInWords, opInWords, reasonOf } from "./words.js";
export { describe, nameOf } from "./context.js";
export { fieldsOf } from "./fields.js";
