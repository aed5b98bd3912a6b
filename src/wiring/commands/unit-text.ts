import { converter, type Instrument, type InstrumentSymbol } from '../../core/instrument.ts'
import type { Lots, Ticks } from '../../core/units.ts'

/** Ticks and lots in the units of people, where the ledger knows the instrument. */
export interface UnitText {
  size(symbol: InstrumentSymbol, lots: number): string
  price(symbol: InstrumentSymbol, ticks: number): string
}

export function unitText(instruments: readonly Instrument[]): UnitText {
  const known = new Map(instruments.map((instrument) => [instrument.symbol, converter(instrument)]))
  return {
    size: (symbol, lots) => {
      const one = known.get(symbol)
      return one
        ? `${one.quantityText(lots as Lots)} ${one.instrument.inverse ? 'contracts' : one.instrument.base}`
        : `${lots} lots`
    },
    price: (symbol, ticks) => known.get(symbol)?.priceText(ticks as Ticks) ?? `${ticks} ticks`,
  }
}
