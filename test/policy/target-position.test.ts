import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { converter, type Instrument } from '../../src/core/instrument.ts'
import type { Forecast } from '../../src/inference/forecast.ts'
import type { PolicySettings } from '../../src/policy/policy-settings.ts'
import { decide, type PolicyInputs } from '../../src/policy/target-position.ts'

/** One tick is 1, one lot is 0.01: at 10,000 ticks a lot is worth 100. */
const INSTRUMENT: Instrument = {
  symbol: 'X/USDT:USDT',
  venueSymbol: 'XUSDT',
  base: 'X',
  quote: 'USDT',
  settle: 'USDT',
  tickSize: '1',
  lotSize: '0.01',
  contractSize: '1',
  inverse: false,
  lotsMin: 1,
  lotsMax: 1_000,
  lotsMaxMarket: 1_000,
  notionalMin: 450,
  makerFeeRate: 0.0002,
  takerFeeRate: 0.0004,
}

/** With half a spread of 1 bps: 4 + 1 + 1 = 6 bps one way, 12 bps for a round trip. */
const SETTINGS: PolicySettings = {
  expectation: 'mean',
  enterEdgeBps: 3,
  exitForecastBps: 2,
  slippageBps: 1,
  riskPerTradeBps: 50,
  kellyFraction: 0.01,
  notionalMaxQuote: 20_000,
  bandFraction: 0.2,
  blindBarsMax: 3,
}

const forecast = (meanBps: number, volatilityBps = 25, medianBps = meanBps): Forecast => ({
  modelId: 'm',
  provider: 'cpu',
  horizonBars: 1,
  levels: [0.25, 0.5, 0.75],
  quantilesBps: [medianBps - 10, medianBps, medianBps + 10],
  meanBps,
  classes: [0.3, 0.4, 0.3],
  volatilityBps,
  latencyMs: 0,
})

const inputs = (fields: Partial<PolicyInputs> = {}): PolicyInputs => ({
  converter: converter(INSTRUMENT),
  forecast: forecast(0),
  windowReady: true,
  tainted: false,
  stale: false,
  modelExpired: false,
  blindBars: 0,
  positionLots: 0,
  equityQuote: 10_000,
  bidTicks: 9_999,
  askTicks: 10_001,
  ...fields,
})

const told = (fields: Partial<PolicyInputs>, settings: Partial<PolicySettings> = {}): string => {
  const target = decide(inputs(fields), { ...SETTINGS, ...settings })
  return target.kind === 'abstain' ? target.reason : `${target.reason} ${target.lots}`
}

describe('entering', () => {
  test.each<[string, number, string]>([
    // Net 3 bps, σ 25 bps: Kelly 0.01 × 10,000 × 3e-4 / 6.25e-6 = 4,800, below the 20,000 of the risk cap.
    ['at the edge', 15.000001, 'enter 48'],
    ['below it', 14.999, 'edge-below-cost'],
    ['a fall is as good', -15.000001, 'enter -48'],
    ['no view', 0, 'edge-below-cost'],
    ['net 10 bps: Kelly 16,000', 22.000001, 'enter 160'],
    ['net 88 bps: the caps hold', 100, 'enter 200'],
  ])('%s (%d bps) -> %s', (_name, meanBps, expected) => {
    expect(told({ forecast: forecast(meanBps) })).toBe(expected)
  })

  test('edge and cost are told, also when abstaining', () => {
    const [enter, not] = [20, 10].map((meanBps) => decide(inputs({ forecast: forecast(meanBps) }), SETTINGS))
    expect(enter!.edgeBps).toBe(20)
    expect(enter!.costBps).toBeCloseTo(12, 10)
    expect(not!.edgeBps).toBe(10)
    expect(not!.costBps).toBeCloseTo(12, 10)
  })

  test.each<[string, Partial<PolicyInputs>, Partial<PolicySettings>, string]>([
    ['size falls with volatility', { forecast: forecast(400, 250) }, {}, 'enter 20'],
    ['size follows equity', { forecast: forecast(100), equityQuote: 5_000 }, {}, 'enter 100'],
    ['the notional cap', { forecast: forecast(100) }, { notionalMaxQuote: 7_050 }, 'enter 70'],
    [
      "the venue's largest order",
      { forecast: forecast(100) },
      { notionalMaxQuote: 1e9, riskPerTradeBps: 1e4 },
      'enter 1000',
    ],
    ['too small for the venue', { forecast: forecast(100) }, { notionalMaxQuote: 499 }, 'inside-band'],
    ['just large enough', { forecast: forecast(100) }, { notionalMaxQuote: 500.1 }, 'enter 5'],
    ['no equity', { forecast: forecast(100), equityQuote: -1 }, {}, 'inside-band'],
    ['a wide spread costs', { forecast: forecast(22), bidTicks: 9_980, askTicks: 10_020 }, {}, 'edge-below-cost'],
    ['the median may be chosen', { forecast: forecast(0, 25, -100) }, { expectation: 'median' }, 'enter -200'],
    ['the mean not', { forecast: forecast(0, 25, -100) }, {}, 'edge-below-cost'],
  ])('%s', (_name, fields, settings, expected) => {
    expect(told(fields, settings)).toBe(expected)
  })
})

