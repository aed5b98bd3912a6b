import { check } from '../core/check.ts'
import { type Bar, BOOK_LEVELS } from '../market/bar.ts'
import { DecayedFlow } from '../market/flow/decayed-flow.ts'
import { depthSlope } from '../market/flow/depth-slope.ts'
import { integratedOfi, normaliseOfi } from '../market/flow/integrated-ofi.ts'
import { kyleLambda } from '../market/flow/kyle-lambda.ts'
import { Vpin } from '../market/flow/vpin.ts'
import type { FeatureDefinition, FeatureUnit } from './feature-definition.ts'
import type { FeatureFamily } from './feature-family.ts'
import { instant, restoreRings, ringed } from './feature-units.ts'
import { volumeOf } from './flow-features.ts'
import { Ring } from './ring.ts'
import { logSignature, pathSignature } from './signature/signature-features.ts'

const CCZ = 'Cont, Cucuringu, Zhang, Quantitative Finance 23(10), 2023, §2'
const NAES = 'after Næs, Skjeltorp, Journal of Financial Markets 9(4), 2006'
const VPIN_SOURCE = "Easley, López de Prado, O'Hara, Review of Financial Studies 25(5), 2012"

/** After so many half-lives what came before a run weighs a thousandth. */
const HALF_LIVES = 10
const BUCKETS = 50

const decayed = (halfLifeMs: number, barMs: number): FeatureDefinition => ({
  name: `ofi_decayed_${halfLifeMs}ms`,
  unit: 'ratio',
  formula: 'sum(w * ofi[1]) / (sum(w * best depth) / sum(w)), w = 2 ^ (-(endAt - endAt of the bar) / halfLifeMs)',
  source: 'Cont, Kukanov, Stoikov, Journal of Financial Econometrics 12(1), 2014, §2, with a fading memory',
  params: { halfLifeMs },
  lookBack: Math.max(1, Math.ceil((HALF_LIVES * halfLifeMs) / barMs)),
  create: () => new DecayedUnit(halfLifeMs),
})

/** Flow, depth and weight, each fading with one half-life. */
class DecayedUnit implements FeatureUnit {
  readonly #sums: readonly DecayedFlow[]

  constructor(halfLifeMs: number) {
    this.#sums = [0, 1, 2].map(() => new DecayedFlow([halfLifeMs]))
  }

