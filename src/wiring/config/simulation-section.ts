import { z } from 'zod'
import type { CandleFillSettings, QueueSettings } from '../../simulation/venue/simulation-settings.ts'

const ms = z.number().min(0).max(60_000)

const oneWaySchema = z.strictObject({
  medianMs: ms.describe('median of a one-way latency, milliseconds'),
  p99Ms: ms.describe('99th percentile of a one-way latency, milliseconds; at least the median'),
})

const kind = <K extends string>(name: K) =>
  z.literal(name).describe('constant: the same always; sampled: drawn from log-normal laws')

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
])

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
}) satisfies z.ZodType<CandleFillSettings>

/** What the simulated venue of paper, replay and backtest is told about the world. */
export const simulationSchema = z.strictObject({
  latency: latencySchema.describe('how long messages take'),
  queue: queueSchema.describe('the queue of resting orders'),
  candles: candlesSchema.describe('how orders fill where only candles are known'),
  messagesPerMinuteMax: z
    .int()
    .min(0)
    .max(1_000_000)
    .describe('orders and cancels per minute past which the venue refuses, count; 0: no limit'),
})

export type SimulationConfig = z.infer<typeof simulationSchema>
