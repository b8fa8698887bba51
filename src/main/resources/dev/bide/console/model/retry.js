/** Retries in numbers. Back-off has full jitter, so each pause is “within”. */
import {iso, length} from '../time.js';

/** What the service takes where nothing is said. */
export const DEFAULT_RETRY = {maxRetries: 3, initialBackoff: 'PT1S', multiplier: 2, maxBackoff: 'PT5M'};
export const DEFAULT_TIMEOUT = 'PT10S';

/** @typedef {{maxRetries?: number, initialBackoff?: string, multiplier?: number, maxBackoff?: string}} Retry */

/**
 * @param {Retry | undefined} retry
 * @returns {number[] | null} the longest pause before each retry, in milliseconds; null where a field can't be read
 */
export function pauses(retry) {
  const {maxRetries, initialBackoff, multiplier, maxBackoff} = {...DEFAULT_RETRY, ...retry};
  const [first, most] = [iso.read(initialBackoff), iso.read(maxBackoff)];
  if (first === null || most === null || !Number.isInteger(maxRetries) || maxRetries < 0 || !(multiplier > 0)) {
    return null;
  }
  return Array.from({length: Math.min(maxRetries, 1000)}, (_, i) => Math.min(first * multiplier ** i, most));
}

/**
 * @param {Retry | undefined} retry
 * @param {string} [timeout]
 * @returns {string} `Attempts: when it is due, then within 1 s, 2 s, 4 s. Given up after at most 47 s.`; empty where a field can't be read
 */
export function sentence(retry, timeout = DEFAULT_TIMEOUT) {
  const each = pauses(retry);
  const patience = iso.read(timeout);
  if (each === null || patience === null) {
    return '';
  }
  const all = each.reduce((a, b) => a + b, 0) + patience * (each.length + 1);
  if (each.length === 0) {
    return `One attempt. Given up after at most ${length(all)}.`;
  }
  const shown = each.length <= 6 ? each : [...each.slice(0, 4), each[each.length - 1]];
  const words = shown.map((pause, i) => (shown !== each && i === 4 ? `… ${length(pause)}` : length(pause)));
  return `Attempts: when it is due, then within ${words.join(', ')}. Given up after at most ${length(all)}.`;
}
