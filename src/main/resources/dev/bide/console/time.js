/**
 * Times and lengths in words. Due times and local times are the service's; nothing here decides any. What a zone's hours and days are, for the axes of figures that belong to
 * no zone, is asked of `Intl`.
 */
import {modern} from './model/zones.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MONTH = 30.436875 * DAY;

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
export const MONTH_NAMES = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];

/** @param {string | number} at an instant, as text or milliseconds @returns {number} milliseconds */
export const millis = at => (typeof at === 'number' ? at : Date.parse(at));

/** @param {number} n @param {string} one */
const some = (n, one) => `${n} ${one}${n === 1 ? '' : 's'}`;

/**
 * A length in words, as many as one needs: `42 s`, `12 min`, `3 h 20 min`, `22 h`, `6 d 4 h`, `40 d`, `7 months`, `2 years 3 months`.
 * @param {number} ms
 * @returns {string}
 */
export function length(ms) {
  const whole = Math.abs(ms);
  if (whole < SECOND) {
    return `${Math.round(whole)} ms`;
  }
  const seconds = Math.round(whole / SECOND);
  if (seconds < 60) {
    return `${seconds} s`;
  }
  const minutes = Math.round(whole / MINUTE);
  if (minutes < 60) {
    return `${minutes} min`;
  }
  if (minutes < 600) {
    return two(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  }
  const hours = Math.round(whole / HOUR);
  if (hours < 48) {
    return `${hours} h`;
  }
  if (hours < 240) {
    return two(Math.floor(hours / 24), 'd', hours % 24, 'h');
  }
  const days = Math.round(whole / DAY);
  if (days < 61) {
    return `${days} d`;
  }
  const months = Math.round(whole / MONTH);
  if (months < 24) {
    return some(months, 'month');
  }
  const years = Math.floor(months / 12);
  return some(years, 'year') + (months % 12 === 0 ? '' : ' ' + some(months % 12, 'month'));
}

/** @param {number} large @param {string} largeUnit @param {number} small @param {string} smallUnit */
const two = (large, largeUnit, small, smallUnit) => `${large} ${largeUnit}` + (small === 0 ? '' : ` ${small} ${smallUnit}`);

/**
 * @param {string | number} at an instant
 * @param {number} now milliseconds, by the service's clock
 * @returns {string} `in 22 h`, `3 min ago`, `now`
 */
export function relative(at, now) {
  const ms = millis(at) - now;
  if (Number.isNaN(ms)) {
    return '';
  }
  if (Math.abs(ms) < SECOND) {
    return 'now';
  }
  return ms > 0 ? `in ${length(ms)}` : `${length(ms)} ago`;
}

/**
 * A countdown, to the second.
 * @param {number} ms
 * @returns {string} `2 d 17 h 3 min 12 s`
 */
export function countdown(ms) {
  let left = Math.max(0, Math.ceil(ms / SECOND));
  const parts = [];
  for (const [unit, seconds] of /** @type {[string, number][]} */ ([['d', 86_400], ['h', 3_600], ['min', 60]])) {
    if (left >= seconds || parts.length > 0) {
      parts.push(`${Math.floor(left / seconds)} ${unit}`);
      left %= seconds;
    }
  }
  parts.push(`${left} s`);
  return parts.join(' ');
}

const LOCAL = /^([+-]?\d{4,9})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(Z|[+-]\d\d(?::?\d\d)?(?::?\d\d)?)?/;

/**
 * A local time with its offset as people read it. Only the text is cut; nothing is computed but the weekday.
 * @param {string | null | undefined} local ISO, with offset: `2026-11-30T09:00:00+07:00`
 * @param {{millis?: boolean, day?: boolean}} [how] with milliseconds; without the date
 * @returns {string} `Mon 30 Nov 2026 09:00 +07`
 */
export function exact(local, {millis: fine = false, day = true} = {}) {
  const parts = LOCAL.exec(local ?? '');
  if (!parts) {
    return local ?? '';
  }
  const [, year, month, date, hour, minute, second = '00', fraction = '', offset = ''] = parts;
  const time = `${hour}:${minute}` + (second !== '00' || fine ? `:${second}` : '') + (fine ? `.${(fraction + '000').slice(0, 3)}` : '');
  const zone = offset === 'Z' || offset === '' ? 'UTC' : offset.replace(/:?00$/, '');
  return (day ? `${weekday(+year, +month, +date)} ${+date} ${MONTHS[+month - 1]} ${year} ` : '') + `${time} ${zone}`;
}

/** @param {number} year @param {number} month from 1 @param {number} date */
function weekday(year, month, date) {
  // 400 years are whole weeks; Date.UTC reads years below 100 as of the last century.
  return WEEKDAYS[new Date(Date.UTC(2000 + (((year % 400) + 400) % 400), month - 1, date)).getUTCDay()];
}

/** @param {string | number} at @returns {string} the instant in UTC, as {@link exact} takes it */
export function utc(at) {
  const ms = millis(at);
  return Number.isNaN(ms) ? '' : new Date(ms).toISOString();
}

/** @returns {string} the reader's own time zone, by its name of today: browsers differ */
export const readers = () => modern(new Intl.DateTimeFormat('en').resolvedOptions().timeZone);

/** @returns {string[]} all time zones that this browser knows */
export function zones() {
  const known = Intl.supportedValuesOf('timeZone');
  return known.includes('UTC') ? known : ['UTC', ...known];
}

/** @param {string} zone @returns {boolean} */
export function isZone(zone) {
  try {
    format(zone);
    return true;
  } catch {
    return false;
  }
}

/** @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map();

/** @param {string} zone */
function format(zone) {
  let made = formats.get(zone);
  if (!made) {
    made = new Intl.DateTimeFormat('en-u-ca-iso8601-nu-latn', {
      timeZone: zone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
    });
    formats.set(zone, made);
  }
  return made;
}

/**
 * What the clock on the wall of a zone shows, as if it were UTC.
 * @param {string} zone
 * @param {number} at
 * @returns {number} milliseconds
 */
export function wall(zone, at) {
  /** @type {Record<string, number>} */
  const parts = {};
  for (const {type, value} of format(zone).formatToParts(at)) {
    parts[type] = Number(value);
  }
  const ms = ((at % SECOND) + SECOND) % SECOND;
  return Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second) + ms;
}

