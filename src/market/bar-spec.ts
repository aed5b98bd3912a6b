import { InputError } from '../core/errors.ts'

/** Time bars: aligned to multiples of `ms` on the exchange clock, closed by watermarks. */
export interface TimeBarSpec {
  readonly kind: 'time'
  readonly ms: number
}

/**
 * Bars that end with the trade that completes them (López de Prado 2018, "Advances in Financial Machine Learning", ch. 2.3).
 * `maxMs`: the first watermark that finds a bar this old, milliseconds, closes it as it is.
 */
export type EventBarSpec = { readonly maxMs?: number } & (
  | { readonly kind: 'tick'; readonly trades: number }
  /** Base units; contracts on inverse instruments. */
  | { readonly kind: 'volume'; readonly base: number }
  /** Quote currency. */
  | { readonly kind: 'dollar'; readonly quote: number }
  | ImbalanceSpec
)

/** `of`: what a trade weighs: 1, its size, or its value. `expectedTicks`: trades of a bar, as a first guess. */
export interface ImbalanceSpec {
  readonly kind: 'imbalance'
  readonly of: 'tick' | 'volume' | 'dollar'
  readonly expectedTicks: number
}

export type BarSpec = TimeBarSpec | EventBarSpec

const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
type Unit = keyof typeof UNIT_MS
const DAY_MS = UNIT_MS.d

/** Trades per bar, and first guesses of them, at most. */
const TICKS_MAX = 10_000_000
/** Below, an imbalance says nothing. */
const EXPECTED_TICKS_MIN = 10

const FORMS = '1s, 5m, tick:100, volume:50, dollar:1000000, imbalance:tick:1000 (of tick, volume or dollar)'

/**
 * Reads what `barSpecText` writes: `500ms`, `1s`, `5m`, `4h`, `1d`; `tick:100`, `volume:50`, `dollar:1000000`,
 * `imbalance:volume:1000`, each of these with `:max=10m` behind it where a bar must not grow older. Throws `InputError`; `name` is the
 * option or key that holds the text.
 */
export function barSpec(text: string, name = 'bar'): BarSpec {
  const parts = text.split(':')
  const refuse = (rule: string): never => {
    throw new InputError(`${name} was ${JSON.stringify(text)}; ${rule}`, { name, value: text })
  }
  if (parts.length === 1) {
    return { kind: 'time', ms: durationMs(text) ?? refuse(`it must be a duration up to a day or one of ${FORMS}`) }
  }
  const last = parts.at(-1)!
  const limit = last.startsWith('max=') ? parts.pop()!.slice(4) : undefined
  const maxMs = limit === undefined ? undefined : (durationMs(limit) ?? refuse('max= must be a duration up to a day'))
  return { ...eventSpec(parts, refuse), ...(maxMs !== undefined && { maxMs }) }
}

function eventSpec(parts: readonly string[], refuse: (rule: string) => never): EventBarSpec {
  const [kind, ...rest] = parts
  const number = rest.at(-1) ?? ''
  const value = /^\d{1,15}(\.\d{1,12})?$/.test(number) ? Number(number) : Number.NaN
  const whole = (min: number): number =>
    Number.isInteger(value) && value >= min && value <= TICKS_MAX
      ? value
      : refuse(`the number of trades must be whole, from ${min} to ${TICKS_MAX}`)
  const positive = (what: string): number => (value > 0 ? value : refuse(`the ${what} must be a decimal above 0`))
  if (kind === 'imbalance' && rest.length === 2) {
    const of = rest[0]
    if (of !== 'tick' && of !== 'volume' && of !== 'dollar') return refuse('imbalance is of tick, volume or dollar')
    return { kind, of, expectedTicks: whole(EXPECTED_TICKS_MIN) }
  }
  if (kind === 'tick' && rest.length === 1) return { kind, trades: whole(1) }
  if (kind === 'volume' && rest.length === 1) return { kind, base: positive('volume') }
  if (kind === 'dollar' && rest.length === 1) return { kind, quote: positive('value') }
  return refuse(`it must be one of ${FORMS}`)
}

/** None unless a whole number from 1 with a unit, at most a day. */
function durationMs(text: string): number | undefined {
  const match = /^([1-9]\d{0,7})(ms|s|m|h|d)$/.exec(text)
  const ms = match ? Number(match[1]) * UNIT_MS[match[2] as Unit] : Number.NaN
  return ms <= DAY_MS ? ms : undefined
}

/** One text for each specification: the largest unit that divides a duration. */
export function barSpecText(spec: BarSpec): string {
  if (spec.kind === 'time') return durationText(spec.ms)
  const limit = spec.maxMs === undefined ? '' : `:max=${durationText(spec.maxMs)}`
  switch (spec.kind) {
    case 'tick':
      return `tick:${spec.trades}${limit}`
    case 'volume':
      return `volume:${decimalText(spec.base)}${limit}`
    case 'dollar':
      return `dollar:${decimalText(spec.quote)}${limit}`
    case 'imbalance':
      return `imbalance:${spec.of}:${spec.expectedTicks}${limit}`
  }
}

/** Without an exponent. */
const decimalText = (value: number): string => (value < 1e-6 ? value.toFixed(12).replace(/0+$/, '') : String(value))

export function durationText(ms: number): string {
  const unit = (['d', 'h', 'm', 's'] as const).find((each) => ms % UNIT_MS[each] === 0) ?? 'ms'
  return `${ms / UNIT_MS[unit]}${unit}`
}
