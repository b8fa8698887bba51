/** How what is coming is drawn: an hour as bars, a week and a year as heat, months to open where there is little room. */
import * as model from '../model/density.js';
import {count, rate, short} from '../model/words.js';
import {MONTH_NAMES, localOf, wall} from '../time.js';
import {html, nothing, svg} from './base.js';

/** @typedef {import('../model/density.js').Cell} Cell */
/** @typedef {import('./density.js').Density} Density */

const CHART = {height: 176, left: 40, top: 18, bottom: 22};
/** More room above, for a line that stands at the edge, and its words. */
const ABOVE = 14;

/** @type {Record<model.View, string>} */
export const SPANS = {hour: 'Timers due in the next hour, by minute', week: 'Timers due in the next seven days, by hour', year: 'Timers due in the next thirteen months, by day'};

/** Sixty bars and the line of what can be carried; what is above it goes on into the minutes after. @param {Density} grid @param {Cell[]} cells */
export function hour(grid, cells) {
  const {width, capacity, zone} = grid;
  const {height, left, bottom} = CHART;
  const most = Math.max(1, ...cells.map(cell => cell.count));
  const can = capacity ? capacity * 60 : 0;
  // A line a hundred times above all there is would press the bars flat; it stands at the edge then, and says so.
  const far = can > 100 * most;
  const top = CHART.top + (far ? ABOVE : 0);
  const inner = {width: width - 34 - left, height: height - top - bottom};
  const scale = far ? most : Math.max(most, can);
  const y = (/** @type {number} */ count) => top + inner.height * (1 - model.height(count, scale));
  const x = (/** @type {number} */ i) => left + (i * inner.width) / 60;
  const loads = model.load(cells, capacity, grid.carried);
  const bar = Math.max(1, inner.width / 60 - (inner.width > 400 ? 2 : 1));
  const line = !can ? 0 : far ? top - 8 : y(can);
  const ticks = model.ticks(scale);
  const chosen = (grid.pointed ?? grid.focused) === undefined ? undefined : grid.chosen;
  const offset = Math.floor(wall(zone, cells[0].from) / 60_000) % 60;
  return html`<div class="hour">
    <svg viewBox="0 0 ${left + inner.width} ${height}" width=${left + inner.width} height=${height} fill="var(--soft)" aria-hidden="true">
      ${ticks.map(tick => svg`<path stroke="var(--line)" d="M${left} ${y(tick)}H${left + inner.width}"/><text x=${left - 6} y=${y(tick) + 4} text-anchor="end">${short(tick)}</text>`)}
      ${chosen ? svg`<rect fill="var(--tint)" x=${x(cells.indexOf(chosen))} y=${top} width=${inner.width / 60} height=${inner.height}/>` : nothing}
      ${cells.map((cell, i) => {
        const own = cell.count > 0 ? Math.min(y(cell.count), top + inner.height - 2) : top + inner.height;
        const before = i > 0 ? loads[i - 1].left : grid.carried;
        // Drawn whole below the line; what is above it, and what the minutes after have to work off, only as an outline.
        const solid = can && cell.count > can ? line : own;
        const worked = can && before > 0 ? y(Math.min(can, before + cell.count)) : own;
        return svg`${cell.count > 0 ? svg`<rect fill=${cell.exact ? 'var(--accent)' : 'none'} stroke="var(--accent)" stroke-width=${cell.exact ? 0 : 1} x=${x(i)} y=${solid} width=${bar} height=${top + inner.height - solid}/>` : nothing}
          ${solid > own ? svg`<rect fill="var(--retrying-bg)" stroke="var(--retrying)" x=${x(i) + 0.5} y=${own + 0.5} width=${Math.max(1, bar - 1)} height=${solid - own}/>` : nothing}
          ${worked < own - 1 ? svg`<rect fill="none" stroke="var(--accent)" stroke-dasharray="2 2" x=${x(i) + 0.5} y=${worked + 0.5} width=${Math.max(1, bar - 1)} height=${own - worked}/>` : nothing}
          ${loads[i].over ? svg`<text fill="var(--retrying)" font-weight="700" x=${x(i) + bar / 2} y=${own - 4} text-anchor="middle">!</text>` : nothing}`;
      })}
      <path stroke="var(--edge)" d="M${left} ${top + inner.height + 0.5}H${left + inner.width}"></path>
      ${cells.map((cell, i) =>
        (offset + i) % (inner.width > 500 ? 10 : 20) === 0
          ? svg`<path stroke="var(--edge)" d="M${x(i)} ${top + inner.height}v4"/><text x=${x(i)} y=${height - 5} text-anchor=${i === 0 ? 'start' : x(i) > left + inner.width - 16 ? 'end' : 'middle'}>${localOf(zone, cell.from).slice(11, 16)}</text>`
          : nothing,
      )}
      ${can ? svg`<path stroke="var(--ink)" stroke-dasharray="6 4" d="M${left} ${line}H${left + inner.width}"/><text fill="var(--ink)" x=${left + inner.width} y=${line < top + 14 && !far ? line + 14 : line - 5} text-anchor="end">${far ? '↑ far above: ' : ''}${inner.width > 400 ? `the cluster can carry ${short(can)} a minute (${rate(/** @type {number} */ (capacity))})` : `can carry ${short(can)} a minute`}</text>` : nothing}
    </svg>
    <div role="grid" aria-label=${SPANS.hour}><div role="row">${cells.map((cell, i) => grid.cell(cell, i))}</div></div>
  </div>`;
}

