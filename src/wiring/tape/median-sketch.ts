/** Median of a stream in bounded memory: exact up to `SAMPLES_MAX` values, then of every second, fourth, … of them. */
export interface MedianSketch {
  add(value: number): void
  /** NaN before the first value. */
  median(): number
}

const SAMPLES_MAX = 65_536

export function medianSketch(): MedianSketch {
  let samples: number[] = []
  let stride = 1
  let count = 0
  return {
    add(value) {
      if (count % stride === 0) samples.push(value)
      count += 1
      if (samples.length < SAMPLES_MAX) return
      samples = samples.filter((_, nth) => nth % 2 === 0)
      stride *= 2
    },
    median() {
      const ascending = Float64Array.from(samples).sort()
      const middle = ascending.length >> 1
      return ascending.length % 2 === 1
        ? ascending[middle]!
        : (ascending[middle - 1] ?? Number.NaN) / 2 + (ascending[middle] ?? Number.NaN) / 2
    },
  }
}
