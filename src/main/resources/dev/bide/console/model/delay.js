/**
 * A delay as it is edited. Fields of the kinds that are not chosen are kept while one goes to and fro; only those of the chosen kind are sent. Nothing is judged here: what can't be
 * used the service says, at the field.
 */
import {Raw} from './json.js';

/** @typedef {'period' | 'weekdays' | 'date' | 'yearly'} Kind */

/**
 * @typedef {object} Draft
 * @property {Kind} kind
 * @property {string} amount as typed
 * @property {string} unit
 * @property {string[]} days in the week's order
 * @property {string} date `2027-03-01`
 * @property {string} month `12`
 * @property {string} day `24`
 * @property {string | null} at `09:00`; null for none
 * @property {string} ifPast
 * @property {string | null} timezone its own; null for that of the run, else of the workflow
 */

export const DAYS = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'];
export const WORKDAYS = DAYS.slice(0, 5);
export const WEEKEND = DAYS.slice(5);
export const UNITS = ['seconds', 'minutes', 'hours', 'days', 'weeks'];

/** What becomes of a date that has passed, as the sentences of the editor. */
export const IF_PAST = [
  {value: 'fire', words: 'call at once'},
  {value: 'skip', words: 'leave the call out and go on with the next task'},
  {value: 'reject', words: 'refuse it: a run fails here'},
];

/** @type {Readonly<Draft>} */
const FRESH = Object.freeze({kind: 'period', amount: '1', unit: 'days', days: [], date: '', month: '12', day: '24', at: null, ifPast: 'fire', timezone: null});

/**
 * @param {any} delay as the API has it
 * @returns {Draft}
 */
export function draft(delay) {
  const common = {...FRESH, days: [], at: delay?.at ?? null, timezone: delay?.timezone ?? null};
  switch (delay?.type) {
    case 'weekdays':
      return {...common, kind: 'weekdays', days: DAYS.filter(day => (delay.days ?? []).includes(day))};
    case 'date': {
      const yearly = /^--(\d\d)-(\d\d)$/.exec(delay.date ?? '');
      const dated = {...common, ifPast: delay.ifPast ?? 'fire'};
      return yearly ? {...dated, kind: 'yearly', month: String(Number(yearly[1])), day: String(Number(yearly[2]))} : {...dated, kind: 'date', date: delay.date ?? ''};
    }
    case 'period':
      return {...common, kind: 'period', amount: delay.amount === undefined ? '' : String(delay.amount), unit: delay.unit ?? ''};
    default:
      return common;
  }
}

/**
 * @param {Draft} draft
 * @returns {Record<string, unknown>} as the API takes it; what is empty is left out, and the service names it
 */
export function json(draft) {
  const fields = new Set(shown(draft));
  const at = fields.has('at') && draft.at !== null ? draft.at.trim() : undefined;
  const timezone = draft.timezone?.trim() || undefined;
  const tidy = (/** @type {Record<string, unknown>} */ object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
  switch (draft.kind) {
    case 'period':
      return tidy({type: 'period', amount: amount(draft.amount), unit: draft.unit || undefined, at, timezone});
    case 'weekdays':
      return tidy({type: 'weekdays', days: DAYS.filter(day => draft.days.includes(day)), at, timezone});
    case 'date':
      return tidy({type: 'date', date: draft.date.trim() || undefined, at, ifPast: past(draft), timezone});
    case 'yearly':
      return tidy({type: 'date', date: `--${pad(draft.month)}-${pad(draft.day)}`, at, ifPast: past(draft), timezone});
  }
}

/** @param {Draft} draft */
const past = draft => (draft.ifPast === 'fire' ? undefined : draft.ifPast);

/** @param {string} text */
const pad = text => text.trim().padStart(2, '0');

/** A number goes out as it was typed; anything else as text, which the service refuses by its name. @param {string} text */
function amount(text) {
  const typed = text.trim();
  if (typed === '') {
    return undefined;
  }
  return /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/.test(typed) ? new Raw(typed) : typed;
}

/**
 * @template {keyof Draft} F
 * @param {Draft} draft
 * @param {F} field
 * @param {Draft[F]} value
 * @returns {Draft} a new one
 */
export function change(draft, field, value) {
  const next = {...draft, [field]: value};
  return field === 'days' ? {...next, days: DAYS.filter(day => next.days.includes(day))} : next;
}

/**
 * @param {Draft} draft
 * @returns {(keyof Draft)[]} the fields to show
 */
export function shown(draft) {
  switch (draft.kind) {
    case 'period':
      return draft.unit === 'days' || draft.unit === 'weeks' ? ['amount', 'unit', 'at', 'timezone'] : ['amount', 'unit', 'timezone'];
    case 'weekdays':
      return ['days', 'at', 'timezone'];
    case 'date':
      return ['date', 'at', 'ifPast', 'timezone'];
    case 'yearly':
      return ['month', 'day', 'at', 'ifPast', 'timezone'];
  }
}

/**
 * A time of day as people type it, as the API has it.
 * @param {string} text `9`, `9:00`, `9.30`, `0930`, `9 pm`
 * @returns {string} `09:00`; the text as it is where it is none, which the service then names
 */
export function timeOfDay(text) {
  const typed = text.trim();
  const parts = /^(\d{1,2})(?:[:.h ]?(\d{2}))?(?:[:.](\d{2}))?\s*([ap])?\.?(?:m\.?)?$/i.exec(typed);
  if (!parts) {
    return typed;
  }
  const [, hour, minute = '00', second, half] = parts;
  const hours = half ? (Number(hour) % 12) + (half.toLowerCase() === 'p' ? 12 : 0) : Number(hour);
  return `${String(hours).padStart(2, '0')}:${minute}${second ? `:${second}` : ''}`;
}

/** What is not chosen yet; nobody has to be told that it is wrong. @param {Draft} draft @returns {string} */
export function missing(draft) {
  switch (draft.kind) {
    case 'period':
      return draft.amount.trim() === '' ? 'Type how many.' : '';
    case 'weekdays':
      return draft.days.length === 0 ? 'Choose a day, or several.' : '';
    case 'date':
      return draft.date === '' ? 'Choose a date.' : '';
    case 'yearly':
      return draft.day.trim() === '' ? 'Type the day.' : '';
  }
}

/** Whether the zone changes anything: hours are the same everywhere. @param {Draft} draft */
export const zoneMatters = draft => draft.kind !== 'period' || (shown(draft).includes('at') && draft.at !== null);

/** The field of a draft that an error of the service belongs to. @param {Draft} draft @param {string} field below the delay @returns {keyof Draft | null} */
export function fieldOf(draft, field) {
  const first = field.split(/[.[]/)[0];
  if (first === 'date') {
    return draft.kind === 'yearly' ? 'day' : 'date';
  }
  return first in FRESH && first !== 'kind' ? /** @type {keyof Draft} */ (first) : null;
}

/** Offers of the editor; each is only a draft. */
export const quick = [
  {words: '5 min', delay: {type: 'period', amount: 5, unit: 'minutes'}},
  {words: '1 h', delay: {type: 'period', amount: 1, unit: 'hours'}},
  {words: 'tomorrow 9:00', delay: {type: 'period', amount: 1, unit: 'days', at: '09:00'}},
  {words: 'next Monday 9:00', delay: {type: 'weekdays', days: ['MONDAY'], at: '09:00'}},
  {words: 'in a week', delay: {type: 'period', amount: 1, unit: 'weeks'}},
  {words: 'Christmas', delay: {type: 'date', date: '--12-24', at: '09:00'}},
];
