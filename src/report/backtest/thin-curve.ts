/**
 * Indices that keep the picture of some curves over one time axis: in each of `columns` equal spans of time the least and the greatest
 * of every curve, and the first and last of all. No extreme is dropped; at most 2 · columns · curves + 2 indices, ascending. What is not
 * finite is passed over. `at` ascends; at least one value.
 */
export function thinIndices(at: Float64Array, curves: readonly Float64Array[], columns: number): readonly number[] {
  const last = at.length - 1
  if (at.length <= 2 * columns) return Array.from(at, (_, index) => index)
  const width = (at[last]! - at[0]!) / columns || 1
  const kept = new Set([0])
  for (let from = 0; from <= last; ) {
    const column = Math.min(columns - 1, Math.floor((at[from]! - at[0]!) / width))
    let to = from + 1
    while (to <= last && Math.min(columns - 1, Math.floor((at[to]! - at[0]!) / width)) === column) to += 1
    for (const curve of curves) for (const index of extremes(curve, from, to)) kept.add(index)
    from = to
  }
  kept.add(last)
  return [...kept].sort((a, b) => a - b)
}

function extremes(curve: Float64Array, from: number, to: number): readonly number[] {
  let [low, high] = [-1, -1]
  for (let index = from; index < to; index++) {
    const value = curve[index]!
    if (!Number.isFinite(value)) continue
    if (low < 0 || value < curve[low]!) low = index
    if (high < 0 || value > curve[high]!) high = index
  }
  return low < 0 ? [] : [low, high]
}
