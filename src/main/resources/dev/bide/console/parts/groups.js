/** Groups of failures by their ids, asked once for all who show one. A tab remembers what they are called: a group whose last timer was delivered is listed no more. */
import {get} from '../api.js';
import {groupWords} from '../model/groups.js';
import {parse, write} from '../model/json.js';
import {tab} from './tab.js';

/** @typedef {import('../model/groups.js').Group} Group */

const PLACE = 'bide.groups';
const MOST = 100;
const KEPT = 10_000;

/** @type {Map<string, Group>} */
let known = new Map();
let asked = 0;

/** @returns {Record<string, string>} */
function remembered() {
  try {
    return parse(tab.get(PLACE) ?? '{}');
  } catch {
    return {};
  }
}

/** @param {Group[]} groups all that there are */
function learn(groups) {
  known = new Map(groups.map(group => [group.problem, group]));
  const names = {...remembered(), ...Object.fromEntries(groups.map(group => [group.problem, groupWords(group)]))};
  tab.set(PLACE, write(Object.fromEntries(Object.entries(names).slice(-MOST))));
}

/**
 * @param {string} id
 * @param {() => void} changed that it is known by now
 * @returns {{words: string | undefined, count: number | undefined}} how many are dead of it just now, where that is known
 */
export function group(id, changed) {
  if (Date.now() - asked > KEPT) {
    asked = Date.now();
    get('/problems').then(
      ({items}) => {
        learn(items);
        changed();
      },
      () => {},
    );
  }
  const found = known.get(id);
  return {words: found ? groupWords(found) : remembered()[id], count: found?.count};
}
