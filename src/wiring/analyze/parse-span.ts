import { InputError } from '../../core/errors.ts'

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const SPAN_MS_MAX = 86_400_000

/** Milliseconds of `500ms`, `1s`, `5m`, `1h`, `1d`; at most a day. Throws `InputError` naming `option`. */
export function parseSpan(text: string, option: string): number {
  const [, count, unit] = /^([1-9]\d{0,8})(ms|s|m|h|d)$/.exec(text) ?? []
  const spanMs = Number(count) * (UNIT_MS[unit ?? ''] ?? Number.NaN)
  if (spanMs <= SPAN_MS_MAX) return spanMs
  throw new InputError(
    `${option} was ${JSON.stringify(text)}; it must be a whole number and ms, s, m, h or d, at most 1d, e.g. 1s`,
    { option },
  )
}
