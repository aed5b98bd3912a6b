import { z } from 'zod'
import type { CandleFillSettings, QueueSettings } from '../../simulation/venue/simulation-settings.ts'
import { feeRateSchema } from './market-sections.ts'

const ms = z.number().min(0).max(60_000)

const oneWaySchema = z.strictObject({
  medianMs: ms.describe('median of a one-way latency, milliseconds'),
  p99Ms: ms.describe('99th percentile of a one-way latency, milliseconds; at least the median'),
})

const kind = <K extends string>(name: K) =>
  z
    .literal(name)
    .describe('constant: the same always; sampled: drawn from log-normal laws; measured: those of a recorded session')

const latencySchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: kind('constant'),
    feedMs: ms.describe('from an event at the exchange to us, milliseconds'),
    entryMs: ms.describe('from our sending an order to its match, milliseconds'),
    responseMs: ms.describe('from the match to our hearing of it, milliseconds'),
  }),
  z.strictObject({
    kind: kind('sampled'),
    seed: z.int().min(0).max(4_294_967_295).describe('of the draws'),
    feed: oneWaySchema.describe('from an event at the exchange to us'),
    entry: oneWaySchema.describe('from our sending an order to its match'),
    response: oneWaySchema.describe('from the match to our hearing of it'),
  }),
  z.strictObject({
    kind: kind('measured'),
    file: z
      .string()
      .min(1)
      .describe(
        'what tickwright divergence --json printed of a recorded session, or a CSV at,feedMs,entryMs,responseMs in milliseconds',
      ),
    draw: z
      .enum(['bootstrapped', 'interpolated'])
      .describe('bootstrapped: whole rows, drawn with replacement; interpolated: straight lines in time between them'),
    seed: z.int().min(0).max(4_294_967_295).describe('of the draws'),
  }),
])

const feesSchema = z
  .strictObject({
    makerFeeRate: feeRateSchema
      .optional()
      .describe('fee of a resting order, fraction of its value; a rebate is negative; leave out beside a tier'),
    takerFeeRate: feeRateSchema
      .optional()
      .describe('fee of a taking order, fraction of its value; leave out beside a tier'),
    tier: z
      .strictObject({
        venue: z.literal('binance-usdm').describe('whose fee table: binance-usdm'),
        level: z.int().min(0).max(9).describe('VIP level of the account, 0 to 9; it stays on it'),
      })
      .optional()
      .describe('a level of the fee table of a venue; leave out: the two rates'),
  })
  .check(oneWay)

function oneWay({
  value: { makerFeeRate, takerFeeRate, tier },
  issues,
}: z.core.ParsePayload<{
  makerFeeRate?: number | undefined
  takerFeeRate?: number | undefined
  tier?: object | undefined
}>): void {
  const rates = [makerFeeRate, takerFeeRate].filter((rate) => rate !== undefined).length
  if (rates === (tier ? 0 : 2)) return
  issues.push({ code: 'custom', path: [], input: tier, message: 'either makerFeeRate and takerFeeRate, or a tier' })
}

const queueKind = <K extends string>(name: K) =>
  z
    .literal(name)
    .describe(
      'how a resting order moves up: risk-averse: by trades alone; power, log: by a share of the cancels before it too',
    )

const queueSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: queueKind('risk-averse') }),
  z.strictObject({
    kind: queueKind('power'),
    exponent: z.number().positive().max(10).describe('of the power law of cancels; higher: more of them behind us'),
  }),
  z.strictObject({ kind: queueKind('log') }),
]) satisfies z.ZodType<QueueSettings>

const candlesSchema = z.strictObject({
  halfSpreadBps: z.number().min(0).max(1_000).describe('half of the bid-ask spread, basis points of the price'),
  slippageBps: z.number().min(0).max(1_000).describe('what a taking order pays on top, basis points'),
  impactBps: z
    .number()
    .min(0)
    .max(10_000)
    .describe("what it would pay more if it were the whole candle's volume, basis points; grows with the square root"),
  participationMax: z.number().positive().max(1).describe("most of a candle's volume that orders get, above 0 to 1"),
  jointExtremes: z
    .boolean()
    .optional()
    .describe('whether the worst prices of one moment meet in a cross account; leave out: true'),
}) satisfies z.ZodType<CandleFillSettings>

/** What the simulated venue of paper, replay and backtest is told about the world. */
export const simulationSchema = z.strictObject({
  latency: latencySchema.describe('how long messages take'),
  queue: queueSchema.describe('the queue of resting orders'),
  candles: candlesSchema.describe('how orders fill where only candles are known'),
  fees: feesSchema.optional().describe("what orders pay; leave out: the instruments' own rates"),
  messagesPerMinuteMax: z
    .int()
    .min(0)
    .max(1_000_000)
    .describe('orders and cancels per minute past which the venue refuses, count; 0: no limit'),
})

export type SimulationConfig = z.infer<typeof simulationSchema>
