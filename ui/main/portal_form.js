// @ts-check
// The form that adds a portal. It keeps what is typed, so it is made once and never drawn anew.
import { act } from '../bridge.js';
import { attribute, el } from '../elements.js';
import { portals as words } from '../strings.js';
import { isName, isRegion, nameOf, regionOf, regions, startUrlOf } from './address.js';

/** @typedef {import('../types').View} View */

export class PortalForm {
  #address = field('start-url', words.startUrl, words.startUrlHint);
  #region = field('region', words.region, words.regionHint);
  #name = field('portal-name', words.name, words.nameHint);
  #title = el('h2', { class: 'part' }, words.add);
  #failed = el('p', { class: 'wrong', role: 'alert', dir: 'auto' });
  #button = el('button', { type: 'submit', class: 'primary' }, words.addButton);
  /**
   * What was sent and not answered yet.
   * @type {{ name: string, after: number } | null}
   */
  #sent = null;
  /**
   * Names in use.
   * @type {string[]}
   */
  #taken = [];
  #lastNotice = 0;

  /** @param {HTMLElement} place */
  constructor(place) {
    const list = el('datalist', { id: 'regions' }, ...regions.map((value) => el('option', { value })));
    this.#region.input.setAttribute('list', 'regions');
    this.#address.input.placeholder = 'd-1234567890';
    this.#region.input.placeholder = words.regionFound;
    this.#reset();
    this.#address.input.addEventListener('input', () => this.#derive());
    for (const { input } of this.#fields) {
      input.addEventListener('input', () => input.classList.add('edited'));
      input.addEventListener('change', () => input.value && this.#check());
    }
    const onsubmit = (/** @type {Event} */ event) => {
      event.preventDefault();
      this.#send();
    };
    const form = el('form', { class: 'card', novalidate: true, autocomplete: 'off', onsubmit });
    form.append(
      ...this.#fields.map(({ node }) => node),
      list,
      this.#failed,
      el('div', { class: 'buttons' }, this.#button),
    );
    place.append(this.#title, form);
  }

  get #fields() {
    return [this.#address, this.#region, this.#name];
  }

  /**
   * Takes up what a view tells of what was sent.
   * @param {View} view
   */
  show({ portals, notice, importable }) {
    this.#taken = portals.map(({ name }) => name);
    this.#title.textContent = portals.length === 0 && importable.length > 0 ? words.orAdd : words.add;
    this.#lastNotice = notice?.id ?? this.#lastNotice;
    if (!this.#sent) return;
    const failed = notice?.about === 'addPortal' && notice.kind === 'failed' && notice.id > this.#sent.after;
    if (this.#taken.includes(this.#sent.name)) {
      this.#reset();
      location.hash = 'sessions';
    } else if (failed) {
      this.#failed.textContent = [notice.text, notice.hint].filter(Boolean).join('. ');
    } else return;
    this.#setSent(null);
  }

  /** @param {{ name: string, after: number } | null} sent */
  #setSent(sent) {
    this.#sent = sent;
    this.#button.disabled = sent !== null;
    this.#button.textContent = sent ? words.adding : words.addButton;
  }

  #reset() {
    for (const { input } of this.#fields) {
      input.value = '';
      input.classList.remove('edited');
    }
    this.#address.tell(null, words.startUrlHint);
    this.#failed.textContent = '';
  }

  /** Fills in what the address tells, where the person has not said otherwise. */
  #derive() {
    const [address, region, name] = [this.#address.input.value, this.#region.input, this.#name.input];
    const url = startUrlOf(address);
    const isShort = url !== null && url !== address.trim();
    this.#address.tell(null, isShort ? words.becomes(url) : words.startUrlHint);
    if (!name.classList.contains('edited')) name.value = nameOf(address);
    if (!region.classList.contains('edited')) region.value = regionOf(address) ?? '';
  }

  /** Says in words what is wrong; true if nothing is. */
  #check() {
    const [address, region, name] = this.#fields.map(({ input }) => input.value.trim());
    const url = startUrlOf(address ?? '');
    this.#address.tell(address ? (url ? null : words.startUrlWrong) : words.startUrlMissing);
    this.#region.tell(!region || isRegion(region) ? null : words.regionWrong);
    const isTaken = this.#taken.includes(name ?? '');
    this.#name.tell(isTaken ? words.nameTaken(name ?? '') : isName(name ?? '') ? null : words.nameWrong);
    return this.#fields.every(({ input }) => input.getAttribute('aria-invalid') !== 'true');
  }

  #send() {
    if (this.#sent) return;
    this.#failed.textContent = '';
    if (!this.#check()) {
      this.#fields.find(({ input }) => input.getAttribute('aria-invalid') === 'true')?.input.focus();
      return;
    }
    const [startUrl = '', region = '', name = ''] = this.#fields.map(({ input }) => input.value.trim());
    this.#setSent({ name, after: this.#lastNotice });
    act({ type: 'addPortal', name, startUrl, region });
  }
}

/**
 * A text field with a line below it, which says what it is for or what is wrong.
 * @param {string} id
 * @param {string} label
 * @param {string} hint
 */
function field(id, label, hint) {
  const line = el('p', { id: `${id}-hint`, class: 'hint muted' }, hint);
  const input = el('input', {
    id,
    type: 'text',
    spellcheck: 'false',
    autocapitalize: 'off',
    dir: 'ltr',
    'aria-describedby': line.id,
  });
  /** @type {(wrong: string | null, other?: string) => void} */
  const tell = (wrong, other) => {
    if (other) hint = other;
    line.textContent = wrong ?? hint;
    line.className = wrong ? 'hint wrong' : 'hint muted';
    attribute(input, 'aria-invalid', wrong ? 'true' : null);
  };
  return { node: el('div', { class: 'field' }, el('label', { for: id }, label), input, line), input, tell };
}
