import { InputError } from '../../core/errors.ts'
import type { Indicator } from './indicator.ts'
import { RollingWindow } from './rolling-window.ts'
import { isUsable, unit, wholePeriod } from './unit.ts'

/** Means of the input over the last inputs of each span, in its unit. */
export interface HarTerms {
  readonly short: number
  readonly middle: number
  readonly long: number
}

export type HarSpans = readonly [short: number, middle: number, long: number]

const BLANK: HarTerms = { short: Number.NaN, middle: Number.NaN, long: Number.NaN }

/**
 * Terms of the heterogeneous autoregression (Corsi 2009, eq. 8): means of realised variance (or of its root) over three spans, there a
 * day, a week and a month: [1, 5, 22] over daily inputs. Throws `InputError` unless the spans ascend.
 */
export function har(spans: HarSpans): Indicator<number, HarTerms> {
  const [short, middle, long] = spans
  for (const span of spans) wholePeriod('har.spans', span)
  if (!(short < middle && middle < long)) {
    throw new InputError(`har.spans was ${spans.join(', ')}; each must be longer than the one before`, { spans })
  }
  const window = new RollingWindow(long)
  const meanOf = (span: number): number => {
    let total = 0
    for (let at = long - span; at < long; at += 1) total += window.at(at)
    return total / span
  }
  return unit({
    name: 'har',
    params: spans,
    warmUp: long,
    parts: [window],
    blank: BLANK,
    accepts: isUsable,
    step(variance) {
      window.push(variance)
      return window.isFull ? { short: meanOf(short), middle: meanOf(middle), long: meanOf(long) } : BLANK
    },
  })
}
