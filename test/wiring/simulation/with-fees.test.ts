import { describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { simulationSchema } from '../../../src/wiring/config/simulation-section.ts'
import { withFees } from '../../../src/wiring/simulation/with-fees.ts'
import { LINEAR } from '../../simulation/venue/support/market.ts'

const SAID = {
  latency: { kind: 'constant', feedMs: 0, entryMs: 0, responseMs: 0 },
  queue: { kind: 'risk-averse' },
  candles: { halfSpreadBps: 0, slippageBps: 0, impactBps: 0, participationMax: 1 },
  messagesPerMinuteMax: 0,
} satisfies z.input<typeof simulationSchema>

const ratesAt = (fees: unknown) => {
  const [{ makerFeeRate, takerFeeRate } = LINEAR] = withFees([LINEAR], simulationSchema.parse({ ...SAID, fees }))
  return [makerFeeRate, takerFeeRate]
}

describe('what orders pay', () => {
  test.each<[string, unknown, number[]]>([
    ["the instrument's own rates", undefined, [LINEAR.makerFeeRate, LINEAR.takerFeeRate]],
    ['two rates', { makerFeeRate: -0.0001, takerFeeRate: 0.0003 }, [-0.0001, 0.0003]],
    // Binance USD-M, regular user and VIP 1.
    ['VIP 0', { tier: { venue: 'binance-usdm', level: 0 } }, [0.0002, 0.0005]],
    ['VIP 1', { tier: { venue: 'binance-usdm', level: 1 } }, [0.00016, 0.0004]],
    ['VIP 9', { tier: { venue: 'binance-usdm', level: 9 } }, [0, 0.00017]],
  ])('%s', (_name, fees, rates) => expect(ratesAt(fees)).toEqual(rates))

  test.each<[string, unknown, string]>([
    ['one rate', { makerFeeRate: 0 }, 'either makerFeeRate and takerFeeRate, or a tier'],
    ['neither', {}, 'either makerFeeRate and takerFeeRate, or a tier'],
    ['both', { makerFeeRate: 0, takerFeeRate: 0, tier: { venue: 'binance-usdm', level: 1 } }, 'either makerFeeRate'],
    ['a rate beside a tier', { takerFeeRate: 0, tier: { venue: 'binance-usdm', level: 1 } }, 'either makerFeeRate'],
    ['a level that is not there', { tier: { venue: 'binance-usdm', level: 10 } }, '<=9'],
    ['another venue', { tier: { venue: 'bybit', level: 1 } }, 'binance-usdm'],
  ])('%s is refused', (_name, fees, message) => expect(() => ratesAt(fees)).toThrow(message))
})
