import { InputError } from '../core/errors.ts'
import { barSpec } from '../market/bar-spec.ts'

const DAY_MS = 86_400_000

/** Milliseconds of `15s`, `1m`, `4h`, `1d`; undefined for other texts. */
export function timeframeMs(text: string): number | undefined {
  try {
    const spec = barSpec(text)
    return spec.kind === 'time' ? spec.ms : undefined
  } catch (error) {
    if (error instanceof InputError) return undefined
    throw error
  }
}

/** What `text` must be where bars of `barMs` cannot be put together to it; undefined where they can. */
export function timeframeProblem(text: string, barMs: number): string | undefined {
  const ms = timeframeMs(text)
  if (ms === undefined) return 'a number and s, m, h or d, e.g. 15s, 1m, 4h'
  if (ms % barMs !== 0) return `a multiple of the bar's ${barMs} milliseconds`
  return DAY_MS % ms !== 0 ? 'a length that divides a day' : undefined
}
