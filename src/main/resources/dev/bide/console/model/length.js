/** Lengths as people type them: `10 s`, `1.5 min`, `2 h 30 min`; ISO-8601 goes through. */
import {iso} from '../time.js';

/** @type {[string, number, RegExp][]} */
const UNITS = [
  ['h', 3_600_000, /^h(?:ours?|rs?)?$/],
  ['min', 60_000, /^m(?:in(?:ute)?s?)?$/],
  ['s', 1000, /^s(?:ec(?:ond)?s?)?$/],
  ['ms', 1, /^ms$/],
];

/**
 * @param {string} duration ISO-8601
 * @returns {string} the same in words, to the millisecond; what can't be read stays as it is
 */
export function exactly(duration) {
  let left = iso.read(duration);
  if (left === null) {
    return duration;
  }
  const words = [];
  for (const [unit, size] of UNITS) {
    const many = Math.floor(left / size);
    if (many > 0) {
      words.push(`${many} ${unit}`);
      left -= many * size;
    }
  }
  return words.join(' ') || '0 s';
}

/**
 * @param {string} typed
 * @returns {string} ISO-8601; the text as it is where it can't be read, which the service then names
 */
export function read(typed) {
  const text = typed.trim();
  if (text === '' || iso.read(text) !== null) {
    return text;
  }
  let [rest, sum] = [text.toLowerCase(), 0];
  while (rest !== '') {
    const part = /^(\d+(?:[.,]\d+)?)\s*([a-z]+)[\s,]*/.exec(rest);
    const unit = UNITS.find(([, , names]) => part && names.test(part[2]));
    if (!part || !unit) {
      return text;
    }
    sum += Number(part[1].replace(',', '.')) * unit[1];
    rest = rest.slice(part[0].length);
  }
  return iso.write(Math.round(sum));
}
