// @ts-check
// Buttons on the row under the mouse, or on the selected one. They stand beside the list, not in it, because
// an option of a listbox may hold no buttons.
import { el } from '../elements.js';
import { icon } from '../icons.js';
import { switcher as words, say } from '../strings.js';
import { isMac } from '../theme.js';
import { ROW } from './list.js';

/** @typedef {import('./list.js').List} List */
/** @typedef {import('./results.js').Results} Results */

const primary = isMac ? '⌘' : 'Ctrl+';

export class Tools {
  /** @type {import('../types').RowView | null} */
  row = null;
  #pin;
  /** What is only for roles. */
  #ofGrants;

  /**
   * @param {HTMLElement} bar
   * @param {(command: string, row: import('../types').RowView | null) => void} run
   */
  constructor(bar, run) {
    this.bar = bar;
    /**
     * @param {string} command
     * @param {import('../icons.js').IconName} drawing
     */
    const button = (command, drawing) => {
      const onclick = () => run(command, this.row);
      return el('button', { type: 'button', class: 'quiet only-icon', onclick }, icon(drawing));
    };
    this.#pin = button('pin', 'pin');
    // Of a page it is the bookmark, as Ctrl+D is; Ctrl+P takes none out.
    this.#pin.onclick = () => run(this.row?.page ? 'bookmark' : 'pin', this.row);
    const [lease, console, link, copy] = [
      button('lease', 'clock'),
      button('console', 'console'),
      button('link', 'link'),
      button('exports', 'copy'),
    ];
    this.#ofGrants = [lease, copy];
    label(lease, words.withKeys(words.lease.title, isMac ? '⌥↵' : 'Alt+↵'));
    label(console, words.withKeys(say.openConsole, `${primary}↵`));
    label(link, words.withKeys(words.copyLink, `${primary}L`));
    label(copy, words.withKeys(say.copyExports, isMac ? '⇧↵' : 'Shift+↵'));
    bar.setAttribute('aria-label', words.rowActions);
    bar.append(lease, console, link, copy, this.#pin);
  }

  /**
   * @param {number} at
   * @param {List} list
   */
  hover(at, list) {
    // Over the buttons the mouse is over no row; they stay where they are.
    if (at < 0 && this.bar.matches(':hover')) return;
    if (at === list.hovered) return;
    list.hovered = at;
    list.draw();
  }

  /** @param {List} list @param {Results} results */
  place(list, results) {
    const at = list.hovered >= 0 && list.hovered < results.total ? list.hovered : list.selected;
    this.row = at < results.total ? results.row(at) : null;
    this.bar.hidden = !this.row;
    this.bar.style.transform = `translateY(${at * ROW}px)`;
    this.bar.classList.toggle('on-selected', at === list.selected);
    const page = this.row?.page;
    for (const only of this.#ofGrants) only.hidden = !!page;
    const isKept = page ? page.name !== null : this.row?.grant.pin != null;
    const [keep, forget] = page ? [words.keepPage, words.forgetPage] : [words.pin, words.unpin];
    label(this.#pin, words.withKeys(isKept ? forget : keep, `${primary}${page ? 'D' : 'P'}`));
    this.#pin.setAttribute('aria-pressed', String(isKept));
    const drawing = page ? 'bookmark' : 'pin';
    if (this.#pin.dataset.drawing !== drawing) {
      this.#pin.dataset.drawing = drawing;
      this.#pin.replaceChildren(icon(drawing));
    }
  }
}

/** @param {HTMLElement} button @param {string} text */
function label(button, text) {
  button.title = text;
  button.setAttribute('aria-label', text);
}
