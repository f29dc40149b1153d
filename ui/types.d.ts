// Written by a test of the domain crate: run it with UPDATE_TYPES=1 after a change there.

/**
 * Everything that windows and tray show.
 */
export type View = { 
/**
 * Of the program.
 */
version: string, 
/**
 * Grows when the answers of a search may differ.
 */
revision: number, 
/**
 * In the order of the settings.
 */
portals: Array<PortalView>, 
/**
 * AWS profiles that Rolecall wrote, the default one first.
 */
profiles: Array<ProfileView>, 
/**
 * A few grants used lately that are not pinned, the latest first.
 */
recent: Array<GrantView>, 
/**
 * The pinned grants, in the person's order.
 */
pinned: Array<GrantView>, 
/**
 * The bookmarks that have a key: the numbers that follow those of the pinned grants.
 */
bookmarks: Array<BookmarkName>, 
/**
 * How many grants are known in all.
 */
grants: number, 
/**
 * The latest thing to tell.
 */
notice: Notice | null, 
/**
 * Something can be undone, also after its notice has gone.
 */
undo: boolean, 
/**
 * Something that wants a second, deliberate act.
 */
question: Question | null, 
/**
 * Programs that want to be let in, the one that is asked about first.
 */
asks: Array<AskView>, 
/**
 * Grows when the access log has changed.
 */
accesses: number, 
/**
 * What became of the hotkey.
 */
hotkey: HotkeyView, 
/**
 * What the person chose.
 */
settings: Choices, 
/**
 * Where that is written.
 */
settingsPath: string, 
/**
 * Why the file could not be read: what was in force before still is.
 */
settingsFailure: Failure | null, 
/**
 * What the console can open in. What is on this computer is looked for when a page wants to know.
 */
browsers: Array<BrowserView>, 
/**
 * Portals of the AWS config that are not known yet.
 */
importable: Array<Importable>, 
/**
 * Words that somebody waits for a role to be found by.
 */
awaited: Array<string>, 
/**
 * Set in the demo.
 */
demo: Demo | null, };

/**
 * One portal.
 */
export type PortalView = { 
/**
 * What the person calls it.
 */
name: PortalName, 
/**
 * Where people sign in.
 */
startUrl: StartUrl, 
/**
 * The region of IAM Identity Center.
 */
region: Region, 
/**
 * From the settings.
 */
colour: Colour | null, 
/**
 * Where its consoles open, if not where all others do.
 */
browser: BrowserChoices | null, 
/**
 * Signed in or not, or on the way.
 */
state: PortalState, 
/**
 * How far a listing is that is under way.
 */
listing: ListingView | null, 
/**
 * Accounts that are known.
 */
accounts: number, 
/**
 * Grants that are known.
 */
grants: number, 
/**
 * When they were last listed in full.
 */
listedAt: Moment | null, 
/**
 * What came and went when they were.
 */
changes: ChangesView | null, 
/**
 * The last thing that did not work.
 */
failure: Failure | null, };

/**
 * Where the sign-in to a portal stands.
 */
export type PortalState = { "state": "unknown" } | { "state": "signedOut" } | { "state": "starting" } | { "state": "waiting", 
/**
 * To compare, or to type. None where the browser comes back by itself.
 */
userCode: string | null, 
/**
 * Where to approve it.
 */
page: string, 
/**
 * When it stops to work.
 */
deadline: Moment, 
/**
 * Where the page is open.
 */
place: Place, 
/**
 * The page as a QR code.
 */
qr: Qr, 
/**
 * What our own window shows.
 */
visit: Visit | null, 
/**
 * What the windows show that the page has opened.
 */
popUps: Array<PopUp>, } | { "state": "signedIn", 
/**
 * When the person has to sign in again, where that can be told.
 */
until: Moment | null, 
/**
 * That is an estimate.
 */
about: boolean, 
/**
 * It is soon.
 */
soon: boolean, 
/**
 * A new token is being fetched.
 */
renewing: boolean, } | { "state": "expired" };

/**
 * Where the page of a sign-in is open.
 */
export type Place = "embedded" | "browser" | "paused";

/**
 * A window that the page of a sign-in has opened: its header must name its own host and no other.
 */
export type PopUp = { 
/**
 * Which, for its own header.
 */
number: number, 
/**
 * What it shows.
 */
visit: Visit, };

/**
 * A QR code.
 */
export type Qr = { 
/**
 * Modules a side, without the quiet zone.
 */
size: number, 
/**
 * SVG path data of the dark modules, one unit each.
 */
path: string, };

