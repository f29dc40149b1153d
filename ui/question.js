// @ts-check
// Modal questions. The browser keeps the focus inside of them, and gives it back.
import { Guard } from './ask/guard.js';
import { el } from './elements.js';

/**
 * @typedef {object} Asked
 * @property {Node[]} body The first heading is what screen readers say.
 * @property {string} no
 * @property {string} yes
 * @property {string} kind Class of the second button.
 * @property {boolean} [sudden] It came without an act of the person: for a moment, yes does not count.
 * @property {HTMLElement} [focus] What has the focus first, in place of the safe answer.
 * @property {(yes: boolean) => void} answered Called once.
 */

/**
 * Asks, with the safe answer in focus. Ctrl+Enter is yes from everywhere, Escape is no.
 * @param {Asked} asked
 * @returns {() => void} Takes the question back without an answer.
 */
export function ask({ body, no, yes, kind, sudden, focus, answered }) {
  const guard = new Guard();
  const finish = (/** @type {boolean | null} */ answer) => {
    if (!dialog.isConnected) return;
    dialog.close();
    dialog.remove();
    if (answer !== null) answered(answer);
  };
  const refuse = el('button', { type: 'button', onclick: () => finish(false) }, no);
  const consent = () => {
    if (!sudden || guard.mayClick()) finish(true);
  };
  const agree = el('button', { type: 'button', class: kind, onclick: consent }, yes);
  const buttons = el('div', { class: 'buttons' }, refuse, agree);
  const dialog = el('dialog', { role: 'alertdialog', 'aria-modal': 'true' }, ...body, buttons);
  name(dialog);
  dialog.addEventListener('cancel', (event) => {
    event.preventDefault();
    finish(false);
  });
  dialog.onkeydown = (event) => {
    // Keys of the page behind don't reach it.
    event.stopPropagation();
    // One that is held down since it asked the question is no answer.
    if (event.repeat && (event.key === 'Enter' || event.key === ' ')) event.preventDefault();
    else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) consent();
    else if (event.target instanceof HTMLInputElement) return;
    else if (event.key === 'ArrowRight') agree.focus();
    else if (event.key === 'ArrowLeft') refuse.focus();
    else return;
    event.preventDefault();
  };
  document.body.append(dialog);
  dialog.showModal();
  guard.begin();
  (focus ?? refuse).focus();
  return () => finish(null);
}

/**
 * The heading names the dialog, all else describes it.
 * @param {HTMLDialogElement} dialog
 */
function name(dialog) {
  const heading = dialog.querySelector('h2');
  const more = dialog.querySelector('.more');
  if (heading) {
    heading.id = 'question';
    dialog.setAttribute('aria-labelledby', heading.id);
  }
  if (more) {
    more.id = 'question-more';
    dialog.setAttribute('aria-describedby', more.id);
  }
}
