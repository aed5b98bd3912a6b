import type { EpochMs } from '../core/units.ts'
import type { Bar } from '../market/bar.ts'
import type { MissingSettings } from './feature-settings.ts'

/** What the features step on in place of what came. */
export type Admitted =
  /** `isHole`: no bar came at this close. */
  | { readonly kind: 'bar'; readonly bar: Bar; readonly imputed: boolean; readonly isHole: boolean }
  /** The run ends. `bar`: the tainted one, whose mid may still start the next return; none for a hole. */
  | { readonly kind: 'reset'; readonly bar: Bar | undefined }

export interface MissingState {
  /** End of the newest bar, milliseconds since the epoch. */
  readonly endAt: number
  /** Bars made up since the last clean one. */
  readonly missed: number
  /** The last clean bar of the run, for the rule `carry`. */
  readonly last: Bar | undefined
}

/** The rule for tainted and missing bars of one instrument on one timeframe. */
export interface MissingData {
  /** In order; the last of them stands for `bar` itself. */
  admit(bar: Bar): readonly Admitted[]
  save(): MissingState
  restore(state: MissingState): void
}

const NONE: readonly Admitted[] = []

/** `barMs`: `NaN` for bars that do not close by time; a hole between such bars cannot be counted and ends the run. */
export function missingData(settings: MissingSettings, barMs: number): MissingData {
  const barsMax = settings.rule === 'carry' ? settings.barsMax : 0
  let endAt = Number.NaN
  let missed = 0
  let last: Bar | undefined
  const end = (bar: Bar | undefined): Admitted => {
    last = undefined
    missed = 0
    return { kind: 'reset', bar }
  }
  function fillHole(from: number, to: number): readonly Admitted[] {
    const count = (to - from) / barMs
    if (!last || !(count > 0 && missed + count <= barsMax)) return [end(undefined)]
    missed += count
    const model = last
    return Array.from({ length: count }, (_, nth) => {
      const startAt = (from + nth * barMs) as EpochMs
      return {
        kind: 'bar',
        bar: standIn(model, { startAt, endAt: (startAt + barMs) as EpochMs }),
        imputed: true,
        isHole: true,
      }
    })
  }
  function admitOne(bar: Bar): Admitted {
    if (bar.taints.length === 0) {
      missed = 0
      if (barsMax > 0) last = bar
      return { kind: 'bar', bar, imputed: false, isHole: false }
    }
    if (last && missed < barsMax) {
      missed += 1
      return { kind: 'bar', bar: standIn(last, bar), imputed: true, isHole: false }
    }
    return end(bar)
  }
  return {
    admit(bar) {
      const isNext = bar.startAt === endAt || Number.isNaN(endAt)
      const filled = isNext ? NONE : fillHole(endAt, bar.startAt)
      endAt = bar.endAt
      return isNext ? [admitOne(bar)] : [...filled, admitOne(bar)]
    },
    save: () => ({ endAt, missed, last }),
    restore(state) {
      endAt = state.endAt
      missed = state.missed
      last = state.last
    },
  }
}

/** Repeats the price and book of `model` without any flow; what is known of the time itself (mark price, external values) stays. */
function standIn(model: Bar, known: Pick<Bar, 'startAt' | 'endAt'> & Partial<Bar>): Bar {
  const { close } = model
  const seen = (key: 'markPrice' | 'indexPrice' | 'fundingRate' | 'nextFundingAt' | 'openInterest'): number => {
    const value = known[key]
    return value === undefined || Number.isNaN(value) ? model[key] : value
  }
  const externals = known.externals ?? model.externals
  return {
    ...model,
    startAt: known.startAt,
    endAt: known.endAt,
    ...{ open: close, high: close, low: close, close },
    ...{ tradeCount: 0, buyCount: 0, sellCount: 0, buyVolume: 0, sellVolume: 0, quoteVolume: 0 },
    ...{ liquidationBuyVolume: 0, liquidationSellVolume: 0, bookUpdateCount: 0 },
    ofi: model.ofi.map(() => 0),
    markPrice: seen('markPrice'),
    indexPrice: seen('indexPrice'),
    fundingRate: seen('fundingRate'),
    nextFundingAt: seen('nextFundingAt'),
    openInterest: seen('openInterest'),
    ...(externals && { externals }),
    ...(model.signature && { signature: new Float64Array(model.signature.length) }),
    taints: [],
  }
}
