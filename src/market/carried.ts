import { z } from 'zod'
import type { ExternalEvent } from '../core/market-event.ts'
import type { ExternalValue } from './bar.ts'
import { loadMark, type MutableMark, markState, savedMark, saveMark } from './mark-state.ts'
import { savedNumber, saveNumber } from './saved-numbers.ts'

/** Series kept per instrument; past it the one that was renewed longest ago is forgotten. */
export const EXTERNAL_SERIES_MAX = 256

/** What a bar without the event in question takes over from the bars before. */
export interface Carried {
  /** Last price traded, ticks; NaN before the first. */
  price: number
  readonly mark: MutableMark
  /** Not changed once handed to a bar: a new value makes a new record. None before the first value. */
  externals: Readonly<Record<string, ExternalValue>> | undefined
}

export const carried = (): Carried => ({ price: Number.NaN, mark: markState(), externals: undefined })

export function takeExternal(carry: Carried, { series, value, observedAt }: ExternalEvent): void {
  const others: Record<string, ExternalValue> = { ...carry.externals }
  delete others[series]
  const names = Object.keys(others)
  if (names.length >= EXTERNAL_SERIES_MAX) delete others[names[0]!]
  carry.externals = { ...others, [series]: { value, observedAt } }
}

export const savedCarried = z.strictObject({
  price: savedNumber,
  mark: savedMark,
  externals: z.array(z.strictObject({ series: z.string(), value: savedNumber, observedAt: savedNumber })),
})

export const saveCarried = ({ price, mark, externals = {} }: Carried): z.infer<typeof savedCarried> => ({
  price: saveNumber(price),
  mark: saveMark(mark),
  externals: Object.entries(externals).map(([series, { value, observedAt }]) => ({
    series,
    value: saveNumber(value),
    observedAt: saveNumber(observedAt),
  })),
})

export function loadCarried(carry: Carried, { price, mark, externals }: z.infer<typeof savedCarried>): void {
  carry.price = Number(price)
  loadMark(carry.mark, mark)
  const entries = externals.map(({ series, value, observedAt }) => [
    series,
    { value: Number(value), observedAt: Number(observedAt) },
  ])
  carry.externals = entries.length > 0 ? (Object.fromEntries(entries) as Record<string, ExternalValue>) : undefined
}
