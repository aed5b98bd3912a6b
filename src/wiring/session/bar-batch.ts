import type { InstrumentSymbol } from '../../core/instrument.ts'

/** Gathers what the instruments close at one moment, so that one inference run serves them all. */
export interface BarBatch<T> {
  /** The whole batch, in the order of `symbols`, once the last instrument has closed the bar that ends at `endAt`. */
  add(symbol: InstrumentSymbol, endAt: number, closed: T): readonly T[] | undefined
}

/**
 * Watermarks reach every instrument at one moment, so at most one bar end is open; an instrument that missed one (it was added late)
 * leaves an older batch behind, which is dropped when a newer is complete.
 */
export function barBatch<T>(symbols: readonly InstrumentSymbol[]): BarBatch<T> {
  const open = new Map<number, Map<InstrumentSymbol, T>>()
  return {
    add(symbol, endAt, closed) {
      const batch = open.get(endAt) ?? new Map<InstrumentSymbol, T>()
      open.set(endAt, batch.set(symbol, closed))
      if (batch.size < symbols.length) return undefined
      for (const key of open.keys()) if (key <= endAt) open.delete(key)
      return symbols.map((name) => batch.get(name) as T)
    },
  }
}