/**
 * What the window of a sign-in shows.
 */
export type Visit = { 
/**
 * Whose page it is.
 */
host: string, 
/**
 * It came by https.
 */
secure: boolean, 
/**
 * It is still loading.
 */
loading: boolean, 
/**
 * Why the person may want their own browser.
 */
hint: Hint | null, 
/**
 * A page that was not opened.
 */
blocked: string | null, };

/**
 * What the embedded page may lack.
 */
export type Hint = "passkey" | "certificate" | "google" | "blocked" | "unreachable";

/**
 * How far a listing is.
 */
export type ListingView = { 
/**
 * Accounts whose roles are known.
 */
done: number, 
/**
 * All accounts, as soon as that is known.
 */
total: number | null, };

/**
 * Grants that came and went, as `Account / Role`; the first of many.
 */
export type ChangesView = { 
/**
 * When that was seen.
 */
at: Moment, 
/**
 * New ones.
 */
added: Array<string>, 
/**
 * Those that are gone.
 */
removed: Array<string>, };

/**
 * One profile that Rolecall wrote.
 */
export type ProfileView = { 
/**
 * The profile.
 */
name: ProfileName, 
/**
 * Where it points.
 */
grant: GrantView, 
/**
 * The catalogue has that grant.
 */
known: boolean, 
/**
 * The region it sets.
 */
region: string | null, 
/**
 * Until when the credentials are good that are kept for it.
 */
expiresAt: Moment | null, 
/**
 * How it gets credentials.
 */
mode: Mode, 
/**
 * Set if it goes back by itself.
 */
lease: LeaseView | null, };

/**
 * A switch that ends by itself.
 */
export type LeaseView = { 
/**
 * When.
 */
until: Moment, 
/**
 * Where the profile points then; nowhere if it did not before.
 */
back: GrantView | null, };

/**
 * How a profile gets its credentials.
 */
export type Mode = "process" | "sso" | "keys" | "endpoint";

/**
 * One row of the quick switcher: a grant, or a page that is opened as it.
 */
export type RowView = { 
/**
 * Who.
 */
grant: GrantView, 
/**
 * Where, if it is about a page of the console.
 */
page: PageView | null, };

/**
 * A page of the console. Its texts are untrusted, with nothing invisible left in them.
 */
export type PageView = { 
/**
 * What the person calls it; none if it was only opened lately.
 */
name: BookmarkName | null, 
/**
 * What it shows, such as `lambda: functions/invoice`.
 */
title: string, 
/**
 * Its address; none for the console's home.
 */
url: string | null, 
/**
 * The number of the key that opens it.
 */
key: number | null, 
/**
 * Where it is not clear as whom it is opened: how many roles could.
 */
roles: number, 
/**
 * When it was opened last, if it is no bookmark.
 */
openedAt: Moment | null, 
/**
 * What opens it.
 */
action: Action, };

/**
 * One grant. Its texts are untrusted, with nothing invisible left in them.
 */
export type GrantView = { 
/**
 * What identifies it.
 */
id: GrantId, 
/**
 * Its account's name; empty if it is not known.
 */
accountName: string, 
/**
 * The root user's address.
 */
accountEmail: string | null, 
/**
 * Profiles that point at it.
 */
profiles: Array<ProfileName>, 
/**
 * Its place among the pinned ones, from 1.
 */
pin: number | null, 
/**
 * From the person's marks.
 */
tags: Array<string>, 
/**
 * From the person's marks.
 */
colour: Colour | null, 
/**
 * From the person's marks.
 */
production: boolean, 
/**
 * When it was last switched to.
 */
lastUsed: Moment | null, 
/**
 * Set if it is assumed from another grant.
 */
chain: ChainView | null, };

/**
 * How a chained role is shown: `deploy ← Admin`.
 */
export type ChainView = { 
/**
 * What the person calls it.
 */
name: string, 
/**
 * The role that it starts from. Untrusted, with nothing invisible left in it.
 */
from: string, 
/**
 * Its ARN.
 */
role: string, };

/**
 * What a person switches to: a role in an account of a portal. Never identified by the account's name,
 * which its owner may change at any time.
 */
export type GrantId = { 
/**
 * The portal that lists it.
 */
portal: PortalName, 
/**
 * The account.
 */
accountId: AccountId, 
/**
 * The role in the account.
 */
roleName: RoleName, };

/**
 * A page of some partition's console, by its absolute address: https, on the console's host or below it.
 */
export type Page = string;

/**
 * What a person calls a bookmark. In one file, names differ by more than case.
 */
export type BookmarkName = string;

