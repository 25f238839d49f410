// All parts.  README.md, in this folder, lists the properties of each.

export { Icon } from "./icon.jsx";
export { Button, IconButton } from "./button.jsx";
export { Field, useControl, useGroup } from "./field.jsx";
export { DurationInput, MoneyInput, NumberInput, TextInput } from "./text.jsx";
export { DateInput, InstantInput, TimeInput, instantOf, localOf } from "./when.jsx";
export { Check, Segments, Select, Toggle } from "./choice.jsx";
export { ColourDot, ColourInput } from "./colour-input.jsx";
export { ListInput } from "./list-input.jsx";
export { PlaceInput } from "./place-input.jsx";
export { FilePick } from "./file-pick.jsx";
export { FileInput, FileView, FilesComing, useFilesFirst } from "./file-input.jsx";
export { Picker } from "./picker.jsx";
export { Sheet } from "./sheet.jsx";
export { Dialog, confirm } from "./dialog.jsx";
export { Menu } from "./menu.jsx";
export { Toasts, clearToasts, toast, undoLast, undoable } from "./toast.jsx";
export { List } from "./list.jsx";
export { Table } from "./table.jsx";
export { DateStrip, MonthPicker } from "./days.jsx";
export { Row, Tag } from "./row.jsx";
export { Rows } from "./rows.jsx";
export { Empty, Notice, Trouble, Waiting } from "./state.jsx";
export { Page, PageEnd } from "./page.jsx";
export { isFine, isNarrow, isVeryWide, isWide } from "./media.js";
export { closeTop, isCovered } from "./layer.js";
export { focusBack, useBeside } from "./beside.js";
export { createPresses } from "./press.js";
export {
	capital, formatAgo, formatDate, formatDay, formatDistance, formatDuration, formatInstant, formatMoney,
	formatMonth, formatNumber, formatPercent, formatPlace, formatSize, formatTime, setClock, setLocale, wordsOf,
} from "./format.js";
export { Bar, Ring } from "./meter.jsx";
export { FilterBar } from "./filter-bar.jsx";
export { Bars } from "./bars.jsx";
export { Chart } from "./chart.jsx";
