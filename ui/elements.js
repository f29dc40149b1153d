// @ts-check
// Elements are made here, from text alone: nothing that the program sends is ever read as HTML.

/** @typedef {string | number | boolean | null | undefined | ((event: any) => void)} Value */
/** @typedef {Node | string | null | false | undefined} Child */

/**
 * What each element listens to, so that `settle` can pass it on.
 * @type {WeakMap<Node, Record<string, Value>>}
 */
const listeners = new WeakMap();

/**
 * Makes an element. Functions become handlers (`onclick`), `true` an empty attribute, and what is null or
 * false nothing at all.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, Value>} [attributes]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) set(node, name, value);
  node.append(...children.filter(isChild));
  return node;
}

/** @param {Child} child @returns {child is Node | string} */
const isChild = (child) => child !== null && child !== undefined && child !== false;

/** @param {HTMLElement} node @param {string} name @param {Value} value */
function set(node, name, value) {
  if (typeof value === 'function') {
    listeners.set(node, { ...listeners.get(node), [name]: value });
    Object.assign(node, { [name]: value });
  } else if (name === 'value' || name === 'checked') {
    Object.assign(node, { [name]: value ?? '' });
  } else if (value !== null && value !== undefined && value !== false) {
    node.setAttribute(name, value === true ? '' : String(value));
  }
}

/**
 * Sets an attribute, or takes it away.
 * @param {Element} node
 * @param {string} name
 * @param {string | number | null} value
 */
export function attribute(node, name, value) {
  if (value === null) node.removeAttribute(name);
  else if (node.getAttribute(name) !== String(value)) node.setAttribute(name, String(value));
}

/**
 * An untrusted name: in its own direction, cut off where there is no room, and whole as a tooltip.
 * @param {string} text
 * @param {string} [kind]
 */
export function name(text, kind = '') {
  return el('bdi', { class: `clip ${kind}`, title: text }, text);
}

/**
 * An element of the page's own HTML.
 * @template {HTMLElement} [T=HTMLElement]
 * @param {string} id
 * @returns {T}
 */
export function byId(id) {
  const node = document.getElementById(id);
  if (!node) throw new Error(`#${id} is missing`);
  return /** @type {T} */ (node);
}

/**
 * Makes the children of `live` like the wanted ones, with as little change as possible: focus, caret, scroll
 * and open disclosures stay. Nodes with different `data-key` are never taken for each other.
 * @param {Element} live
 * @param {...Child} wanted
 */
export function settle(live, ...wanted) {
  const homes = homesOf(live);
  /** @param {Node | string} child */
  const asNode = (child) => (typeof child === 'string' ? new Text(child) : child);
  settleChildren(live, wanted.filter(isChild).map(asNode));
  // What had the focus is gone: go on nearby rather than at the start of the page.
  if (document.activeElement === document.body) homes.find((home) => home.isConnected)?.focus();
}

/**
 * Where the focus may go if what has it goes away: the parts of the page around it, the nearest first.
 * @param {Element} live
 */
function homesOf(live) {
  /** @type {HTMLElement[]} */
  const homes = [];
  const focused = document.activeElement;
  if (!focused || !live.contains(focused)) return homes;
  for (let node = focused.parentElement; node; node = node.parentElement) {
    if (node.tabIndex === -1 && node.hasAttribute('tabindex')) homes.push(node);
  }
  return homes;
}

/** @param {Node} live @param {Node[]} wanted */
function settleChildren(live, wanted) {
  wanted.forEach((want, at) => {
    const here = live.childNodes[at] ?? null;
    const match = [...live.childNodes].slice(at).find((node) => isSame(node, want));
    const near = here && (match === here || keyOf(want)) ? match : undefined;
    if (near && near !== here) live.insertBefore(near, here);
    if (near) adapt(near, want);
    else live.insertBefore(want, here);
  });
  while (live.childNodes.length > wanted.length) live.lastChild?.remove();
}

/** @param {Node} node */
const keyOf = (node) => (node instanceof HTMLElement ? node.dataset.key : undefined);

/** @param {Node} a @param {Node} b */
const isSame = (a, b) => a.nodeName === b.nodeName && keyOf(a) === keyOf(b);

/** @param {Node} live @param {Node} want */
function adapt(live, want) {
  if (live instanceof Text && want instanceof Text) {
    if (live.data !== want.data) live.data = want.data;
    return;
  }
  if (!(live instanceof Element && want instanceof Element)) return;
  for (const { name } of [...live.attributes]) {
    // Whether a disclosure is open is the person's.
    if (!want.hasAttribute(name) && name !== 'open') live.removeAttribute(name);
  }
  for (const { name, value } of want.attributes) attribute(live, name, value);
  const [before, after] = [listeners.get(live) ?? {}, listeners.get(want) ?? {}];
  for (const name of Object.keys(before)) if (!(name in after)) Object.assign(live, { [name]: null });
  Object.assign(live, after);
  listeners.set(live, after);
  settleChildren(live, [...want.childNodes]);
  adaptValue(live, want);
}

/**
 * After the children, for a select's value is one of them.
 * @param {Element} live
 * @param {Element} want
 */
function adaptValue(live, want) {
  if (live instanceof HTMLInputElement && want instanceof HTMLInputElement) {
    live.checked = want.checked;
    if (live !== document.activeElement || live.readOnly) live.value = want.value;
  } else if (live instanceof HTMLSelectElement && want instanceof HTMLSelectElement) {
    live.value = want.value;
  }
}