/**
 * Something to tell.
 */
export type Notice = { 
/**
 * Grows.
 */
id: number, 
/**
 * Good or bad.
 */
kind: NoticeKind, 
/**
 * What it is about.
 */
about: About, 
/**
 * What happened.
 */
text: string, 
/**
 * What to do about it.
 */
hint: string | null, 
/**
 * It can be undone.
 */
undo: boolean, };

/**
 * Good or bad.
 */
export type NoticeKind = "done" | "failed";

/**
 * Something that wants a second, deliberate act.
 */
export type Question = { 
/**
 * To whom it would lead.
 */
grant: GrantView, 
/**
 * Which profile.
 */
profile: ProfileName, 
/**
 * By what.
 */
action: About, 
/**
 * For how long, if a switch would go back by itself.
 */
minutes: number | null, 
/**
 * At which page of the console.
 */
page: string | null, 
/**
 * Because of a link, which anybody can have made.
 */
byLink: boolean, 
/**
 * All that it could be done as, if that is more than one: the question's own grant is the first choice.
 */
choices: Array<GrantView>, };

/**
 * A program that wants to be let in. Its texts are untrusted, with nothing invisible left in them.
 */
export type AskView = { 
/**
 * To answer by.
 */
id: number, 
/**
 * What it wants.
 */
grant: GrantView, 
/**
 * The name of its role.
 */
role: string, 
/**
 * What it is called, such as `terraform`.
 */
name: string, 
/**
 * Where it comes from, such as `started from zsh in ~/infra`.
 */
origin: string | null, 
/**
 * The program's full path.
 */
path: string | null, 
/**
 * The program's process.
 */
pid: number | null, 
/**
 * Where the program works.
 */
directory: string | null, 
/**
 * The process that asks, its parent, and so on.
 */
chain: Array<ProcessView>, 
/**
 * When it asked.
 */
since: Moment, 
/**
 * When it is refused if nobody answers.
 */
deadline: Moment, };

/**
 * A process.
 */
export type ProcessView = { 
/**
 * Its id.
 */
pid: number, 
/**
 * The path of its program; empty if that is not known.
 */
path: string, };

/**
 * A line of the access log. Its texts are untrusted, with nothing invisible left in them.
 */
export type AccessView = { 
/**
 * When it was answered.
 */
at: Moment, 
/**
 * What was asked for.
 */
grant: GrantView, 
/**
 * The name of its role.
 */
role: string, 
/**
 * The profile that led there.
 */
profile: ProfileName | null, 
/**
 * Which way it came.
 */
way: Way, 
/**
 * What became of it.
 */
outcome: Outcome, 
/**
 * Who asked, in words.
 */
who: string, 
/**
 * The full path of the program.
 */
path: string | null, };

/**
 * Which way a request came.
 */
export type Way = "process" | "environment" | "exec" | "console" | "endpoint" | "keys" | "desktop";

/**
 * What became of a request.
 */
export type Outcome = "given" | "refused" | "failed";

/**
 * What a person says.
 */
export type Reply = "once" | "forAWhile" | "deny";

/**
 * What became of the hotkey.
 */
export type HotkeyView = { 
/**
 * The combination.
 */
keys: string | null, 
/**
 * Whether it works.
 */
state: HotkeyState, 
/**
 * Why not.
 */
why: string | null, };

/**
 * Whether the hotkey works.
 */
export type HotkeyState = "off" | "active" | "refused" | "unsupported";

/**
 * The settings as the settings window shows them.
 */
export type Choices = { defaultProfile: ProfileName, defaultRegion: Region | null, theme: Theme, hotkey: string | null, signIn: SignInPlace, consolePage: ConsolePage, autostart: boolean, notifySwitch: boolean, notifySession: boolean, consoleVia: ConsoleVia, browser: BrowserChoices, marks: Array<MarkView>, };

/**
 * `[browser]` of the settings, or of a portal.
 */
export type BrowserChoices = { open: BrowserOpen, 
/**
 * The id of a [`BrowserView`].
 */
program: string | null, extension: ContainerExtension, name: string, private: boolean, };

/**
 * A browser that the console can open in, or that the settings name.
 */
export type BrowserView = { 
/**
 * As in the settings: its name, or the path of its program.
 */
id: string, 
/**
 * What people call it. Safe to show.
 */
label: string, 
/**
 * How many profiles it has, as far as they are known.
 */
profiles: number, 
/**
 * An add-on can bring containers.
 */
containers: boolean, 
/**
 * It was looked for, and is not on this computer.
 */
missing: boolean, };

