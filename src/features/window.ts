import type { FeatureRow, FeatureWindow } from './feature-row.ts'

/** Pure step of one instrument: the window that ends in each row. */
export type Windows = (row: FeatureRow) => FeatureWindow

/** `steps` rows of `features` columns. A row that is not ready empties the window: its zeros must never reach a model. */
export function windows(steps: number, features: number): Windows {
  const ring = new Float32Array(steps * features)
  let filled = 0
  return (row) => {
    ring.copyWithin(0, features)
    ring.set(row.values, (steps - 1) * features)
    filled = row.ready && row.bar.taints.length === 0 ? Math.min(filled + 1, steps) : 0
    return { row, values: ring.slice(), steps, ready: filled === steps }
  }
}
