// @ts-check
// Every word that people read on the pages. Sentence case, plain words; a translation is another such file.

const numbers = new Intl.NumberFormat('en');

/** @param {number} count @param {string} one @param {string} many */
const counted = (count, one, many) => `${numbers.format(count)} ${count === 1 ? one : many}`;

/** @param {number} count */
const accounts = (count) => counted(count, 'account', 'accounts');
/** @param {number} count */
const roles = (count) => counted(count, 'role', 'roles');

export const language = 'en';

export const times = {
  now: 'just now',
  momentLeft: 'less than a minute',
  /** @param {number} hours @param {number} minutes */
  hoursMinutes: (hours, minutes) =>
    [hours > 0 && `${hours} h`, (minutes > 0 || hours === 0) && `${minutes} min`].filter(Boolean).join(' '),
  /** @param {number} n */ minutesAgo: (n) => `${n} min ago`,
  /** @param {number} n */ hoursAgo: (n) => `${n} h ago`,
  /** @param {number} n */ daysAgo: (n) => (n === 1 ? 'yesterday' : `${n} days ago`),
};

export const say = {
  appName: 'Rolecall',
  production: 'production',
  cancel: 'Cancel',
  copy: 'Copy',
  dismiss: 'Dismiss',
  refresh: 'Refresh',
  undo: 'Undo',
  copyCode: 'Copy code',
  signIn: 'Sign in',
  signInAgain: 'Sign in again',
  newCode: 'Get a new code',
  continueSignIn: 'Continue',
  useBrowser: 'Use my browser instead',
  scanLabel: 'QR code of the sign-in page',
  openConsole: 'Open console',
  copyExports: 'Copy exports',
  accounts,
  roles,
  /** @param {number} done @param {number | null} total */
  listed: (done, total) =>
    total === null ? 'Listing accounts…' : `${numbers.format(done)} of ${accounts(total)}`,
  /** @param {string} portal */ signInTo: (portal) => `Sign in to ${portal}`,
  openAgain: 'Open the page again',
  /** @param {string} time */ leftIs: (time) => `${time} left`,
  /** @param {string} id An account whose name is not known. */
  unnamed: (id) => `Account ${id}`,
  /** @param {import('./types').GrantView} grant The role, and what it is assumed from. */
  role: ({ chain, id }) => (chain ? `${chain.name} ← ${chain.from}` : id.roleName),
  /** @param {number} more */ more: (more) => `+${more}`,
};

