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
  /** @type {import('../types').GrantView | null} */
  grant = null;
  #pin;

  /**
   * @param {HTMLElement} bar
   * @param {(command: string, grant: import('../types').GrantView | null) => void} run
   */
  constructor(bar, run) {
    this.bar = bar;
    /**
     * @param {string} command
     * @param {import('../icons.js').IconName} drawing
     */
    const button = (command, drawing) => {
      const onclick = () => run(command, this.grant);
      return el('button', { type: 'button', class: 'quiet only-icon', onclick }, icon(drawing));
    };
    this.#pin = button('pin', 'pin');
    const [lease, console, copy] = [
      button('lease', 'clock'),
      button('console', 'console'),
      button('exports', 'copy'),
    ];
    label(lease, words.withKeys(words.lease.title, isMac ? '⌥↵' : 'Alt+↵'));
    label(console, words.withKeys(say.openConsole, `${primary}↵`));
    label(copy, words.withKeys(say.copyExports, isMac ? '⇧↵' : 'Shift+↵'));
    bar.setAttribute('aria-label', words.rowActions);
    bar.append(lease, console, copy, this.#pin);
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
    this.grant = at < results.total ? results.row(at) : null;
    this.bar.hidden = !this.grant;
    this.bar.style.transform = `translateY(${at * ROW}px)`;
    this.bar.classList.toggle('on-selected', at === list.selected);
    const isPinned = this.grant?.pin != null;
    label(this.#pin, words.withKeys(isPinned ? words.unpin : words.pin, `${primary}P`));
    this.#pin.setAttribute('aria-pressed', String(isPinned));
  }
}

/** @param {HTMLElement} button @param {string} text */
function label(button, text) {
  button.title = text;
  button.setAttribute('aria-label', text);
}
