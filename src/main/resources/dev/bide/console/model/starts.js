/**
 * Moments from which a wait is worth looking at: the end of a week, a day off, the day before the clocks change, the end of February. Which they are the service says, by the rules
 * of delays themselves.
 */

/** @typedef {{dueAt?: string | null, local?: string, error?: {field: string, message: string}}} Item */
/** @typedef {(delay: Record<string, unknown>, from: string[], zone: string) => Promise<Item[]>} AskItems */
/** @typedef {{at: string, local: string, words: string}} Start */

const DAY = 86_400_000;
const AT_ONCE = {type: 'period', amount: 0, unit: 'seconds'};
const AHEAD = 400 * DAY;
const AT_ONE_TIME = 20;
/** So near that the day of the change is known. */
const NEAR = 2 * 3_600_000;

/** @param {number} ms */
const instant = ms => new Date(ms).toISOString();

/** @param {string | undefined} local @returns {string} `+01:00` */
export const offsetOf = local => /(?:Z|[+-]\d\d(?::?\d\d){0,2})$/.exec(local ?? '')?.[0] ?? '';

/** @param {string} offset @returns {number} minutes */
export function minutesOf(offset) {
  const [, sign, hours, minutes = '0'] = /^([+-])(\d\d):?(\d\d)?/.exec(offset) ?? ['', '+', '0'];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

/**
 * @param {string | undefined} from a local time with its offset
 * @param {string | undefined} to
 * @returns {'' | 'forward' | 'back'} which way the clocks went between them
 */
export function turned(from, to) {
  if (!from || !to) {
    return '';
  }
  const by = minutesOf(offsetOf(to)) - minutesOf(offsetOf(from));
  return by > 0 ? 'forward' : by < 0 ? 'back' : '';
}

/**
 * @param {string} zone
 * @param {number} now
 * @param {AskItems} ask
 * @returns {Promise<string | null>} the local date of the next change of the clocks; null for none within 400 days
 */
export async function clockChange(zone, now, ask) {
  let [from, width] = [now, AHEAD];
  for (;;) {
    const step = width / (AT_ONE_TIME - 1);
    const instants = Array.from({length: AT_ONE_TIME}, (_, i) => instant(from + i * step));
    const locals = (await ask(AT_ONCE, instants, zone)).map(item => item.local);
    const after = locals.findIndex((local, i) => i > 0 && turned(locals[i - 1], local) !== '');
    if (after < 0) {
      return null;
    }
    [from, width] = [from + (after - 1) * step, step];
    if (width <= NEAR) {
      return (locals[after] ?? '').slice(0, 10);
    }
  }
}

/** @param {string} date @returns {string} the day before, by the calendar alone */
const dayBefore = date => instant(Date.parse(`${date}T00:00:00Z`) - DAY).slice(0, 10);

/**
 * @param {string} zone
 * @param {number} now
 * @param {AskItems} ask
 * @returns {Promise<Start[]>} in the order of time
 */
export async function starts(zone, now, ask) {
  const change = await clockChange(zone, now, ask);
  /** @type {[string, Record<string, unknown>][]} */
  const wanted = [
    ['', {type: 'weekdays', days: ['FRIDAY'], at: '17:00'}],
    ['', {type: 'weekdays', days: ['SATURDAY'], at: '10:00'}],
    ['', {type: 'date', date: '--02-28', at: '12:00'}],
  ];
  if (change !== null) {
    wanted.push(['the day before the clocks change', {type: 'date', date: dayBefore(change), at: '12:00', ifPast: 'skip'}]);
  }
  const found = await Promise.all(wanted.map(async ([words, delay]) => ({words, item: (await ask(delay, [instant(now)], zone))[0]})));
  return found
    .flatMap(({words, item}) => (item?.dueAt && item.local ? [{at: item.dueAt, local: item.local, words}] : []))
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

/**
 * Of days of the week at an hour: one of those days, an hour before it. That a wait that begins then ends the same day is what people doubt.
 * @param {{type?: string, days?: string[], at?: string}} delay
 * @param {string} zone
 * @param {string} now an instant
 * @param {AskItems} ask
 * @returns {Promise<Start[]>} none where there is no such moment
 */
export async function onTheDay({type, days, at}, zone, now, ask) {
  const [, hour, rest] = /^(\d\d)(:\d\d)/.exec(at ?? '') ?? [];
  if (type !== 'weekdays' || hour === undefined || hour === '00') {
    return [];
  }
  const [{dueAt, local}] = await ask({type, days, at: `${String(Number(hour) - 1).padStart(2, '0')}${rest}`}, [now], zone);
  return dueAt && local ? [{at: dueAt, local, words: 'on the day, before the hour'}] : [];
}

const TEN = 10;

/**
 * The next ten times of a delay that comes again and again; asked from beginnings so near to one another that none is left out.
 * @param {Record<string, any>} delay weekdays, or a day of the year
 * @param {string} zone
 * @param {number[]} beginnings of days, or of years, in the order of time
 * @param {AskItems} ask
 * @returns {Promise<Item[]>}
 */
export async function nextTen(delay, zone, beginnings, ask) {
  /** @type {Map<string, Item>} */
  const found = new Map();
  for (let i = 0; i < beginnings.length && found.size < TEN; i += AT_ONE_TIME) {
    for (const item of await ask(delay, beginnings.slice(i, i + AT_ONE_TIME).map(instant), zone)) {
      if (item.dueAt && found.size < TEN) {
        found.set(item.dueAt, item);
      }
    }
  }
  return [...found.values()];
}

/** @param {number} now @returns {number[]} now, and the beginnings of the years after: 29 February is the rarest, every fourth, once every eighth */
export const years = now => [now, ...Array.from({length: 48}, (_, i) => Date.UTC(new Date(now).getUTCFullYear() + 1 + i, 0, 2))];
