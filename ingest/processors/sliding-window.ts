/** The last numbers of one series with their mean and deviation, O(1) for each new number. */
export interface SlidingWindow {
  size(): number;
  /** How many standard deviations `value` is from the mean of what the window holds. */
  distanceOf(value: number): number;
  add(value: number): void;
}

/** Numbers closer to the mean than this share of it are equal to it: what a sum leaves over in the last digits. */
const relativeEpsilon = 1e-9;

/**
 * Welford's method, in its form for a window: what leaves is replaced by what comes. The small errors of many
 * replacements are wiped out by summing up anew once in a whole turn of the window, which is O(1) over time.
 */
export function createSlidingWindow(capacity: number): SlidingWindow {
  const values = new Float64Array(capacity);
  let size = 0;
  let next = 0;
  let mean = 0;
  /** Sum of the squared distances from the mean. */
  let squares = 0;

  function grow(value: number): void {
    size += 1;
    const distance = value - mean;
    mean += distance / size;
    squares += distance * (value - mean);
  }

  function replace(old: number, value: number): void {
    const before = mean;
    mean += (value - old) / size;
    squares = Math.max(0, squares + (value - old) * (value - mean + old - before));
  }

  function sumUpAnew(): void {
    mean = values.reduce((sum, value) => sum + value / capacity, 0);
    squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  }

  return {
    size: () => size,
    distanceOf(value) {
      const distance = Math.abs(value - mean);
      if (size === 0 || distance <= relativeEpsilon * Math.abs(mean)) return 0;
      return distance / Math.sqrt(squares / size);
    },
    add(value) {
      const old = values[next] ?? 0;
      values[next] = value;
      if (size < capacity) grow(value);
      else replace(old, value);
      next = (next + 1) % capacity;
      if (next === 0) sumUpAnew();
    },
  };
}