describe('holding', () => {
  test.each<[string, number, number, string]>([
    ['the forecast fades, yet holds', 100, 2, 'hold 100'],
    ['it falls below the exit', 100, 1.99, 'exit 0'],
    ['a short holds', -100, -2, 'hold -100'],
    ['and exits', -100, -1.99, 'exit 0'],
    ['a flip too weak to reverse exits', 100, -14, 'exit 0'],
    ['a strong flip reverses', 100, -22.000001, 'reverse -160'],
    ['and the other way', -100, 22.000001, 'reverse 160'],
    ['more edge enlarges', 100, 22.000001, 'enter 160'],
    ['a little more does not churn', 130, 22.000001, 'inside-band'],
    ['less edge than at the entry does not shrink', 160, 18, 'hold 160'],
  ])('%s', (_name, positionLots, meanBps, expected) => {
    expect(told({ positionLots, forecast: forecast(meanBps) })).toBe(expected)
  })

  test.each<[string, number, number, string]>([
    ['the cap of 100 lots is passed by a little', 120, 50, 'inside-band'],
    ['by more than the band', 126, 50, 'reduce 100'],
    ['short', -126, 50, 'reduce -100'],
    ['the cap is below what the venue takes', 100, 5_000, 'exit 0'],
  ])('volatility rises: %s', (_name, positionLots, volatilityBps, expected) => {
    const meanBps = Math.sign(positionLots) * 10
    expect(told({ positionLots, forecast: forecast(meanBps, volatilityBps) })).toBe(expected)
  })

  test('a negative exit level tolerates a headwind, and does not enlarge against it', () => {
    expect(told({ positionLots: 50, forecast: forecast(-4) }, { exitForecastBps: -5 })).toBe('hold 50')
    expect(told({ positionLots: 50, forecast: forecast(-6) }, { exitForecastBps: -5 })).toBe('exit 0')
    expect(told({ positionLots: 50, forecast: forecast(-30) }, { exitForecastBps: -40 })).toBe('hold 50')
  })
})

describe('abstaining', () => {
  const strong = forecast(100)
  test.each<[string, Partial<PolicyInputs>, string]>([
    ['stale', { stale: true, modelExpired: true }, 'stale'],
    ['a void book', { bidTicks: Number.NaN }, 'stale'],
    ['one side empty', { askTicks: Number.POSITIVE_INFINITY }, 'stale'],
    ['a crossed book', { bidTicks: 10_001, askTicks: 10_000 }, 'stale'],
    ['model expired', { modelExpired: true }, 'model-expired'],
    ['tainted', { tainted: true, windowReady: false }, 'tainted'],
    ['warm-up', { windowReady: false }, 'warm-up'],
    ['not asked', { forecast: undefined }, 'no-forecast'],
    ['failed', { forecast: { modelId: 'm', failure: 'NaN' } }, 'no-forecast'],
    ['mean that is no number', { forecast: forecast(Number.NaN) }, 'no-forecast'],
    ['volatility zero', { forecast: forecast(100, 0) }, 'no-forecast'],
    ['volatility that is no number', { forecast: forecast(100, Number.NaN) }, 'no-forecast'],
  ])('%s', (_name, fields, expected) => {
    expect(told({ forecast: strong, ...fields })).toBe(expected)
    expect(told({ forecast: strong, positionLots: 10, ...fields })).toBe(
      expected === 'model-expired' ? 'exit 0' : expected,
    )
  })

  test('no median among the quantiles', () => {
    expect(told({ forecast: { ...strong, levels: [0.1, 0.4, 0.9] } }, { expectation: 'median' })).toBe('no-forecast')
  })

  test('a position is not left unwatched', () => {
    const blind = { forecast: undefined, positionLots: -10 }
    expect(told({ ...blind, blindBars: 2 })).toBe('no-forecast')
    expect(told({ ...blind, blindBars: 3 })).toBe('exit 0')
    expect(told({ ...blind, positionLots: 0, blindBars: 3 })).toBe('no-forecast')
    expect(told({ ...blind, stale: true, blindBars: 3 })).toBe('stale')
  })
})

