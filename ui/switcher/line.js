// @ts-check
// The line at the bottom, which a choice can take for a while.
import { byId } from '../elements.js';

/**
 * Gives the line back.
 * @type {(() => void) | null}
 */
let close = null;

export const isTaken = () => close !== null;

/** Gives the line back, if something has taken it. */
export function leaveLine() {
  close?.();
}

/**
 * @param {Node[]} nodes What stands there instead.
 * @param {() => void} closed Called however it ends.
 * @returns {() => void} Gives the line back.
 */
export function takeLine(nodes, closed) {
  close?.();
  const line = byId('hints');
  const finish = () => {
    close = null;
    line.classList.remove('choosing');
    line.replaceChildren();
    closed();
  };
  line.classList.add('choosing');
  line.replaceChildren(...nodes);
  close = finish;
  return finish;
}
