import { z } from 'zod'
import { feeRateSchema, symbolSchema } from './market-sections.ts'

/** A decimal as the venue writes it. A YAML number would lose trailing zeros, and with them the step's decimals. */
const decimal = z
  .string({ error: 'write it as a quoted decimal, e.g. "0.001"' })
  .regex(/^\d{1,15}(\.\d{1,15})?$/, 'a quoted decimal, e.g. "0.001"')
  .refine((text) => Number(text) > 0, 'greater than 0')

export const simulatorSchema = z.strictObject({
  seed: z.int().min(0).max(4_294_967_295).describe('seed of the simulated market: the same seed, the same market'),
  alpha: z
    .number()
    .min(0)
    .lt(1)
    .describe("share of the next seconds' price variance that order flow foretells, 0 to 1; 0: nothing to learn"),
  port: z.int().min(0).max(65_535).describe('TCP port on loopback; 0: any free one'),
  deposit: decimal.describe('wallet that a new account finds, quoted decimal, quote currency'),
  idleExitMs: z
    .int()
    .min(1_000)
    .max(86_400_000)
    .describe('the simulator ends when nobody has been connected for so long, milliseconds'),
})

export const paperSchema = z.strictObject({
  startingBalance: decimal.describe('wallet of a new paper account, quoted decimal, quote currency'),
})

export const liveSchema = z.strictObject({
  confirm: z
    .literal('I understand that live trading can lose all my money', {
      error: 'live trading needs exactly this text: I understand that live trading can lose all my money',
    })
    .describe('the sentence that permits live trading; TICKWRIGHT_LIVE=yes is needed too'),
})

export const replayInstrumentSchema = z.strictObject({
  symbol: symbolSchema.describe('ccxt form, one of symbols'),
  venueSymbol: z.string().min(1).describe("the venue's own name on the tape, e.g. BTCUSDT"),
  tickSize: decimal.describe('smallest price step, quoted decimal, quote per base'),
  lotSize: decimal.describe('smallest size step, quoted decimal, base'),
  lotsMin: z.int().min(1).describe('least order size, lots'),
  lotsMax: z.int().min(1).describe('largest limit order, lots'),
  lotsMaxMarket: z.int().min(1).describe('largest market order, lots'),
  notionalMin: z.number().min(0).describe('least order value, quote currency'),
  makerFeeRate: feeRateSchema.describe(
    'fee of a resting order, fraction of its value, e.g. 0.0002; a rebate is negative',
  ),
  takerFeeRate: feeRateSchema.describe('fee of a taking order, fraction of its value, e.g. 0.0005'),
})

export type ReplayInstrument = z.infer<typeof replayInstrumentSchema>

export const replaySchema = z.strictObject({
  instruments: z
    .array(replayInstrumentSchema)
    .min(1)
    .max(100)
    .describe('what the tape does not say of its instruments'),
  startingBalance: decimal.describe('wallet at the start, quoted decimal, quote currency'),
  latenessMs: z
    .int()
    .min(0)
    .max(60_000)
    .describe('how late a frame may arrive and still count for its bar, milliseconds of the tape'),
})