/** @param {string} zone @param {number} at @returns {number} milliseconds ahead of UTC */
export const offset = (zone, at) => wall(zone, at) - at;

/**
 * An instant as a local ISO text with its offset, for axes and titles in the reader's zone.
 * @param {string} zone
 * @param {string | number} at
 */
export function localOf(zone, at) {
  const ms = millis(at);
  const ahead = offset(zone, ms);
  const sign = ahead < 0 ? '-' : '+';
  const minutes = Math.round(Math.abs(ahead) / MINUTE);
  const pad = (/** @type {number} */ n) => String(n).padStart(2, '0');
  return new Date(ms + ahead).toISOString().slice(0, -1) + `${sign}${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
}

/**
 * @param {string | number} at
 * @param {string} [zone] of what it is about, where that is not shown
 * @returns {string} the instant in UTC, in the reader's zone and in that one, for a `title`
 */
export function title(at, zone) {
  const own = readers();
  const text = `${utc(at).replace('T', ' ').replace('Z', ' UTC')}`;
  if (text === '') {
    return text;
  }
  const there = zone && modern(zone) !== own && zone !== 'UTC' && isZone(zone) ? `, there ${exact(localOf(zone, at))} (${modern(zone)})` : '';
  return (own === 'UTC' ? text : `${text}, for you ${exact(localOf(own, at))} (${own})`) + there;
}

/**
 * @param {string} zone
 * @param {number} from
 * @param {number} n
 * @returns {number[]} n + 1 borders an hour apart, the first at the full local hour at or before `from`
 */
export function hours(zone, from, n) {
  const into = ((wall(zone, from) % HOUR) + HOUR) % HOUR;
  return Array.from({length: n + 1}, (_, i) => from - into + i * HOUR);
}

/**
 * @param {string} zone
 * @param {number} from
 * @param {number} n
 * @returns {number[]} the beginnings of n + 1 local days, the first of the day that holds `from`
 */
export function days(zone, from, n) {
  const today = Math.floor(wall(zone, from) / DAY) * DAY;
  return Array.from({length: n + 1}, (_, i) => startOfDay(zone, today + i * DAY));
}

/**
 * The first instant of a local date.
 * @param {string} zone
 * @param {number} date its midnight, as if it were UTC
 */
export function startOfDay(zone, date) {
  const first = [offset(zone, date - DAY), offset(zone, date + DAY)].map(ahead => date - ahead).filter(at => wall(zone, at) === date);
  if (first.length > 0) {
    return Math.min(...first);
  }
  // Midnight is left out: the day begins where the clock jumps over it.
  let [before, after] = [date - DAY, date + DAY];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (wall(zone, middle) < date) {
      before = middle;
    } else {
      after = middle;
    }
  }
  return after;
}

/** ISO-8601 durations as the API takes them: without years, months and weeks. */
export const iso = {
  /** @param {string} text @returns {number | null} milliseconds */
  read(text) {
    const parts = /^P(?:0+Y)?(?:0+M)?(?:0+W)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:[.,]\d+)?)S)?)?$/i.exec(text);
    if (!parts || /^PT?$/i.test(text)) {
      return null;
    }
    const [days, hrs, minutes, seconds] = parts.slice(1).map(part => Number((part ?? '0').replace(',', '.')));
    return Math.round(days * DAY + hrs * HOUR + minutes * MINUTE + seconds * SECOND);
  },

  /** @param {number} ms @returns {string} */
  write(ms) {
    const hrs = Math.floor(ms / HOUR);
    const minutes = Math.floor((ms % HOUR) / MINUTE);
    const seconds = (ms % MINUTE) / SECOND;
    const text = (hrs ? `${hrs}H` : '') + (minutes ? `${minutes}M` : '') + (seconds || ms === 0 ? `${seconds}S` : '');
    return 'PT' + text;
  },
};

/** @typedef {(zone: string, instants: string[]) => Promise<(string | null)[]>} AskLocals */

const KEPT = 5000;
const AT_ONCE = 20;

/** What the service says the local time of an instant is in a zone; asked once, since it never changes, and together with all that others want to know in the same turn. */
export class Locals {
  /** @param {AskLocals} ask */
  constructor(ask) {
    this.ask = ask;
    /** @type {Map<string, string>} */
    this.known = new Map();
    /** @type {Map<string, Promise<void>>} */
    this.asked = new Map();
    /** What is asked at the end of this turn, by zone. @type {Map<string, {instants: string[], sent: Promise<void>}>} */
    this.next = new Map();
  }

  /**
   * @param {string} zone
   * @param {string} instant
   * @returns {string | undefined} what is known already
   */
  get(zone, instant) {
    return zone === 'UTC' ? utc(instant) : this.known.get(`${zone} ${instant}`);
  }

  /** @param {string} zone @param {string} instant @param {string} local what an answer said by the way */
  learn(zone, instant, local) {
    if (this.known.size >= KEPT) {
      this.known.delete(/** @type {string} */ (this.known.keys().next().value));
    }
    this.known.set(`${zone} ${instant}`, local);
  }

  /**
   * @param {string} zone
   * @param {string[]} instants
   * @returns {Promise<Map<string, string>>} local time by instant; UTC where the service can't say just now
   */
  async of(zone, instants) {
    const missing = [...new Set(instants)].filter(instant => this.get(zone, instant) === undefined);
    for (const instant of missing.filter(instant => !this.asked.has(`${zone} ${instant}`))) {
      const next = this.next.get(zone) ?? {instants: [], sent: Promise.resolve().then(() => this.send(zone))};
      next.instants.push(instant);
      this.next.set(zone, next);
      this.asked.set(`${zone} ${instant}`, next.sent);
    }
    await Promise.all(missing.map(instant => this.asked.get(`${zone} ${instant}`)));
    return new Map(instants.map(instant => [instant, this.get(zone, instant) ?? utc(instant)]));
  }

  /** @param {string} zone */
  async send(zone) {
    const {instants} = /** @type {{instants: string[]}} */ (this.next.get(zone));
    this.next.delete(zone);
    const parts = Array.from({length: Math.ceil(instants.length / AT_ONCE)}, (_, i) => instants.slice(i * AT_ONCE, (i + 1) * AT_ONCE));
    await Promise.all(
      parts.map(async some => {
        try {
          (await this.ask(zone, some)).forEach((local, i) => local && this.learn(zone, some[i], local));
        } catch {
          // UTC stands there until it is asked again.
        }
        some.forEach(instant => this.asked.delete(`${zone} ${instant}`));
      }),
    );
  }
}
