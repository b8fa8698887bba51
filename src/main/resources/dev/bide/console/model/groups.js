/** Groups of failures: what they are called, and to which one a death belongs. */
import {dotted, why} from './needs.js';

/** @typedef {{problem: string, host: string, outcome: string, httpStatus?: number, text: string, count: number}} Group */

const HOLE = /\{(?:id|n|time|address)\}/;
/** Where the service cuts the text of a group. */
const LONGEST = 160;

/** @param {Group} group @returns {string} `api.example.com answers 410 Gone: “No customer ···”` */
export function groupWords({host, httpStatus, text}) {
  const plain = dotted(text);
  // Of an answer without a text the status is all there is.
  return why({host, httpStatus, text}) + (httpStatus && plain !== `answer ${httpStatus}` ? `: “${plain}”` : '');
}

/** @param {string} text of a group @returns {RegExp} that finds what it was made of */
function pattern(text) {
  const cut = [...text].length >= LONGEST;
  const escaped = (/** @type {string} */ part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/\s+/g, '\\s+');
  const parts = (cut ? text.replace(/\{[a-z]*$/, '') : text).split(HOLE).map(escaped);
  return new RegExp(`^\\s*${parts.join('.+?')}${cut ? '' : '\\s*$'}`, 's');
}

/**
 * @param {{outcome: string, httpStatus?: number, error?: string}} attempt the last one of a dead timer
 * @param {Group[]} groups of its destination
 * @returns {Group | undefined} the group that it belongs to; none where that can't be told
 */
export function groupOf({outcome, httpStatus, error = ''}, groups) {
  const text = error.replace(/^answer -?\d+: /, '');
  const fit = groups.filter(group => group.outcome === outcome && group.httpStatus === httpStatus && pattern(group.text).test(text));
  return fit.length === 1 ? fit[0] : fit.find(group => group.text === text);
}
