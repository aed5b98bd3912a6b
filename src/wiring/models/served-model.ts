import type { InstrumentSymbol } from '../../core/instrument.ts'
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
