import { InputError } from '../../core/errors.ts'
import type { RowRange, SeriesData, SeriesPart, SeriesSettings } from './series-data.ts'

/** Look-back windows and what followed them. */
export interface WindowBatch {
  /** [batch, lookBack, channels] row-major. */
  readonly inputs: Float32Array
  /** [batch, horizon, channels] row-major. */
  readonly targets: Float32Array
}

/**
 * First rows of every window of a part, one per row. All forecast rows lie in the part; the look-back of validation and test may begin
 * before it. Throws `InputError` when the part is too short for one window.
 */
export function windowStarts(
  { parts }: Pick<SeriesData, 'parts'>,
  part: SeriesPart,
  { lookBack, horizon }: SeriesSettings,
): RowRange {
  const { from, to } = parts[part]
  const starts = { from: Math.max(0, from - lookBack), to: to - lookBack - horizon + 1 }
  if (starts.to <= starts.from) {
    throw new InputError(
      `${part} part of ${to - from} rows holds no window of look-back ${lookBack} and horizon ${horizon}`,
      { part, lookBack, horizon },
    )
  }
  return starts
}

/** Windows that begin at `starts`. */
export function gatherWindows(
  { values, channels }: SeriesData,
  starts: ArrayLike<number>,
  { lookBack, horizon }: SeriesSettings,
): WindowBatch {
  const inputs = new Float32Array(starts.length * lookBack * channels)
  const targets = new Float32Array(starts.length * horizon * channels)
  for (let i = 0; i < starts.length; i += 1) {
    const from = starts[i]! * channels
    const between = from + lookBack * channels
    inputs.set(values.subarray(from, between), i * lookBack * channels)
    targets.set(values.subarray(between, between + horizon * channels), i * horizon * channels)
  }
  return { inputs, targets }
}