/** Days down and hours across; turned where that is too wide. @param {Density} grid @param {Cell[]} cells @param {boolean} turned */
export function week(grid, cells, turned) {
  const rows = (cells.at(-1)?.row ?? 0) + 1;
  const heads = Array.from({length: rows}, (_, row) => model.rowHead('week', row, cells[0].from, grid.zone));
  const hours = Array.from({length: 24}, (_, hour) => String(hour).padStart(2, '0'));
  const slots = slotted(cells);
  const loads = model.load(cells, grid.capacity);
  const at = (/** @type {number} */ row, /** @type {number} */ hour) => slot(grid, cells, slots.get(`${row} ${hour}`), loads, row === 0 || row === rows - 1);
  return turned
    ? html`<div class="cells turned" role="grid" aria-label=${SPANS.week}>
        <div role="row"><span></span>${heads.map(head => html`<span role="columnheader">${head.split(' ').map(word => html`<span>${word}</span> `)}</span>`)}</div>
        ${hours.map((hour, h) => html`<div role="row"><span role="rowheader">${hour}</span>${heads.map((_, row) => at(row, h))}</div>`)}
      </div>`
    : html`<div class="cells week" role="grid" aria-label=${SPANS.week}>
        <div role="row"><span></span>${hours.map(hour => html`<span role="columnheader">${hour}</span>`)}</div>
        ${heads.map((head, row) => html`<div role="row"><span role="rowheader">${head}</span>${hours.map((_, hour) => at(row, hour))}</div>`)}
      </div>`;
}

/** Months down and days across. @param {Density} grid @param {Cell[]} cells */
export function year(grid, cells) {
  const rows = (cells.at(-1)?.row ?? 0) + 1;
  const slots = slotted(cells);
  const loads = model.load(cells, grid.capacity);
  const days = Array.from({length: 31}, (_, day) => day);
  return html`<div class="cells year" role="grid" aria-label=${SPANS.year}>
    <div role="row"><span></span>${days.map(day => html`<span role="columnheader">${day + 1}</span>`)}</div>
    ${Array.from({length: rows}, (_, row) => {
      const [month, year] = model.rowHead('year', row, cells[0].from, grid.zone).split(' ');
      return html`<div role="row"><span role="rowheader">${month.slice(0, 3)} ${year.slice(2)}</span>${days.map(day => slot(grid, cells, slots.get(`${row} ${day}`), loads, true))}</div>`;
    })}
  </div>`;
}

/** Months to open, each a calendar. @param {Density} grid @param {Cell[]} cells */
export function months(grid, cells) {
  const loads = model.load(cells, grid.capacity);
  const rows = Array.from({length: (cells.at(-1)?.row ?? 0) + 1}, (_, row) => cells.filter(cell => cell.row === row));
  const sums = rows.map(month => month.reduce((sum, cell) => sum + cell.count, 0));
  const most = Math.max(1, ...sums);
  return html`<div class="months">${rows.map((month, row) => {
    const exact = month.every(cell => cell.exact);
    const first = wall(grid.zone, month[0].from);
    // Monday is the first column.
    const blank = (new Date(first).getUTCDay() + 6) % 7;
    const cellsOf = [...Array.from({length: blank}, () => undefined), ...month];
    const weeks = Array.from({length: Math.ceil(cellsOf.length / 7)}, (_, week) => cellsOf.slice(week * 7, week * 7 + 7));
    const name = `${MONTH_NAMES[new Date(first).getUTCMonth()]} ${new Date(first).getUTCFullYear()}`;
    return html`<details>
      <summary>${name}: ${sums[row] === 0 ? html`<span class="soft">none</span>` : html`<strong>${count({count: sums[row], exact})}</strong>`}${month.some(cell => loads[cells.indexOf(cell)].over) ? html` <strong aria-label="more than can be carried">!</strong>` : nothing}
        <svg viewBox="0 0 100 6" preserveAspectRatio="none" height="6" aria-hidden="true"><rect fill=${exact ? 'var(--accent)' : 'none'} stroke="var(--accent)" stroke-width=${exact ? 0 : 1} x="0" y="0" width=${sums[row] === 0 ? 0 : Math.max(1, (100 * sums[row]) / most)} height="6"></rect></svg></summary>
      <div class="cells calendar" role="grid" aria-label="Timers due in ${name}, by day">
        <div role="row">${['Mo', 'Tu', 'We', 'Th', 'Fr', 'Sa', 'Su'].map(day => html`<span role="columnheader">${day}</span>`)}</div>
        ${weeks.map(
          week => html`<div role="row">${week.map(cell => {
            const i = cell ? cells.indexOf(cell) : -1;
            return cell ? grid.cell(cell, i, {over: loads[i].over, content: html`<small>${cell.column + 1}</small>`}) : html`<span role="gridcell"></span>`;
          })}</div>`,
        )}
      </div>
    </details>`;
  })}</div>`;
}

/** What stands in a place: a cell, two where an hour comes twice, none where there is no such time. @param {Density} grid @param {Cell[]} cells @param {number[] | undefined} there @param {{over: boolean}[]} loads @param {boolean} edge */
function slot(grid, cells, there, loads, edge) {
  if (!there) {
    return html`<span role="gridcell">${edge ? nothing : '–'}</span>`;
  }
  const drawn = there.map(i => grid.cell(cells[i], i, loads[i]));
  return drawn.length > 1 ? html`<span class="twice" role="presentation">${drawn}</span>` : drawn;
}

/** @param {Cell[]} cells @returns {Map<string, number[]>} which cells stand in a place */
function slotted(cells) {
  /** @type {Map<string, number[]>} */
  const out = new Map();
  cells.forEach(({row, column}, i) => {
    const name = `${row} ${column}`;
    out.set(name, [...(out.get(name) ?? []), i]);
  });
  return out;
}
