import { z } from 'zod'
import type { PolicySettings } from '../../policy/policy-settings.ts'
import type { RiskLimits } from '../../risk/limits.ts'

/** Names and symbols are looked at beside `symbols`, in `groupsAgree`. */
const groupsSchema = z.union([z.literal('each'), z.record(z.string(), z.array(z.string()).min(1))], {
  error: 'each, or a map of names to lists of symbols, e.g. majors: [BTC/USDT:USDT]',
})

export const modelSchema = z.strictObject({
  path: z
    .string()
    .min(1)
    .describe('folder of the model family, relative to the working directory; its file `current` names the bundle'),
  groups: groupsSchema
    .optional()
    .describe(
      'a family of models for each symbol (each), or for each group of symbols (name: list of symbols), in a folder of its name below path; leave out: one for all',
    ),
  provider: z
    .enum(['auto', 'cpu', 'cuda', 'webgpu'])
    .describe('ONNX Runtime execution provider; auto: the best that works here'),
  threads: z.int().min(1).max(64).describe('threads of one inference, count; 1 is fastest for small models'),
  runMsMax: z
    .int()
    .min(5)
    .max(60_000)
    .describe('longest inference, milliseconds; past it another provider answers, or the bar has no forecast'),
  watchMs: z
    .int()
    .min(0)
    .max(3_600_000)
    .refine((ms) => ms === 0 || ms >= 100, '0, or at least 100 (milliseconds)')
    .describe('how often `current` is looked at for another model to swap to, milliseconds; 0: never'),
  keepMs: z
    .int()
    .min(0)
    .max(86_400_000)
    .describe('how long the model before stays loaded after a swap, for a way back at once, milliseconds'),
  expiresAfterMs: z
    .int()
    .min(60_000)
    .optional()
    .describe('age of the model after which entries are frozen, milliseconds; leave out: never'),
})

export const policySchema = z.strictObject({
  expectation: z
    .enum(['mean', 'median'])
    .describe('figure of the forecast taken as the expected return; median is less moved by tails'),
  enterEdgeBps: z
    .number()
    .min(0)
    .max(1_000)
    .describe("expected return left after the round trip's cost that opens or enlarges a position, basis points"),
  exitForecastBps: z
    .number()
    .min(-1_000)
    .max(1_000)
    .describe(
      'expected return in its direction that keeps a position, basis points; negative holds against a slight headwind',
    ),
  slippageBps: z
    .number()
    .min(0)
    .max(1_000)
    .describe('expected loss against the touch when the order arrives, one way, basis points'),
  riskPerTradeBps: z
    .number()
    .positive()
    .max(10_000)
    .describe('what one standard deviation of the forward return may cost, basis points of equity'),
  kellyFraction: z
    .number()
    .positive()
    .max(1)
    .describe('share of the Kelly-optimal size that may be opened, above 0 to 1'),
  notionalMaxQuote: z.number().positive().describe('most that a position may be worth, quote currency'),
  bandFraction: z
    .number()
    .min(0)
    .lt(1)
    .describe('no order for a change smaller than this share of the position, 0 to below 1'),
  blindBarsMax: z
    .int()
    .min(1)
    .max(100_000)
    .describe('closed bars in a row without a usable forecast after which a position is closed, count'),
}) satisfies z.ZodType<PolicySettings>

const quote = z.number().positive()

export const riskSchema = z.strictObject({
  orderNotionalMaxQuote: quote.describe('most that one order may be worth, quote currency'),
  positionNotionalMaxQuote: quote.describe(
    'most that the position of one instrument may be worth if every open order fills, quote currency',
  ),
  grossExposureMaxQuote: quote.describe('the same, summed over all instruments without netting, quote currency'),
  leverageMax: z.number().positive().max(125).describe('gross exposure over equity, ratio'),
  collarBpsMax: z
    .number()
    .min(0)
    .max(1_000)
    .describe("how far an order's price may be on the wrong side of the reference price, basis points"),
  referenceAgeMsMax: z.int().min(1).max(600_000).describe('older reference prices count as none, milliseconds'),
  messagesPerSecondMax: z.int().min(1).max(1_000).describe('orders and cancels per second, all instruments, count'),
  messagesPerMinuteMax: z.int().min(1).max(60_000).describe('orders and cancels per minute, all instruments, count'),
  messageReserveFraction: z
    .number()
    .min(0)
    .lt(1)
    .describe('share of both rates kept for exits and cancels, 0 to below 1'),
  dailyLossMaxQuote: quote.describe('loss of equity since 00:00 UTC that latches, quote currency'),
  drawdownMaxFraction: z
    .number()
    .positive()
    .max(1)
    .describe('loss of equity from its peak that latches, fraction of the peak, above 0 to 1'),
  executionsMax: z.int().min(1).max(1_000_000).describe('executed orders within executionWindowMs that latch, count'),
  executionWindowMs: z.int().min(1_000).max(86_400_000).describe('window of executionsMax, milliseconds'),
}) satisfies z.ZodType<RiskLimits>