export const switcher = {
  title: 'Quick switcher',
  placeholder: 'Account, role, id or ARN',
  box: 'Find an account and role',
  list: 'Accounts and roles',
  /** @param {number} found @param {number} pages */
  found: (found, pages) =>
    [found > 0 && roles(found), pages > 0 && counted(pages, 'page', 'pages')].filter(Boolean).join(', ') || 'No match',
  loading: 'Loading',
  /** @param {string} profile */ activeIn: (profile) => `Active in the profile ${profile}`,
  /** @param {string} time */ lastUsed: (time) => `Used ${time}`,
  /** @param {number} place */ pinnedAs: (place) => `Pinned, number ${place}`,
  /** @param {string} names */ tags: (names) => `Tags: ${names}`,
  rowActions: 'Actions for this role',
  pin: 'Pin',
  unpin: 'Unpin',
  bookmark: 'Bookmark',
  opened: 'Opened lately',
  keyOpens: 'Opens this bookmark',
  /** @param {number} count */ chooses: (count) => `as one of ${roles(count)}`,
  /** @param {number} count */ opensOne: (count) => `Opens as one of ${roles(count)}`,
  /** @param {string} role */ opensAs: (role) => `Opens as ${role}`,
  keepPage: 'Keep as a bookmark',
  forgetPage: 'Remove the bookmark',
  copyLink: 'Copy a link for colleagues',
  keep: { label: 'Keep the page as', keep: 'Keep', back: 'Back' },
  /** @param {string} label @param {string} keys */ withKeys: (label, keys) => `${label} (${keys})`,
  /** @param {string} profile */ switches: (profile) => `Switches ${profile}`,
  settings: 'Settings',
  /** @param {string} page */ opens: (page) => `Opens ${page}`,
  lease: {
    title: 'Switch for a while',
    /** @param {string} profile */ who: (profile) => `Switch ${profile} for`,
    forGood: 'until I switch',
    back: 'Back',
  },
  notAPage: 'What you pasted is no page of AWS’s console',
  notAPageMore: 'Copy the ARN again, or the address from the console’s address bar.',
  /** @param {string} account */ stranger: (account) => `You have no role in the account ${account}`,
  hints: {
    switch: 'Switch',
    lease: 'For a while',
    console: 'Console',
    exports: 'Exports',
    open: 'Open',
    keep: 'Bookmark',
    forget: 'Remove bookmark',
    link: 'Copy link',
  },

  noPortal: 'No AWS access portal yet',
  noPortalMore: 'Add the one that your company uses, and its accounts and roles appear here.',
  addPortal: 'Add your first portal',
  signedOut: 'Sign in to see your accounts',
  signedOutMore: 'Rolecall asks AWS for the list of accounts and roles that you may use.',
  looking: 'Looking for your session…',
  starting: 'Asking AWS…',
  firstListing: 'Listing your accounts and roles…',
  /** @param {string} portal */ waiting: (portal) => `Approve the sign-in to ${portal}`,
  waitingMore: 'Approve only if the page of AWS shows this code.',
  /** @param {string} portal */ inBrowser: (portal) => `Sign in to ${portal} in your browser`,
  inBrowserMore: 'The page is open there. It comes back here by itself.',
  nothing: 'No account or role yet',
  nothingMore: 'AWS listed no account that you may use. If that is new to you, ask who gave you access.',
  /** @param {string} query */ noMatch: (query) => `Nothing fits “${query}”`,
  noMatchMore: 'It may be new: refresh the list. Or be told when it appears, such as after a request for access.',
  tellMe: 'Tell me when it appears',
  awaited: 'You are told when it appears. The list is refreshed every minute until then.',
  dontTell: 'Don’t wait for it',
  /** @param {string} keys */ refreshAll: (keys) => `Refresh (${keys})`,
  refreshing: 'Refreshing…',

  /** @param {string} portal */ signedOutOf: (portal) => `Signed out of ${portal}`,
  /** @param {string} portal */ expired: (portal) => `The session with ${portal} has ended`,
  /** @param {string} portal */ approve: (portal) => `Waiting for your approval for ${portal}`,
  /** @param {number} more */ andMore: (more) => counted(more, 'other portal', 'other portals'),
};

export const question = {
  /** @type {Record<string, (name: string, profile: string, time: string) => string>} */
  asks: {
    switch: (grant, profile, time) => `Switch ${profile} to ${grant}${time}?`,
    console: (grant) => `Open the console as ${grant}?`,
    copyExports: (grant) => `Copy credentials for ${grant}?`,
    copyConsoleLink: (grant) => `Copy a console link for ${grant}?`,
  },
  /** @type {Record<string, string>} */
  yes: { switch: 'Switch', console: 'Open console', copyExports: 'Copy', copyConsoleLink: 'Copy' },
  goOn: 'Go on',
  /** @param {string} role @param {string} account */ grant: (role, account) => `${role} in ${account}`,
  /** @param {string} time */ time: (time) => ` for ${time}`,
  production: 'This is a production account.',
  which: 'Several of your roles could open it.',
  as: 'Open it as',
  /** @param {string} account */ asksAs: (account) => `Open the console in ${account}?`,
  byLink: 'A link asks for this, and anybody can have made it. Open it only if you know why.',
  marked: 'Your marks ask for a second look before this one is used.',
  /** @param {string} keys */ keys: (keys) => `${keys} confirms`,
  /** @param {string} keys */ shorter: (keys) => `. Cancel and press ${keys} to switch for a while only`,
};

