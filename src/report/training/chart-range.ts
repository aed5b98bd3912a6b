/** Least and greatest of the finite ones, with a little room; of no width, still a width. [0, 1] where there are none. */
export function rangeOf(values: Iterable<number>, room = 0.04): readonly [from: number, to: number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const value of values) {
    if (!Number.isFinite(value)) continue
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  if (low > high) return [0, 1]
  const width = high - low || Math.abs(high) * 0.02 || 1
  return [low - room * width, high + room * width]
}

/** Whether values are better shown on a logarithmic axis: all above 0, and one and a half decades between the ends. */
export function spansDecades(values: readonly number[]): boolean {
  const finite = values.filter(Number.isFinite)
  const low = finite.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY)
  const high = finite.reduce((most, value) => Math.max(most, value), 0)
  return low > 0 && high / low >= 30
}

const TICKS_MAX = 6

/** Powers of ten between two logarithms, every so many where they are many; 2 and 5 times them where they are few. Logarithms too. */
export function decadeTicks(from: number, to: number): readonly number[] {
  const first = Math.floor(from)
  const decades = Array.from({ length: Math.ceil(to) - first + 1 }, (_, i) => first + i)
  const inside = (ticks: readonly number[]): readonly number[] => ticks.filter((tick) => tick >= from && tick <= to)
  const powers = inside(decades)
  const each = Math.ceil(powers.length / TICKS_MAX)
  if (powers.length > 2) return powers.filter((_, i) => i % each === 0)
  return inside(decades.flatMap((power) => [power, power + Math.log10(2), power + Math.log10(5)]))
}
