// Icons: line drawings from lucide, named by what they mean in Daybook.  An icon without a label is decoration beside
// words.  An icon is never the only sign of something.

import {
	Activity, Archive, ArrowDown, ArrowUp, ArrowUpDown, Bell, BookOpen, Briefcase, Building, Calendar,
	CalendarCheck, CalendarDays, Camera, ChartColumn, Check, ChevronDown, ChevronLeft, ChevronRight, ChevronUp,
	CircleAlert, CircleCheck, CircleQuestionMark, Clock, CloudOff, Coffee, Columns3, Copy, Download, Ellipsis,
	ExternalLink, Eye, FileText, Flag, Funnel, History, House, IdCard, Image, Info, Keyboard, List, ListChecks,
	LocateFixed, Lock, LogIn, LogOut, Mail, MapPin, Menu as MenuLines, MessageSquare, Minus, Moon, Package, Pause,
	Pencil, Play, Plus, Printer, Receipt, RefreshCw, Repeat, Route, Scale, Search, Send, Settings, Shield,
	SlidersHorizontal, Smartphone, Split, Square, SquareCheckBig, Star, Sun, Timer, Trash2, TriangleAlert, Truck,
	Undo2, Upload, User, UserPlus, Users, Wallet, X,
} from "lucide";

const ICONS = {
	// Places
	today: Sun, time: Clock, fleet: Truck, list: List, team: Users, settings: Settings, home: House, more: Ellipsis,
	menu: MenuLines, expenses: Receipt, routine: Repeat, devices: Smartphone, backups: Archive, activity: Activity,
	chart: ChartColumn,
	// Kinds of records, as their definitions name them
	truck: Truck, route: Route, "list-checks": ListChecks, "check-square": SquareCheckBig, scale: Scale,
	clock: Clock, sliders: SlidersHorizontal, book: BookOpen, "id-card": IdCard, pin: MapPin, users: Users,
	message: MessageSquare, bell: Bell, calendar: Calendar, building: Building, briefcase: Briefcase,
	wallet: Wallet, receipt: Receipt, flag: Flag, star: Star, package: Package,
	// Actions
	plus: Plus, minus: Minus, search: Search, close: X, back: ChevronLeft, forward: ChevronRight, up: ChevronUp,
	down: ChevronDown, trash: Trash2, pencil: Pencil, download: Download, upload: Upload, history: History,
	undo: Undo2, copy: Copy, filter: Funnel, columns: Columns3, sort: ArrowUpDown, ascending: ArrowUp,
	descending: ArrowDown, play: Play, pause: Pause, stop: Square, send: Send, print: Printer, open: ExternalLink,
	locate: LocateFixed, camera: Camera, "sign-in": LogIn, "sign-out": LogOut, sync: RefreshCw, invite: UserPlus,
	swap: Split,
	// States and messages
	check: Check, good: CircleCheck, info: Info, warn: TriangleAlert, bad: CircleAlert, help: CircleQuestionMark,
	eye: Eye, lock: Lock, shield: Shield, person: User, mail: Mail, image: Image, file: FileText, timer: Timer,
	lunch: Coffee, offline: CloudOff, keyboard: Keyboard, light: Sun, dark: Moon, "calendar-days": CalendarDays,
	"calendar-check": CalendarCheck,
};

const UNKNOWN = "book"; // a definition may name an icon that is not here

export function Icon({ name, label, size = 20 }) {
	const shape = ICONS[name] ?? ICONS[UNKNOWN];
	const words = label ? { role: "img", "aria-label": label } : { "aria-hidden": "true" };
	return (
		<svg
			class="icon" data-icon={name} width={size} height={size} viewBox="0 0 24 24" focusable="false"
			{...words}
		>
			{shape.map(([Tag, attributes], at) => <Tag key={at} {...attributes} />)}
		</svg>
	);
}
