/** Something of a list is taken in hand: where it would go is told while the pointer moves. */

/** From here on it counts as the middle of an item, however tall it is. */
const HEAD = 120;
const EDGE = {top: 80, bottom: 60, step: 16};

/**
 * @param {object} how
 * @param {() => Element[]} how.items those of the list, in their order
 * @param {() => number} how.index of the one in hand
 * @param {(to: number) => void} how.over where it would stand among them
 * @param {(dropped: boolean) => void} how.end Escape puts it back
 */
export function drag({items, index, over, end}) {
  const abort = new AbortController();
  const {signal} = abort;
  const stop = (/** @type {boolean} */ dropped) => {
    abort.abort();
    end(dropped);
  };
  addEventListener(
    'pointermove',
    ({clientY}) => {
      const above = items().filter((item, i) => {
        const {top, height} = item.getBoundingClientRect();
        return i !== index() && top + Math.min(height, HEAD) / 2 < clientY;
      });
      if (clientY < EDGE.top || clientY > innerHeight - EDGE.bottom) {
        scrollBy(0, clientY < EDGE.top ? -EDGE.step : EDGE.step);
      }
      over(above.length);
    },
    {signal},
  );
  addEventListener('pointerup', () => stop(true), {signal});
  addEventListener('pointercancel', () => stop(false), {signal});
  addEventListener('keydown', ({key}) => key === 'Escape' && stop(false), {signal});
}
