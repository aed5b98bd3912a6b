import { InputError } from '../../core/errors.ts'
import type { Instrument, InstrumentSymbol } from '../../core/instrument.ts'
import type { Forecaster } from '../../inference/forecaster.ts'
import { oneModel } from '../daemon/load-model.ts'
import type { ModelRoute } from '../session/ask-models.ts'
import type { ModelFamily } from './model-families.ts'

/** A model that decides from the first bar to the last. One of no group decides all bars, also of instruments that no symbol names. */
export interface ServedModel extends Pick<ModelFamily, 'group' | 'symbols'> {
  readonly forecaster: Forecaster
}

export const routeOf = ({ group, symbols, forecaster }: ServedModel): ModelRoute => ({
  ...(group !== undefined && { group, symbols }),
  source: oneModel(forecaster),
})

/** The model that decides the bars of an instrument. */
export const modelOf = (served: readonly ServedModel[], symbol: InstrumentSymbol): Forecaster | undefined =>
  served.find(({ group, symbols }) => group === undefined || symbols.includes(symbol))?.forecaster

/** Throws `InputError` for an instrument of tapes that is in no group. */
export function requireServed(served: readonly ServedModel[], instruments: readonly Instrument[]): void {
  const lost = instruments.filter(({ symbol }) => !modelOf(served, symbol)).map(({ symbol }) => symbol)
  if (lost.length === 0) return
  throw new InputError(
    `model.groups: no group has ${lost.join(', ')}, which the tapes hold; name it in symbols and in a group, or leave model.groups out`,
    { key: 'model.groups' },
  )
}