describe('properties', () => {
  interface View {
    readonly meanBps: number
    readonly volatilityBps: number
    readonly equityQuote: number
    readonly positionLots: number
  }
  const view: fc.Arbitrary<View> = fc.record({
    meanBps: fc.double({ min: -200, max: 200, noNaN: true }),
    volatilityBps: fc.double({ min: 0.5, max: 500, noNaN: true }),
    equityQuote: fc.double({ min: -10, max: 1e6, noNaN: true }),
    positionLots: fc.integer({ min: -400, max: 400 }),
  })
  const decided = ({ meanBps, volatilityBps, ...fields }: View) =>
    decide(inputs({ ...fields, forecast: forecast(meanBps, volatilityBps) }), SETTINGS)

  test('a target is within the caps, on the side of the forecast or of what is held, and pays its cost', () => {
    fc.assert(
      fc.property(view, (seen) => {
        const target = decided(seen)
        expect(target.edgeBps).toBe(Math.abs(seen.meanBps))
        if (target.kind === 'abstain' || target.lots === 0) return
        const notional = Math.abs(target.lots) * 100
        expect(notional).toBeLessThanOrEqual(20_000)
        expect(notional).toBeLessThanOrEqual((Math.max(0, seen.equityQuote) * 50) / seen.volatilityBps)
        expect(notional).toBeGreaterThanOrEqual(target.reason === 'hold' ? 0 : 450)
        if (target.reason === 'hold') expect(target.lots).toBe(seen.positionLots)
        else expect(Math.sign(target.lots)).toBe(Math.sign(seen.meanBps))
        if (target.reason === 'enter' || target.reason === 'reverse') {
          expect(target.edgeBps).toBeGreaterThanOrEqual(12 + 3 - 1e-9)
        }
      }),
      { numRuns: 2_000 },
    )
  })

  test('from flat, a stronger view never wants less', () => {
    fc.assert(
      fc.property(view, fc.double({ min: 0, max: 100, noNaN: true }), (seen, more) => {
        const size = (meanBps: number) => {
          const target = decided({ ...seen, positionLots: 0, meanBps })
          return target.kind === 'abstain' ? 0 : Math.abs(target.lots)
        }
        expect(size(seen.meanBps + Math.sign(seen.meanBps) * more)).toBeGreaterThanOrEqual(size(seen.meanBps))
      }),
      { numRuns: 1_000 },
    )
  })

  test('mirrored inputs give the mirrored target', () => {
    fc.assert(
      fc.property(view, (seen) => {
        const target = decided(seen)
        const mirrored = decided({
          ...seen,
          meanBps: -seen.meanBps,
          positionLots: 0 - seen.positionLots,
        })
        if (target.kind === 'target') expect({ ...mirrored, lots: 0 }).toEqual({ ...target, lots: 0 })
        else expect(mirrored).toEqual(target)
        const lotsOf = (t: typeof target) => (t.kind === 'target' ? t.lots : 0)
        expect(lotsOf(mirrored) + lotsOf(target)).toBe(0)
      }),
    )
  })

  test('once a target is reached, the same view asks for nothing more', () => {
    fc.assert(
      fc.property(view, (seen) => {
        const target = decided(seen)
        if (target.kind === 'abstain' || target.lots === 0) return
        const next = decided({ ...seen, positionLots: target.lots })
        expect(next.kind === 'abstain' ? target.lots : next.lots).toBe(target.lots)
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('under oversight', () => {
  const strong = forecast(100)
  test.each<[string, Partial<PolicyInputs>, string]>([
    ['half the cap', { forecast: strong, sizeFactor: 0.5 }, 'enter 100'],
    ['half the Kelly size', { forecast: forecast(15.000001), sizeFactor: 0.5 }, 'enter 24'],
    ['all of it', { forecast: strong, sizeFactor: 1 }, 'enter 200'],
    ['nothing is opened at 0', { forecast: strong, sizeFactor: 0 }, 'inside-band'],
    ['what is held shrinks to the smaller cap', { forecast: strong, positionLots: 200, sizeFactor: 0.5 }, 'reduce 100'],
    ['within the band it stays', { forecast: strong, positionLots: 110, sizeFactor: 0.5 }, 'inside-band'],
    ['at 0 it is closed', { forecast: strong, positionLots: -200, sizeFactor: 0 }, 'exit 0'],
    ['a reversal at 0 is an exit', { forecast: strong, positionLots: -200, sizeFactor: 0 }, 'exit 0'],
    ['drift opens nothing', { forecast: strong, abstain: 'drift' }, 'drift'],
    ['an outlier neither', { forecast: strong, abstain: 'outlier' }, 'outlier'],
    [
      'what is held stays',
      { forecast: forecast(-100), positionLots: 50, abstain: 'calibration', blindBars: 2 },
      'calibration',
    ],
    [
      'until nobody has watched it for long',
      { forecast: strong, positionLots: 50, abstain: 'drift', blindBars: 3 },
      'exit 0',
    ],
    ['a taint is told first', { forecast: strong, tainted: true, abstain: 'drift' }, 'tainted'],
  ])('%s', (_name, fields, expected) => {
    expect(told(fields)).toBe(expected)
  })

  test('a factor of 1 changes no bit', () => {
    const bps = fc.double({ min: -300, max: 300, noNaN: true })
    fc.assert(
      fc.property(
        bps,
        fc.integer({ min: -300, max: 300 }),
        fc.double({ min: 1, max: 500, noNaN: true }),
        (mean, positionLots, volatility) => {
          const fields = { forecast: forecast(mean, volatility), positionLots }
          expect(decide(inputs({ ...fields, sizeFactor: 1 }), SETTINGS)).toEqual(decide(inputs(fields), SETTINGS))
        },
      ),
    )
  })

  test.each([-0.01, 1.01, Number.NaN])('a factor of %d is a bug', (sizeFactor) => {
    expect(() => decide(inputs({ sizeFactor }), SETTINGS)).toThrow(/sizeFactor/)
  })
})