/**
 * What keeps the consoles of accounts apart.
 */
export type BrowserOpen = "default" | "firefox-container" | "profile";

/**
 * The add-on that opens an address in a container.
 */
export type ContainerExtension = "container" | "granted-containers";

/**
 * How the console is opened.
 */
export type ConsoleVia = "federation" | "portal";

/**
 * One mark.
 */
export type MarkView = { pattern: string, production: boolean, confirm: boolean, ask: boolean, colour: Colour | null, tags: Array<string>, };

/**
 * A portal of the AWS config that is not known yet.
 */
export type Importable = { 
/**
 * What it is called there.
 */
name: string, 
/**
 * Its address.
 */
startUrl: string, 
/**
 * Its region.
 */
region: string, };

/**
 * What the demo shows of itself.
 */
export type Demo = { 
/**
 * The made-up person.
 */
user: string, 
/**
 * Their password.
 */
password: string, 
/**
 * Lines for a terminal whose `aws` and `rolecall` should be in the demo too.
 */
environment: string, };

/**
 * A part of the answers to a search.
 */
export type Found = { 
/**
 * Of the view that they belong to.
 */
revision: number, 
/**
 * What was asked.
 */
query: string, 
/**
 * All answers.
 */
total: number, 
/**
 * How many of them are pages of the console, and no grants.
 */
pages: number, 
/**
 * The place of the first one here.
 */
from: number, 
/**
 * Best first.
 */
rows: Array<RowView>, 
/**
 * What the console opens at if it is opened from this query, such as `instance i-1`. Safe to show.
 */
page: string | null, 
/**
 * Something in the query looks like an ARN or an address, and leads to no page.
 */
notAPage: boolean, 
/**
 * The account of what was pasted, if no role is known in it.
 */
stranger: AccountId | null, };

/**
 * What a person asks for, by a click, a key, a menu or a notification. The JSON form is what pages send.
 */
export type Action = { "type": "switch", 
/**
 * Where.
 */
grant: GrantId, 
/**
 * Which profile.
 */
profile: ProfileName | null, 
/**
 * For how long, before it goes back by itself; for good if that is not said.
 */
minutes: number | null, } | { "type": "endLease", 
/**
 * Of which profile.
 */
profile: ProfileName, } | { "type": "console", 
/**
 * Who to be there.
 */
grant: GrantId, 
/**
 * Where: a query with an ARN or an address in it, else the home.
 */
destination: string | null, } | { "type": "consoleAt", 
/**
 * Who to be there.
 */
grant: GrantId, 
/**
 * Which page.
 */
page: Page, } | { "type": "bookmark", 
/**
 * Its name.
 */
name: BookmarkName, } | { "type": "addBookmark", 
/**
 * As typed.
 */
name: string, 
/**
 * Who opens it.
 */
grant: GrantId, 
/**
 * Which: a query with an ARN or an address in it, else the home.
 */
destination: string | null, } | { "type": "removeBookmark", 
/**
 * Its name.
 */
name: BookmarkName, } | { "type": "copyLink", 
/**
 * To whom it leads.
 */
grant: GrantId, 
/**
 * Where: a query with an ARN or an address in it, else the home.
 */
destination: string | null, } | { "type": "copyBookmark", 
/**
 * Its name.
 */
name: BookmarkName, } | { "type": "signOutOfConsole", 
/**
 * Of the console that this portal leads to.
 */
portal: PortalName, } | { "type": "copyExports", 
/**
 * Whose.
 */
grant: GrantId, } | { "type": "copyConsoleLink", 
/**
 * Who to be there.
 */
grant: GrantId, } | { "type": "pin", 
/**
 * What.
 */
grant: GrantId, 
/**
 * Which of the two.
 */
pinned: boolean, } | { "type": "undo" } | { "type": "answer", 
/**
 * Go on.
 */
yes: boolean, } | { "type": "answerAs", 
/**
 * Which.
 */
grant: GrantId, } | { "type": "reply", 
/**
 * Which question.
 */
question: number, 
/**
 * What to it.
 */
reply: Reply, } | { "type": "clearAccesses" } | { "type": "signIn", 
/**
 * Where to.
 */
portal: PortalName, 
/**
 * By which means; as in the settings if none is named.
 */
place: SignInPlace | null, } | { "type": "signInAfresh", 
/**
 * Where to.
 */
portal: PortalName, } | { "type": "await", 
/**
 * As typed.
 */
query: string, } | { "type": "awaitNoMore", 
/**
 * As typed.
 */
query: string, } | { "type": "cancelSignIn", 
/**
 * Where to.
 */
portal: PortalName, } | { "type": "signOut", 
/**
 * Of what.
 */
portal: PortalName, } | { "type": "signOutAll" } | { "type": "refresh", 
/**
 * Whose.
 */
portal: PortalName, } | { "type": "addPortal", 
/**
 * What it should be called.
 */
name: string, 
/**
 * Its address, or the first part of it.
 */
startUrl: string, 
/**
 * The region of IAM Identity Center; empty if it should be found.
 */
region: string, } | { "type": "removePortal", 
/**
 * Which.
 */
portal: PortalName, } | { "type": "copyCode", 
/**
 * Of which sign-in.
 */
portal: PortalName, } | { "type": "choose", 
/**
 * Which, to what.
 */
choice: Choice, } | { "type": "readBrowsers" } | { "type": "openSettingsFile" } | { "type": "dismiss", 
/**
 * Its number.
 */
notice: number, } | { "type": "show", 
/**
 * Which.
 */
window: Window, } | { "type": "quit" };