export const mainWindow = {
  nav: 'Pages',
  sessions: 'Sessions',
  portals: 'Portals',
  accesses: 'Access log',
  settings: 'Settings',
  about: 'About',
  notices: 'Notices',
};

export const demo = {
  title: 'Demo',
  text: 'A made-up organisation on this computer. Nothing reaches AWS or your own AWS files.',
  user: 'User',
  password: 'Password',
  terminal: 'Use the demo in a terminal',
  terminalMore: 'Paste these lines, and aws and rolecall in that terminal are in the demo too.',
  copied: 'Copied',
};

export const sessions = {
  /** @type {Record<string, string>} */
  states: {
    unknown: 'Looking for your session…',
    signedOut: 'Signed out',
    starting: 'Asking AWS…',
    waiting: 'Waiting for your approval',
    signedIn: 'Signed in',
    renewing: 'Renewing…',
    expired: 'Session ended',
  },
  paused: 'Sign-in interrupted',
  pausedMore: 'The window was closed. The code still works: continue, or start over later.',
  /** @param {string} time @param {string} left */ until: (time, left) => `until ${time}, ${left} left`,
  /** @param {string} time @param {string} left */
  untilAbout: (time, left) => `until about ${time} (an estimate), roughly ${left} left`,
  soon: 'Ends soon',
  renew: 'Renew',
  signOut: 'Sign out',
  afresh: 'Sign in afresh',
  afreshMore: 'A role is missing? AWS shows some only to sessions that began after they were given.',
  inBrowser: 'Sign in in your browser. The page comes back here by itself.',
  code: 'Code',
  approveCode: 'Approve only if the page of AWS shows this code.',
  /** @param {string} place */
  placed: (place) =>
    place === 'browser' ? 'The page is open in your browser.' : 'The page is open in a window.',
  scan: 'Or scan it with another device.',
  /** @param {number} a @param {number} g */ known: (a, g) => `${accounts(a)}, ${roles(g)}`,
  /** @param {string} time */ listedAt: (time) => `listed ${time}`,
  notListed: 'not listed in full yet',
  nothingKnown: 'Nothing listed yet',
  /** @param {string} portal */ refreshList: (portal) => `Refresh the list of ${portal}`,
  /** @param {number} added @param {number} removed */
  changes: (added, removed) =>
    [added > 0 && counted(added, 'new role', 'new roles'), removed > 0 && `${numbers.format(removed)} gone`]
      .filter(Boolean)
      .join(', '),
  added: 'New',
  removed: 'Gone',
  details: 'Details',
  active: 'Active profiles',
  noProfiles: 'No profile yet. Switch to a role and it appears here.',
  openSwitcher: 'Open the quick switcher',
  columns: {
    profile: 'Profile',
    account: 'Account',
    role: 'Role',
    until: 'Region, credentials',
    actions: 'Actions',
  },
  /** @type {Record<import('./types').Mode, string>} How AWS tools get credentials through a profile. */
  modes: { process: 'process', sso: 'sso', keys: 'keys', endpoint: 'endpoint' },
  /** @type {Record<import('./types').Mode, string>} */
  modeTips: {
    process: 'AWS tools ask Rolecall (credential_process). No secret is written.',
    sso: 'AWS tools ask AWS, with the session of the AWS CLI (sso_session).',
    keys: 'Temporary keys are in the AWS credentials file. Rolecall renews them while it runs.',
    endpoint: 'AWS tools ask Rolecall’s endpoint, by variables of their environment (rolecall endpoint).',
  },
  /** @param {string} time @param {string} then */ lease: (time, then) => `for ${time}, then ${then}`,
  nowhere: 'nothing',
  goBack: 'Go back now',
  noRegion: 'not set',
  noCredentials: 'on demand',
  overCredentials: 'renewed on demand',
  unlisted: 'not in the list any more',
};

