import { z } from 'zod'
import { isLoopback } from '../../adapters/alerts/safe-url.ts'
import { VENUE_IDS } from '../../adapters/ccxt/venue-profile.ts'

/** ccxt form of a perpetual future: base/quote:settle. */
export const symbolSchema = z
  .string()
  .regex(/^[A-Z0-9]+\/[A-Z0-9]+:[A-Z0-9]+$/, 'use the ccxt form of a perpetual future, e.g. BTC/USDT:USDT')

export const symbolsSchema = z
  .array(symbolSchema)
  .min(1, 'name at least one symbol')
  .max(100, 'at most 100 symbols')
  .refine((symbols) => new Set(symbols).size === symbols.length, 'each symbol once')
  .describe('instruments to trade, ccxt form, each once')

export const barMsSchema = z
  .int('a whole number of milliseconds, e.g. 1000')
  .min(1_000, 'at least 1000 (milliseconds)')
  .max(86_400_000, 'at most 86400000 (milliseconds, one day)')
  .refine(
    (ms) => 86_400_000 % ms === 0,
    'it must divide a day (86400000 milliseconds), so that bars end at full seconds',
  )
  .describe('length of a bar, milliseconds')

export const feeRateSchema = z.number().gt(-0.01).lt(0.01)

export const venueSchema = z.strictObject({
  id: z.enum(VENUE_IDS).describe('exchange, as ccxt names it; orders go to binanceusdm only'),
  baseUrl: z
    .url({ protocol: /^http$/, error: 'a URL such as http://127.0.0.1:8080' })
    .refine(
      isLoopback,
      'only a simulator on this machine may stand in: http://127.0.0.1:PORT, http://localhost:PORT or http://[::1]:PORT',
    )
    .optional()
    .describe('simulator on loopback instead of the exchange; leave out for the exchange itself'),
  makerFeeRate: feeRateSchema.describe(
    'fee of a resting order, fraction of its value, e.g. 0.0002; a rebate is negative',
  ),
  takerFeeRate: feeRateSchema.describe('fee of a taking order, fraction of its value, e.g. 0.0005'),
  leverage: z.int().min(1).max(125).describe('leverage set at the venue for every symbol, times equity'),
  marginMode: z.enum(['cross', 'isolated']).describe('margin mode set at the venue'),
  requestTimeoutMs: z
    .int()
    .min(500)
    .max(60_000)
    .describe('how long a REST call may take, milliseconds; after it an order is unknown'),
  recvWindowMs: z.int().min(500).max(60_000).describe('how late the venue may see a signed request, milliseconds'),
})

export const feedSchema = z.strictObject({
  graceMs: z.int().min(0).max(10_000).describe('how long after its end a bar stays open for late events, milliseconds'),
  staleMsMax: z
    .int()
    .min(100)
    .max(600_000)
    .describe('silence of the feed after which entries are frozen and the connection is renewed, milliseconds'),
  queueEventsMax: z
    .int()
    .min(1_000)
    .max(10_000_000)
    .describe('events that may wait for one instrument; past it the stream is cut and marked as a gap, count'),
})