  step({ bar }: { readonly bar: Bar }): number {
    const added = [bar.ofi[0]!, (bar.bidDepthMean + bar.askDepthMean) / 2, 1]
    // One figure that is not finite would stay for ever.
    if (!added.every(Number.isFinite)) {
      this.reset()
      return Number.NaN
    }
    for (const [at, sum] of this.#sums.entries()) sum.add(bar.endAt, added[at]!)
    const [flow, depth, weight] = this.#sums.map((sum) => sum.valuesAt(bar.endAt)[0]!)
    return flow! / (depth! / weight!)
  }

  reset(): void {
    for (const sum of this.#sums) sum.reset()
  }

  save(): readonly number[] {
    return this.#sums.flatMap((sum) => sum.save())
  }

  restore(state: readonly number[]): void {
    const each = this.#sums[0]!.save().length
    check(state.length === 3 * each, `state of ${3 * each} numbers`, state.length)
    for (const [at, sum] of this.#sums.entries()) sum.restore(state.slice(each * at, each * (at + 1)))
  }
}

/** `weights`: fitted on a training window, best level first; equal ones count every level alike. */
const integrated = (period: number, weights: readonly number[]): FeatureDefinition => ({
  name: `ofi_integrated_${period}`,
  unit: 'ratio',
  formula: 'sum over the bars of sum(weights * ofi[level] / mean((bidDepths + askDepths) / 2))',
  source: CCZ,
  params: { period, weights },
  lookBack: period,
  create: () =>
    ringed([period], ([values], { bar }) => {
      const top = (all: readonly number[]): readonly number[] => all.slice(0, weights.length)
      const flows = normaliseOfi(top(bar.ofi), top(bar.bidDepths), top(bar.askDepths))
      values!.push(integratedOfi({ weights, explained: Number.NaN }, flows))
      return values!.sum()
    }),
})

/** Per basis point away from the mid, in mean queues of the levels at the close. */
const slope = (side: 'bid' | 'ask', levels: number): FeatureDefinition => ({
  name: `depth_slope_${side}`,
  unit: 'ratio',
  formula:
    'sum(d * C) / sum(d ^ 2) at the close, d in bps from the mid, C the size within d over the mean size of a level',
  source: NAES,
  params: { levels },
  lookBack: 1,
  create: ({ tickSize }) =>
    instant(({ bar, mid }) => {
      const sizes = (side === 'bid' ? bar.bidSizes : bar.askSizes).slice(0, levels)
      const ticks = (side === 'bid' ? bar.bidPriceTicks : bar.askPriceTicks).slice(0, levels)
      const perTick = depthSlope(mid / tickSize, ticks, sizes)
      const queue = sizes.reduce((sum, size) => sum + size, 0) / levels
      return (perTick / queue) * ((1e-4 * mid) / tickSize)
    }),
})

const vpin = (buckets: number, bucketQuote: number): FeatureDefinition => ({
  name: `vpin_${buckets}`,
  unit: 'ratio',
  formula: 'sum over the last full buckets of |buy - sell| / sum of their volume, in quote currency',
  source: VPIN_SOURCE,
  params: { buckets, bucketQuote },
  lookBack: 1,
  create() {
    let filling = new Vpin({ bucketVolume: bucketQuote, buckets })
    return {
      step({ bar }) {
        const volume = volumeOf(bar)
        if (volume > 0) {
          const bought = (bar.quoteVolume * bar.buyVolume) / volume
          filling.add(bought, bar.quoteVolume - bought)
        }
        return filling.value
      },
      reset: () => {
        filling = new Vpin({ bucketVolume: bucketQuote, buckets })
      },
      save: () => filling.save(),
      restore: (state) => filling.restore(state),
    }
  },
})

const lambda = (period: number): FeatureDefinition => ({
  name: `kyle_lambda_${period}`,
  unit: 'bps',
  formula: 'slope of return_1 on (buy - sell) / mean(volume), least squares; 0 where either never changes',
  source: 'Kyle, Econometrica 53(6), 1985; Hasbrouck, Journal of Finance 64(3), 2009',
  params: { period },
  lookBack: period,
  create() {
    const mids = new Ring(period + 1)
    const signed = new Ring(period)
    const volumes = new Ring(period)
    const rings = [mids, signed, volumes]
    return {
      step({ bar, mid }) {
        mids.push(mid)
        signed.push(bar.buyVolume - bar.sellVolume)
        volumes.push(volumeOf(bar))
        if (!mids.isFull) return Number.NaN
        const volume = volumes.sum() / period
        const moves = Array.from({ length: period }, (_, ago) => 1e4 * Math.log(mids.at(ago) / mids.at(ago + 1)))
        const flows = Array.from({ length: period }, (_, ago) => signed.at(ago) / volume)
        return volume > 0 ? (kyleLambda(moves, flows) ?? 0) : 0
      },
      reset(mid) {
        for (const ring of rings) ring.clear()
        if (Number.isFinite(mid)) mids.push(mid)
      },
      save: () => rings.flatMap((ring) => ring.save()),
      restore: (state) => restoreRings(rings, state),
    }
  },
})

/** Order flow beyond the best level and beyond one bar. */
export const DEEP_FLOW_FAMILIES: readonly FeatureFamily[] = [
  {
    name: 'ofi_decayed',
    about: 'order-flow imbalance of the best level that fades, one column per half-life (key halfLivesMs)',
    needs: 'book',
    required: ['halfLivesMs'],
    optional: [],
    define: ({ halfLivesMs }, barMs) => halfLivesMs!.map((halfLife) => decayed(halfLife, barMs)),
  },
  {
    name: 'ofi_integrated',
    about: `order-flow imbalance of several levels in one: weights from a fit (first principal component), else equal over levels (${BOOK_LEVELS})`,
    needs: 'book',
    required: ['periods'],
    optional: ['levels', 'weights'],
    define: ({ periods, levels = BOOK_LEVELS, weights }) =>
      periods!.map((period) => integrated(period, weights ?? new Array<number>(levels).fill(1 / levels))),
  },
  {
    name: 'depth_slope',
    about: `how fast the book fills away from the mid, each side, over levels (${BOOK_LEVELS})`,
    needs: 'book',
    required: [],
    optional: ['levels'],
    define: ({ levels = BOOK_LEVELS }) => [slope('bid', levels), slope('ask', levels)],
  },
  {
    name: 'vpin',
    about: `volume-synchronised probability of informed trading; periods are buckets, usually ${BUCKETS}; bucketQuote is the size of one`,
    needs: 'trades',
    required: ['periods', 'bucketQuote'],
    optional: [],
    define: ({ periods, bucketQuote }) => periods!.map((buckets) => vpin(buckets, bucketQuote!)),
  },
  {
    name: 'kyle_lambda',
    about: 'what one mean volume of net buying moves the price',
    needs: 'book and trades',
    required: ['periods'],
    optional: [],
    periodMin: 3,
    define: ({ periods }) => periods!.map(lambda),
  },
  {
    name: 'signature',
    about:
      'terms of the path signature of (time, log mid, order flow, signed volume) up to a level (key level, 1 to 3)',
    needs: 'book and trades',
    required: ['periods', 'level'],
    optional: [],
    define: ({ periods, level }) => periods!.flatMap((bars) => pathSignature(bars, level!)),
  },
  {
    name: 'log_signature',
    about: 'the same knowledge in fewer columns: log-signature at the Lyndon words',
    needs: 'book and trades',
    required: ['periods', 'level'],
    optional: [],
    define: ({ periods, level }) => periods!.flatMap((bars) => logSignature(bars, level!)),
  },
]
