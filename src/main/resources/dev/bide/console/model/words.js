/** Counts, states and deeds in words. */

const NUMBER = new Intl.NumberFormat('en');
const ROUGH = new Intl.NumberFormat('en', {maximumSignificantDigits: 3});

/** @typedef {{count: number, exact: boolean}} Counted */

/** @param {number} n @returns {string} `12,345` */
export const number = n => NUMBER.format(n);

/**
 * A count that may have stopped somewhere.
 * @param {Counted | number | null | undefined} counted
 * @returns {string} `12,345`, `100,000+` where counting stopped at a round limit, else `≈ 1.24 million`
 */
export function count(counted) {
  if (counted === null || counted === undefined) {
    return '–';
  }
  if (typeof counted === 'number') {
    return number(counted);
  }
  if (counted.exact) {
    return number(counted.count);
  }
  return /^[1-9]0{3,}$/.test(String(counted.count)) && counted.count <= 100_000 ? `${number(counted.count)}+` : `≈ ${large(counted.count)}`;
}

/** @param {number} n */
function large(n) {
  if (n >= 1e9) {
    return `${ROUGH.format(n / 1e9)} billion`;
  }
  return n >= 1e6 ? `${ROUGH.format(n / 1e6)} million` : ROUGH.format(n);
}

/**
 * @param {number} n
 * @returns {string} for a cell of a grid: `999`, `1.2k`, `12k`, `1.2M`
 */
export function short(n) {
  for (const [unit, size] of /** @type {[string, number][]} */ ([['', 1], ['k', 1e3], ['M', 1e6], ['G', 1e9]])) {
    const scaled = n / size;
    const shown = unit !== '' && scaled < 9.95 ? Math.round(scaled * 10) / 10 : Math.round(scaled);
    if (shown < 1000 || unit === 'G') {
      return `${shown}${unit}`;
    }
  }
  return '';
}

/** @param {number} n @param {string} one @param {string} [many] @returns {string} `1 timer`, `12,345 timers` */
export const some = (n, one, many = `${one}s`) => `${number(n)} ${n === 1 ? one : many}`;

