/** Due times for the samples, by a small copy of the rules: good enough to look at a page. The service's own are in dev.bide.delay. */

const DAYS = ['SUNDAY', 'MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY'];
const UNITS = {seconds: 1e3, minutes: 60e3, hours: 3_600e3, days: 86_400e3, weeks: 7 * 86_400e3};
const DAY = UNITS.days;
const title = text => text[0] + text.slice(1).toLowerCase();

class Invalid extends Error {
  constructor(field, message) {
    super(message);
    this.field = field;
  }
}

const format = zone => new Intl.DateTimeFormat('en', {timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23'});
function wall(zone, at) {
  const {year, month, day, hour, minute, second} = Object.fromEntries(format(zone).formatToParts(at).map(part => [part.type, Number(part.value)]));
  return Date.UTC(year, month - 1, day, hour, minute, second);
}
function local(zone, at) {
  const ahead = Math.round((wall(zone, at) - Math.floor(at / 1000) * 1000) / 60e3);
  const pad = n => String(n).padStart(2, '0');
  return new Date(wall(zone, at)).toISOString().slice(0, 19) + `${ahead < 0 ? '-' : '+'}${pad(Math.floor(Math.abs(ahead) / 60))}:${pad(Math.abs(ahead) % 60)}`;
}
/** Where a local time stands: forward over a gap, the first of two. */
function moment(zone, date, at) {
  const wanted = date + at;
  const [before, after] = [-DAY, DAY].map(by => wall(zone, wanted + by) - (wanted + by));
  const valid = [wanted - before, wanted - after].filter(each => wall(zone, each) === wanted);
  const change = valid.length === 0 ? 'gap' : valid.length === 2 && valid[0] !== valid[1] ? 'overlap' : null;
  return {at: valid.length > 0 ? Math.min(...valid) : wanted - before, ...(change && {clockChange: {kind: change, local: new Date(wanted).toISOString().slice(0, 19)}})};
}

function check(condition, field, message) {
  if (!condition) {
    throw new Invalid(field, message);
  }
}

/** @returns {{dueAt: string | null, local?: string, timezone: string, rule: string, clockChange?: unknown}} */
function explain(delay, from, zone) {
  const timezone = delay.timezone ?? zone ?? 'UTC';
  try {
    format(timezone);
  } catch {
    throw new Invalid(delay.timezone ? 'delay.timezone' : 'timezone', 'must be the name of a time zone, such as Europe/Berlin');
  }
  const time = delay.at === undefined ? null : /^([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/.exec(delay.at);
  check(time !== null || delay.at === undefined, 'delay.at', 'must be a time of day, HH:mm or HH:mm:ss');
  const at = time ? (Number(time[1]) * 3600 + Number(time[2]) * 60 + Number(time[3] ?? 0)) * 1000 : null;
  const today = Math.floor(wall(timezone, from) / DAY) * DAY;
  const daily = at === null ? '' : ` at ${delay.at}`;
  const first = matches => {
    for (let date = at === null ? today : today - DAY; date < today + 3000 * DAY; date += DAY) {
      if (matches(new Date(date))) {
        const found = at === null && date === today ? {at: from} : moment(timezone, date, at ?? 0);
        if (found.at >= from) {
          return found;
        }
      }
    }
    throw new Invalid('delay.date', 'never comes');
  };
  let found;
  let rule;
  if (delay.type === 'period') {
    check(delay.amount !== undefined, 'delay.amount', 'is required');
    check(Number.isInteger(delay.amount), 'delay.amount', 'must be a whole number');
    check(delay.unit in UNITS, 'delay.unit', 'must be one of seconds, minutes, hours, days, weeks');
    check(delay.amount >= 0 && delay.amount * UNITS[delay.unit] <= 3653 * DAY, 'delay.amount', `must be from 0 to ${Math.floor((3653 * DAY) / UNITS[delay.unit])} ${delay.unit}`);
    check(at === null || UNITS[delay.unit] >= DAY, 'delay.at', `needs a unit of days or weeks, not ${delay.unit}`);
    check(at === null || delay.amount > 0, 'delay.amount', 'must be at least 1 where there is a time of day');
    const words = `${delay.amount} ${delay.amount === 1 ? delay.unit.slice(0, -1) : delay.unit}`;
    found = at === null ? {at: from + delay.amount * UNITS[delay.unit]} : moment(timezone, today + delay.amount * UNITS[delay.unit], at);
    rule = at === null ? `${words} after the wait begins` : `${words} later at ${delay.at}, ${timezone}`;
  } else if (delay.type === 'weekdays') {
    check((delay.days ?? []).length > 0, 'delay.days', 'must name at least one day');
    found = first(date => delay.days.includes(DAYS[date.getUTCDay()]));
    rule = `the first ${delay.days.map(title).join(' or ')}${daily}, ${timezone}`;
  } else if (delay.type === 'date') {
    const yearly = /^--(\d\d)-(\d\d)$/.exec(delay.date ?? '');
    const date = Date.parse(`${yearly ? `2028-${yearly[1]}-${yearly[2]}` : delay.date}T00:00:00Z`);
    check(delay.date !== undefined, 'delay.date', 'is required');
    check(!Number.isNaN(date) && (!yearly || new Date(date).getUTCDate() === Number(yearly[2])), 'delay.date', 'must be a date that exists, yyyy-MM-dd, or --MM-dd for every year');
    const words = new Date(date).toLocaleDateString('en-GB', {day: 'numeric', month: 'long', timeZone: 'UTC', ...(!yearly && {year: 'numeric'})});
    rule = `${words}${daily}, ${yearly ? 'every year, ' : ''}${timezone}`;
    if (yearly) {
      found = first(each => each.getUTCMonth() + 1 === Number(yearly[1]) && each.getUTCDate() === Number(yearly[2]));
    } else {
      found = at === null && date === today ? {at: from} : moment(timezone, date, at ?? 0);
      if (found.at < from) {
        if (delay.ifPast === 'reject') {
          throw new Invalid('delay.date', 'has passed');
        }
        found = delay.ifPast === 'skip' ? null : {at: from};
      }
      rule += delay.ifPast === 'skip' ? '; skipped if that has passed' : delay.ifPast === 'reject' ? '; refused if that has passed' : '; at once if that has passed';
    }
  } else {
    throw new Invalid('delay.type', 'must be period, weekdays or date');
  }
  return found === null ? {dueAt: null, timezone, rule} : {dueAt: new Date(found.at).toISOString(), local: local(timezone, found.at), timezone, rule, ...(found.clockChange && {clockChange: found.clockChange})};
}

const invalid = (field, message) => ({status: 422, json: {type: 'urn:bide:problem:invalid', title: 'A value breaks a rule', status: 422, detail: `${field} ${message}`, errors: [{field, message}]}});

/** @param {{delay: any, from?: string | string[], timezone?: string}} asked */
export function preview({delay, from, timezone}) {
  try {
    if (!Array.isArray(from)) {
      return {status: 200, json: explain(delay, from ? Date.parse(from) : Date.now(), timezone)};
    }
    return {
      status: 200,
      json: {
        items: from.map(each => {
          try {
            return explain(delay, Date.parse(each), timezone);
          } catch (fault) {
            if (fault instanceof Invalid && fault.message === 'has passed') {
              return {error: {field: fault.field, message: fault.message}};
            }
            throw fault;
          }
        }),
      },
    };
  } catch (fault) {
    if (fault instanceof Invalid) {
      return invalid(fault.field, fault.message);
    }
    throw fault;
  }
}