/**
 * One choice, as a window makes it.
 */
export type Choice = { "key": "defaultProfile", "value": ProfileName } | { "key": "defaultRegion", "value": Region | null } | { "key": "theme", "value": Theme } | { "key": "hotkey", "value": string | null } | { "key": "signIn", "value": SignInPlace } | { "key": "consolePage", "value": ConsolePage } | { "key": "autostart", "value": boolean } | { "key": "notifySwitch", "value": boolean } | { "key": "notifySession", "value": boolean } | { "key": "consoleVia", "value": ConsoleVia } | { "key": "browserOpen", "value": BrowserOpen } | { "key": "browserProgram", "value": string | null } | { "key": "browserName", "value": string } | { "key": "browserExtension", "value": ContainerExtension } | { "key": "browserPrivate", "value": boolean };

/**
 * The windows with pages of ours.
 */
export type Window = "switcher" | "main" | "ask";

/**
 * What a notice is about.
 */
export type About = "switch" | "undo" | "console" | "copyExports" | "copyConsoleLink" | "copyLink" | "bookmark" | "copyCode" | "pin" | "signIn" | "signOut" | "refresh" | "addPortal" | "await" | "removePortal" | "choose" | "openSettingsFile" | "session" | "settings" | "hotkey" | "agent" | "clearAccesses";

/**
 * A failure as it is shown: what happened, and what to do about it. All three texts are safe to print.
 */
export type Failure = { 
/**
 * What kind.
 */
code: Code, 
/**
 * What happened: one sentence without a full stop.
 */
summary: string, 
/**
 * What to do next.
 */
hint: string, 
/**
 * What the machine said, for whoever wants to dig.
 */
detail: string | null, };

/**
 * What kind of failure, for whoever branches on it. The numbers are the command line's exit codes and part
 * of its contract.
 */
export type Code = "failed" | "usage" | "signInNeeded" | "noSingleMatch" | "fileRefused" | "noKeyring" | "codeNeeded";

/**
 * The colours that a mark can give, by name: each surface has its own shade for light and dark.
 */
export type Colour = "red" | "orange" | "yellow" | "green" | "teal" | "blue" | "purple" | "pink" | "grey";

/**
 * Colours of the windows.
 */
export type Theme = "system" | "light" | "dark";

/**
 * Where the sign-in page opens.
 */
export type SignInPlace = "embedded" | "browser";

/**
 * Where a console opens if no page is named.
 */
export type ConsolePage = "home" | "last";

/**
 * A time, as RFC 3339 in UTC.
 */
export type Moment = string;

/**
 * What the person calls a portal: 1 to 64 of `A–Z a–z 0–9 _ - .`, starting with a letter or digit. It is
 * part of file names and keyring entries.
 */
export type PortalName = string;

/**
 * A profile of the AWS config whose name every SDK reads alike: 1 to 128 of
 * `A–Z a–z 0–9 _ - . / % @ : +`.
 */
export type ProfileName = string;

/**
 * An AWS account id: exactly twelve digits, as text, because leading zeros are real.
 */
export type AccountId = string;

/**
 * A permission set's role name. AWS allows 1 to 32 of word characters and `+=,.@-`, but what a portal
 * answers is not ours to refuse: any text that is not empty is taken, and treated as untrusted.
 */
export type RoleName = string;

/**
 * An AWS region such as `eu-central-1`.
 */
export type Region = string;

/**
 * The start URL of an access portal, kept as the person wrote it: the AWS CLI's token cache is named
 * after the exact text.
 */
export type StartUrl = string;