/** @param {string[]} words @param {string} [last] @returns {string} `a, b and c` */
export const list = (words, last = 'and') => (words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`);

/** @param {number | null | undefined} share 0 to 1 @returns {string} never rounded up to a promise that was not kept: `99.98 %` */
export function share(share) {
  if (share === null || share === undefined) {
    return '–';
  }
  return share === 1 ? '100 %' : `${(Math.floor(share * 10_000) / 100).toFixed(2)} %`;
}

/** @param {number} n @returns {string} `3,400/s`, `0.25/s` */
export const rate = n => `${n >= 10 || Number.isInteger(n) ? number(Math.round(n)) : ROUGH.format(n)}/s`;

/** @typedef {'waiting' | 'retrying' | 'paused' | 'done' | 'dead' | 'off'} Tone */
/** @typedef {{word: string, tone: Tone, icon: string}} State */

/** @type {Record<string, State>} */
const STATES = {
  scheduled: {word: 'scheduled', tone: 'waiting', icon: 'clock'},
  active: {word: 'active', tone: 'waiting', icon: 'clock'},
  retrying: {word: 'retrying', tone: 'retrying', icon: 'again'},
  running: {word: 'running', tone: 'waiting', icon: 'again'},
  paused: {word: 'paused', tone: 'paused', icon: 'pause'},
  held: {word: 'held', tone: 'paused', icon: 'pause'},
  delivered: {word: 'delivered', tone: 'done', icon: 'tick'},
  completed: {word: 'completed', tone: 'done', icon: 'tick'},
  dead: {word: 'dead', tone: 'dead', icon: 'cross'},
  failed: {word: 'failed', tone: 'dead', icon: 'cross'},
  refused: {word: 'refused', tone: 'dead', icon: 'cross'},
  cancelled: {word: 'cancelled', tone: 'off', icon: 'slash'},
  stopped: {word: 'stopped', tone: 'off', icon: 'slash'},
  archived: {word: 'archived', tone: 'off', icon: 'slash'},
  skipped: {word: 'left out', tone: 'off', icon: 'dotted'},
  open: {word: 'breaker open', tone: 'dead', icon: 'fold'},
  'half-open': {word: 'breaker half open', tone: 'retrying', icon: 'half'},
  closed: {word: 'calling', tone: 'done', icon: 'flat'},
  here: {word: 'here', tone: 'done', icon: 'dot'},
  silent: {word: 'silent', tone: 'retrying', icon: 'hollow'},
};

/** @param {string} status @returns {State} */
export const state = status => STATES[status] ?? {word: status, tone: 'off', icon: 'hollow'};

/** In the order of a timer's life. */
export const TIMER_STATES = ['scheduled', 'retrying', 'paused', 'delivered', 'dead', 'cancelled'];
export const RUN_STATES = ['active', 'paused', 'completed', 'failed', 'cancelled'];

/**
 * What may be done to a timer, by its state; the words on the buttons and in their dialogs.
 * @typedef {{call: string, label: string, done: string, from: string[], back?: string}} Deed
 * @type {Record<string, Deed>}
 */
export const TIMER_DEEDS = {
  reschedule: {call: 'reschedule', label: 'Change the time', done: 'The time was changed.', from: ['scheduled', 'retrying', 'paused']},
  pause: {call: 'pause', label: 'Pause', done: 'Paused.', from: ['scheduled', 'retrying'], back: 'resume'},
  resume: {call: 'resume', label: 'Resume', done: 'Resumed.', from: ['paused'], back: 'pause'},
  fire: {call: 'fire', label: 'Call now', done: 'Due now.', from: ['scheduled', 'retrying']},
  cancel: {call: 'cancel', label: 'Cancel', done: 'Cancelled.', from: ['scheduled', 'retrying', 'paused']},
  redrive: {call: 'redrive', label: 'Try again', done: 'Due now, with a fresh set of attempts.', from: ['dead']},
};

/** @type {Record<string, Deed>} */
export const RUN_DEEDS = {
  pause: {call: 'pause', label: 'Pause', done: 'Paused.', from: ['active'], back: 'resume'},
  resume: {call: 'resume', label: 'Resume', done: 'Resumed.', from: ['paused'], back: 'pause'},
  cancel: {call: 'cancel', label: 'Cancel', done: 'Cancelled.', from: ['active', 'paused']},
  redrive: {call: 'redrive', label: 'Try again', done: 'It goes on.', from: ['failed']},
};

/** @param {string} kind of an operation @returns {string} what it does, as the beginning of a sentence */
export function kind(kind) {
  /** @type {Record<string, string>} */
  const kinds = {
    cancel: 'Cancel timers',
    reschedule: 'Change the time of timers',
    redrive: 'Try dead timers again',
    pause: 'Pause timers',
    resume: 'Resume timers',
    fire: 'Call timers now',
    dismiss: 'Dismiss dead timers',
    'apply-version': 'Move active runs to the newest version',
    'cancel-runs': 'Cancel runs',
    'pause-runs': 'Pause runs',
    'resume-runs': 'Resume runs',
    'redrive-runs': 'Try failed runs again',
  };
  return kinds[kind] ?? kind;
}

/** @param {string} id @returns {string} the end of an id, which is what differs */
export const shortId = id => `…${id.slice(-8)}`;

/** @param {string} url @returns {string} host and, where it is not the scheme's own, port */
export function host(url) {
  try {
    return new URL(url).host;
  } catch {
    return url;
  }
}

/** @param {string} url @returns {string} host and port, as destinations are named */
export function destination(url) {
  try {
    const {hostname, port, protocol} = new URL(url);
    return `${hostname}:${port || (protocol === 'https:' ? 443 : 80)}`;
  } catch {
    return url;
  }
}

/** @param {string} text @returns {boolean} */
export const isId = text => /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
