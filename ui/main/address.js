// @ts-check
// What a person types as the address of a portal, read as the program reads it.

/** An AWS region. */
const REGION = /^[a-z]{2,4}(-[a-z]+)+-\d$/;
/** What the program takes as a portal's name. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;
const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

/** Regions that have IAM Identity Center, to choose from; others can be typed. */
export const regions = [
  'us-east-1',
  'us-east-2',
  'us-west-1',
  'us-west-2',
  'af-south-1',
  'ap-east-1',
  'ap-northeast-1',
  'ap-northeast-2',
  'ap-northeast-3',
  'ap-south-1',
  'ap-south-2',
  'ap-southeast-1',
  'ap-southeast-2',
  'ap-southeast-3',
  'ap-southeast-4',
  'ap-southeast-5',
  'ap-southeast-7',
  'ca-central-1',
  'ca-west-1',
  'eu-central-1',
  'eu-central-2',
  'eu-north-1',
  'eu-south-1',
  'eu-south-2',
  'eu-west-1',
  'eu-west-2',
  'eu-west-3',
  'il-central-1',
  'me-central-1',
  'me-south-1',
  'mx-central-1',
  'sa-east-1',
  'us-gov-east-1',
  'us-gov-west-1',
  'cn-north-1',
  'cn-northwest-1',
  'eusc-de-east-1',
];

/**
 * The whole address; null if it is none.
 * @param {string} typed
 */
export function startUrlOf(typed) {
  const text = typed.trim();
  if (/^[A-Za-z0-9-]{1,63}$/.test(text)) return `https://${text.toLowerCase()}.awsapps.com/start`;
  const url = parsed(text);
  if (!url || /\s/.test(text)) return null;
  const isHere = url.protocol === 'http:' && LOOPBACK.includes(url.hostname);
  return url.protocol === 'https:' || isHere ? text : null;
}

/**
 * A name for the portal: the first part of its host.
 * @param {string} typed
 */
export function nameOf(typed) {
  const url = parsed(startUrlOf(typed) ?? '');
  if (!url || LOOPBACK.includes(url.hostname)) return '';
  const first = url.hostname.split('.')[0] ?? '';
  return isName(first) ? first : '';
}

/**
 * The region, where the address tells it (`….portal.eu-west-1.app.aws`).
 * @param {string} typed
 */
export function regionOf(typed) {
  const parts = parsed(startUrlOf(typed) ?? '')?.hostname.split('.') ?? [];
  return parts.find(isRegion) ?? null;
}

/** @param {string} text */
export const isRegion = (text) => REGION.test(text);
/** @param {string} text */
export const isName = (text) => NAME.test(text);

/** @param {string} text */
function parsed(text) {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}