export const ask = {
  title: 'Rolecall: a program waits',
  production: 'Production',
  /** Who wants which role in which account. */
  wants: [' wants ', ' in '],
  /** @param {number} count */ waiting: (count) => `${numbers.format(count)} programs wait; this one was first`,
  unknown: 'unknown program',
  scope: '“15 minutes” is for this role and this program, as it was started here.',
  details: 'Who is that?',
  path: 'Program',
  pid: 'Process id',
  directory: 'Folder',
  chain: 'Asks through',
  /** @param {string} time */ left: (time) => `${time} left, then it is refused`,
  answers: 'Answers',
  /**
   * Each label in three parts: the middle is the letter that chooses it.
   * @type {Record<import('./types').Reply, [string, string, string]>}
   */
  replies: {
    deny: ['', 'D', 'eny'],
    forAWhile: ['Allow ', 'f', 'or 15 minutes'],
    once: ['Allow ', 'o', 'nce'],
  },
};

export const accesses = {
  more: 'Programs that asked for credentials through Rolecall, the latest first.',
  filter: 'Filter by program, account, role or outcome',
  columns: { when: 'When', role: 'Role', program: 'Program', outcome: 'Outcome' },
  /** @type {Record<import('./types').Outcome, string>} */
  outcomes: { given: 'given', refused: 'refused', failed: 'failed' },
  /** @type {Record<import('./types').Way, string>} */
  ways: {
    process: 'as credential_process',
    environment: 'by rolecall env',
    exec: 'by rolecall exec',
    console: 'for the console',
    endpoint: 'over the endpoint',
    keys: 'as keys in a file',
    desktop: 'by a click here',
  },
  /** @param {string} profile */ profile: (profile) => `profile ${profile}`,
  none: 'No program has asked for credentials yet.',
  noMatch: 'Nothing fits.',
  /** @param {number} shown @param {number} all */
  count: (shown, all) =>
    shown === all
      ? counted(all, 'access', 'accesses')
      : `${numbers.format(shown)} of ${counted(all, 'access', 'accesses')}`,
  clear: 'Clear the log',
  clearAsks: 'Clear the access log?',
  clearMore: 'It can’t be brought back. What programs were given stays theirs until it expires.',
};

export const portals = {
  add: 'Add a portal',
  addButton: 'Add portal',
  adding: 'Adding…',
  remove: 'Remove',
  /** @param {string} portal */ removeNamed: (portal) => `Remove ${portal}`,
  /** @param {string} portal */ removeAsks: (portal) => `Remove ${portal}?`,
  removeMore:
    'Rolecall signs out of it and forgets its accounts, roles, pins and credentials. Profiles that ' +
    'point at it stop working until you add it again.',
  found: 'Found on this computer',
  foundMore: 'These portals are in your AWS config.',
  import: 'Import',
  /** @param {string} portal */ importNamed: (portal) => `Import ${portal}`,
  startUrl: 'Start URL or its first part',
  startUrlHint: 'The address where you choose an AWS account. Its first part is enough.',
  startUrlWrong: 'This should be an address such as https://d-1234567890.awsapps.com/start, or d-1234567890.',
  startUrlMissing: 'Enter the address of your portal.',
  /** @param {string} url */ becomes: (url) => `Opens ${url}`,
  region: 'Region of IAM Identity Center',
  regionHint: 'Leave it empty and it is looked up. Often it is not the region you work in.',
  regionFound: 'looked up',
  regionWrong: 'This should be a region such as us-east-1 or eu-central-1, or empty.',
  name: 'Name',
  nameHint: 'What you want to call it.',
  nameWrong: 'Use 1 to 64 letters, digits, dots, hyphens or underscores, beginning with a letter or digit.',
  /** @param {string} name */ nameTaken: (name) => `There is a portal called ${name} already.`,
  welcome: 'Welcome to Rolecall',
  welcomeMore:
    'Switch between AWS accounts and roles from the tray or with one shortcut. Begin with the ' +
    'access portal where your company signs in to AWS.',
  orAdd: 'Or add another one',
  /** @param {string} portal */ ready: (portal) => `${portal} is ready`,
  readyMore: 'Sign in once, and Rolecall lists the accounts and roles that you may use.',
};

