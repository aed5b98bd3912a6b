import type { RowRange } from './series-data.ts'

/** Sums over sliding windows of `width` rows, all channels pooled. */
export interface WindowMoments {
  readonly windows: number
  readonly width: number
  /** Σ v[t + i], [width]. */
  readonly sums: Float64Array
  /** Σ v[t + i] v[t + j], [width, width], symmetric. */
  readonly products: Float64Array
}

/**
 * Moments of every window that begins in `starts`. Windows overlap, so each product sum is its upper-left neighbour less the term that
 * leaves plus the one that enters: O(width²) after the first row, where forming the windows would cost O(windows × width²).
 */
export function windowMoments(values: Float64Array, channels: number, starts: RowRange, width: number): WindowMoments {
  const sums = new Float64Array(width)
  const products = new Float64Array(width * width)
  for (let channel = 0; channel < channels; channel += 1) {
    const length = starts.to - starts.from + width - 1
    const series = Float64Array.from({ length }, (_, i) => values[(starts.from + i) * channels + channel]!)
    addChannel(series, starts.to - starts.from, sums, products)
  }
  for (let i = 0; i < width; i += 1) {
    for (let j = 0; j < i; j += 1) products[i * width + j] = products[j * width + i]!
  }
  return { windows: channels * (starts.to - starts.from), width, sums, products }
}

/** Upper triangle of `products` only. */
function addChannel(series: Float64Array, windows: number, sums: Float64Array, products: Float64Array): void {
  const width = sums.length
  const above = new Float64Array(width)
  let sum = 0
  for (let t = 0; t < windows; t += 1) sum += series[t]!
  for (let j = 0; j < width; j += 1) {
    sums[j]! += sum
    if (j + 1 < width) sum += series[j + windows]! - series[j]!
    let product = 0
    for (let t = 0; t < windows; t += 1) product += series[t]! * series[t + j]!
    above[j] = product
    products[j]! += product
  }
  for (let i = 1; i < width; i += 1) {
    for (let j = width - 1; j >= i; j -= 1) {
      const leaves = series[i - 1]! * series[j - 1]!
      const enters = series[i - 1 + windows]! * series[j - 1 + windows]!
      above[j] = above[j - 1]! - leaves + enters
      products[i * width + j]! += above[j]!
    }
  }
}
