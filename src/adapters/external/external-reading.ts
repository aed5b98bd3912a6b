import type { Clock } from '../../core/clock.port.ts'
import type { EpochMs } from '../../core/units.ts'
import type { ExternalReading } from '../../features/external-series.port.ts'

export interface ReadingRules {
  /** Series that the features know; others are refused: a wrong name must not go unnoticed. */
  readonly series: readonly string[]
  readonly clock: Pick<Clock, 'now'>
}

/** How far the source's clock may be ahead of ours, milliseconds: what has not been observed yet must not be used. */
export const FUTURE_MS_MAX = 5_000

/** A reading, or the rule that it breaks. */
export type ReadingResult = ExternalReading | { readonly refused: string }

const isSafeText = (text: string): boolean => /^[\w.:+-]{1,64}$/.test(text)
const shown = (value: unknown): string =>
  typeof value === 'number' || (typeof value === 'string' && isSafeText(value)) ? String(value) : typeof value

/** `raw`: `{observedAt, series, value}`; the time in milliseconds since the epoch or as ISO 8601 with its zone. */
export function externalReading(raw: unknown, { series: known, clock }: ReadingRules): ReadingResult {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    return { refused: `a reading was ${shown(raw)}; it must be an object of observedAt, series and value` }
  }
  const fields = raw as Readonly<Record<string, unknown>>
  const extra = Object.keys(fields).find((key) => !['observedAt', 'series', 'value'].includes(key))
  if (extra !== undefined) return { refused: `${shown(extra)}: unknown field; observedAt, series and value are known` }
  const { series, value } = fields
  if (typeof series !== 'string' || !known.includes(series)) {
    return { refused: `series was ${shown(series)}; it must be one of ${known.join(', ')}` }
  }
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    return { refused: `value was ${shown(value)}; it must be a finite number` }
  }
  const observedAt = timeOf(fields['observedAt'])
  if (observedAt === undefined) {
    const rule = 'milliseconds since the epoch or ISO 8601 with its zone, e.g. 2026-01-02T03:04:05Z'
    return { refused: `observedAt was ${shown(fields['observedAt'])}; it must be ${rule}` }
  }
  if (observedAt > clock.now() + FUTURE_MS_MAX) {
    return { refused: `observedAt was ${observedAt}; it must not be more than ${FUTURE_MS_MAX} ms in the future` }
  }
  return { series, value, observedAt }
}

const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/

function timeOf(value: unknown): EpochMs | undefined {
  const at = typeof value === 'string' && ISO.test(value) ? Date.parse(value) : value
  return typeof at === 'number' && Number.isFinite(at) && at >= 0 ? (at as EpochMs) : undefined
}