export const settings = {
  general: 'General',
  switching: 'Switching',
  signingIn: 'Signing in',
  notifications: 'Notifications',
  marks: 'Marks',
  theme: 'Theme',
  themes: { system: 'As the system', light: 'Light', dark: 'Dark' },
  hotkey: 'Shortcut for the quick switcher',
  hotkeyHint: 'Works everywhere on this computer. Click and press keys; Backspace turns it off.',
  hotkeyPress: 'Press the keys…',
  hotkeyOff: 'Off',
  hotkeyNeeds: 'Needs Ctrl, Alt or Super, or it would take a key that you type.',
  hotkeyNeedsMac: 'Needs Control, Option or Command, or it would take a key that you type.',
  hotkeyCannot: 'This key can’t be part of a shortcut.',
  hotkeyActive: 'Active',
  hotkeyRefused: 'Another program may use it already. Try a different one.',
  hotkeyUnsupported: 'This desktop gives programs no shortcuts of their own.',
  hotkeyCommand: 'Bind this command to a key in the keyboard settings of your desktop:',
  command: 'rolecall-desktop --toggle',
  autostart: 'Start when I log in',
  profile: 'Profile to switch',
  profileHint: 'A switch writes this profile of your AWS config.',
  profileWrong: 'Use letters, digits and . _ - / % @ : + only.',
  defaultRegion: 'Region of new profiles',
  defaultRegionHint: 'Left empty, the portal’s own region.',
  regionWrong: 'This should be a region such as us-east-1, or empty.',
  signIn: 'Open the sign-in page',
  signIns: { embedded: 'In a window of Rolecall', browser: 'In my browser' },
  signInHint: 'Passkeys and security keys work in the browser only.',
  notifySwitch: 'Tell me when a switch is done',
  notifySession: 'Tell me when a session or a switch for a while ends',
  marksMore: 'Colours, tags and confirmations by name. They are edited in the settings file.',
  noMarks: 'No marks yet.',
  markColumns: { pattern: 'Fits', look: 'Colour', tags: 'Tags', confirm: 'Asks first' },
  /** @type {Record<string, string>} */
  colours: {
    red: 'red',
    orange: 'orange',
    yellow: 'yellow',
    green: 'green',
    teal: 'teal',
    blue: 'blue',
    purple: 'purple',
    pink: 'pink',
    grey: 'grey',
  },
  noColour: 'none',
  no: 'no',
  /** @param {boolean} confirm @param {boolean} ask */
  asks: (confirm, ask) => (confirm && ask ? 'switches, programs' : confirm ? 'switches' : 'programs'),
  file: 'Settings file',
  openFile: 'Open settings file',
  fileBroken: 'The settings file could not be read. What was in force before still is.',
};

