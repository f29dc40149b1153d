// @ts-check
// Drawings, all on a square of 24 units.

const SVG = 'http://www.w3.org/2000/svg';

const shapes = {
  about: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 11v5M12 8v.01',
  accounts: 'M4 7h16M4 12h16M4 17h10',
  bookmark: 'M7 4h10v16l-5-4-5 4z',
  browser: 'M4 5h16v14H4zM4 9h16M7 7v.01M10 7v.01',
  check: 'M5 13l4 4L19 7',
  close: 'M6 6l12 12M18 6L6 18',
  clock: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3 2',
  console: 'M14 4h6v6M20 4l-9 9M18 14v5a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1h5',
  copy: 'M9 9h11v11H9zM15 9V4H4v11h5',
  door: 'M14 4h5v16h-5M4 12h10M10 8l4 4-4 4',
  deny: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM5.700 5.700l12.600 12.600',
  enter: 'M20 6v6a2 2 0 0 1-2 2H5M9 10l-4 4 4 4',
  key: 'M15 13a5 5 0 1 0-4.6-3L4 16.5V20h4v-2.5h2.5V15l1.6-1.6A5 5 0 0 0 15 13zM16 8v.01',
  leave: 'M10 4H5v16h5M10 12h10M16 8l4 4-4 4',
  link: 'M10.500 13.500a4 4 0 0 0 5.700 0l3-3a4 4 0 0 0-5.700-5.700l-1 1M13.500 10.500a4 4 0 0 0-5.700 0l-3 3a4 4 0 0 0 5.700 5.700l1-1',
  lock: 'M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3',
  open: 'M6 11h12v9H6zM8.5 11V7.500a3.5 3.5 0 0 1 6.8-1.2',
  phone: 'M7 3h10v18H7zM11 18h2',
  pin: 'M9 4h6l-1 6 3 3v2H7v-2l3-3zM12 15v6',
  plus: 'M12 5v14M5 12h14',
  refresh: 'M19 8a8 8 0 1 0 1 6M20 4v5h-5',
  search: 'M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM16 16l5 5',
  settings:
    'M4 8h8M18 8h2M4 16h2M12 16h8M15 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6z' + 'M9 19a3 3 0 1 0 0-6 3 3 0 0 0 0 6z',
  terminal: 'M4 5h16v14H4zM7.5 9.500l3 2.5-3 2.500M13 15h3.5',
  trash: 'M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13M10.5 11v5M13.5 11v5',
  undo: 'M8 5L4 9l4 4M4 9h10a5 5 0 0 1 0 10h-4',
  warning: 'M12 4L2.8 20h18.400zM12 10v4.500M12 17.200v.01',
};

/** @typedef {keyof typeof shapes} IconName */

/**
 * A drawing beside words that say the same; readers of the screen pass over it.
 * @param {IconName} name
 */
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  svg.append(path(shapes[name]));
  return svg;
}

/** Light modules that scanners want around the dark ones. */
const QUIET = 4;

/**
 * A QR code, black on white in every theme: scanners don't like it the other way round.
 * @param {import('./types').Qr} qr
 * @param {string} label
 */
export function qrCode(qr, label) {
  const [from, size] = [-QUIET, qr.size + 2 * QUIET];
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', 'qr');
  svg.setAttribute('viewBox', `${from} ${from} ${size} ${size}`);
  svg.setAttribute('shape-rendering', 'crispEdges');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', label);
  const paper = path(`M${from} ${from}h${size}v${size}h-${size}z`);
  paper.setAttribute('fill', '#fff');
  const modules = path(qr.path);
  modules.setAttribute('fill', '#000');
  svg.append(paper, modules);
  return svg;
}

/** @param {string} shape */
function path(shape) {
  const node = document.createElementNS(SVG, 'path');
  node.setAttribute('d', shape);
  return node;
}