export const browsers = {
  title: 'Console',
  page: 'Where no page is chosen, open',
  pages: { home: 'The console’s home', last: 'The page opened last' },
  pageHints: {
    home: 'Pages opened before are found in the quick switcher and in the tray.',
    last: 'Each account opens where you were in it. Its home is in the tray.',
  },
  via: 'Sign the browser in',
  vias: { federation: 'By Rolecall', portal: 'By the portal' },
  viaHints: {
    federation: 'With the role’s credentials. A browser keeps one console, or one in each container or profile.',
    portal:
      'The browser signs in at the portal by itself and keeps several consoles side by side. ' +
      'Chained roles are signed in by Rolecall.',
  },
  open: 'Open consoles in',
  opens: {
    default: 'The browser as it is',
    'firefox-container': 'A container per account',
    profile: 'A profile per account',
  },
  openHints: {
    default: 'Containers or profiles keep the consoles of several accounts apart.',
    'firefox-container': 'In Firefox, which needs an add-on for it. Private windows have no containers.',
    profile: 'The profile of that name is used. If there is none, the browser makes one.',
  },
  program: 'Browser',
  ofDesktop: 'Default browser',
  /** @param {string} [browser] */
  first: (browser) => (browser ? `Automatic (${browser})` : 'Automatic'),
  /** @param {string} browser */ missing: (browser) => `${browser} (not found)`,
  missingHint: 'It was not found on this computer, so consoles don’t open.',
  /** @param {string} browser @param {number} count */
  withProfiles: (browser, count) =>
    count > 0 ? `${browser} (${counted(count, 'profile', 'profiles')})` : browser,
  extension: 'Add-on of Firefox',
  extensions: { container: 'Open external links in a container', 'granted-containers': 'Granted' },
  containerName: 'Name of the container',
  containerNameHint: '{account}, {account_id}, {role} and {portal} are filled in.',
  profileName: 'Name of the profile',
  profileNameHint: '{account}, {account_id}, {role} and {portal} are filled in. Without them, it has to be there.',
  nameMissing: 'Enter a name, such as {account}.',
  /** @param {string} part */
  nameWrong: (part) => `There is no ${part}. Use {account}, {account_id}, {role} or {portal}.`,
  private: 'Use a private window',
  /** @param {string} where Of one portal. */ own: (where) => `Consoles open in: ${where}`,
};

export const about = {
  /** @param {string} version */ version: (version) => `Version ${version}`,
  what: 'Switches AWS accounts and roles.',
  licence: 'Licence',
  licences: 'MIT or Apache-2.0, as you like.',
  shortcuts: 'Keys of the quick switcher',
  keys: 'Keys',
  does: 'What they do',
  /** @type {(primary: string, alternative: string) => [string, string][]} */
  list: (primary, alternative) => [
    ['Enter', 'Switch to the selected role, or open the selected page'],
    [`${alternative} Enter`, 'Switch for a while'],
    [`${primary} Enter`, 'Open the AWS console, at the ARN or address in the box if there is one'],
    ['Shift Enter', 'Copy environment exports'],
    [`${primary} P`, 'Pin or unpin'],
    [`${primary} D`, 'Keep a page as a bookmark, or take the bookmark out'],
    [`${primary} L`, 'Copy a link for colleagues, which holds no secret'],
    [`${primary} 1 … 9`, 'Switch to a pinned role, or open a bookmark'],
    [`${primary} R`, 'Refresh all portals'],
    [`${primary} Z`, 'Undo the last switch, or bring the bookmark back, when the box is empty'],
    [`${primary} ,`, 'Open the settings'],
    ['Up, Down, Page up, Page down', 'Move'],
    [`${primary} Home, ${primary} End`, 'First, last'],
    ['Esc', 'Close'],
  ],
};

export const signInHeader = {
  /** @param {string} portal */ title: (portal) => `Sign in to ${portal}`,
  secure: 'Secure connection to',
  notSecure: 'not secure',
  thisComputer: 'this computer',
  noPage: 'No page yet',
  approve: 'Approve only if the page shows this code',
  code: 'Code',
  otherDevice: 'Other device',
  otherDeviceMore: 'Scan this with your phone, or open the address on another device. Then compare the code.',
  page: 'Address',
  loading: 'The page is loading',
  starting: 'Asking AWS…',
  inBrowser: 'The page is open in your browser. Come back when you have approved it.',
  paused: 'The sign-in is interrupted.',
  done: 'Signed in. This window closes by itself.',
  signedOut: 'No sign-in is under way.',
  openRolecall: 'Open Rolecall',
  again: 'Try again',
  over: 'The code is too old. Nothing was approved with it.',
  hints: {
    passkey: 'This page may ask for a passkey or security key, which this window can’t use.',
    certificate: 'This page asks for a certificate, which this window can’t offer.',
    google: 'Google does not allow sign-in inside other programs.',
    /** @param {string} host */ blocked: (host) => `A page was not opened: ${host}`,
    unreachable: 'The page can’t be reached. Check the network, or try your browser.',
  },
};
