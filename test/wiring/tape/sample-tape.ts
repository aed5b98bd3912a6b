import { controlText, type TapeControl } from '../../../src/adapters/tape/tape-control.ts'
import { createTapeFile } from '../../../src/adapters/tape/tape-file.ts'
import { nsText } from '../../../src/adapters/tape/tape-time.ts'
import type { EpochMs } from '../../../src/core/units.ts'
import { BTCUSDT } from '../../market/instruments.ts'

export const SYMBOL = BTCUSDT.symbol
/** A whole second. */
export const START = 1_700_000_000_000
export const at = (ms: number) => (START + ms) as EpochMs

/** One line: what it says and when it came, milliseconds after `START`. */
export type Line = readonly [ms: number, json: string]

const combined = (stream: string, data: object): string =>
  JSON.stringify({ stream: `btcusdt@${stream}`, data: { s: 'BTCUSDT', ...data } })
const control = (record: TapeControl): string => controlText(record)

export const session = (more: object = {}): Line => [
  0,
  control({
    ...{ kind: 'session', format: 1, program: 'test', venueId: 'binanceusdm', mode: 'record', streams: [] },
    ...{ instruments: [BTCUSDT], startedAt: at(0), fileNumber: 1, previousFile: null, ...more },
  }),
]
export const snapshot = (ms: number, lastUpdateId: number): Line => [
  ms,
  JSON.stringify({
    ...{ lastUpdateId, E: at(ms), T: at(ms), bids: [['100.0', '1.000']], asks: [['100.2', '2.000']] },
    symbol: 'BTCUSDT',
  }),
]
export const delta = (ms: number, id: number, pu: number, bidSize: string, ask = '100.2'): Line => [
  ms,
  combined('depth@100ms', {
    ...{ e: 'depthUpdate', E: at(ms), T: at(ms), U: pu + 1, u: id, pu },
    ...{ b: [['100.0', bidSize]], a: [[ask, '2.000']] },
  }),
]
export const trade = (ms: number, a: number, p = '100.2'): Line => [
  ms,
  combined('aggTrade', { e: 'aggTrade', E: at(ms), T: at(ms), a, f: a, l: a, p, q: '0.010', m: false }),
]
export const quote = (ms: number, u: number, bidSize: string): Line => [
  ms,
  combined('bookTicker', { e: 'bookTicker', u, b: '100.0', B: bidSize, a: '100.2', A: '2.000', T: at(ms), E: at(ms) }),
]
export const watermark = (ms: number): Line => [
  ms + 250,
  control({
    kind: 'event',
    event: { kind: 'watermark', symbol: SYMBOL, exchangeTime: at(ms), receivedAt: at(ms + 250) },
  }),
]
export const gap = (ms: number, symbol = SYMBOL): Line => [
  ms,
  control({
    kind: 'event',
    event: { kind: 'gap', symbol, exchangeTime: at(ms), receivedAt: at(ms), reason: 'disconnect', detail: 'gone' },
  }),
]
export const overflow = (ms: number): Line => [
  ms,
  control({ kind: 'overflow', lines: 2, characters: 99, fromAt: at(ms), toAt: at(ms) }),
]

/** Three seconds, whole. */
export const whole: readonly Line[] = [
  session(),
  delta(90, 9, 8, '0.500'),
  snapshot(100, 10),
  delta(200, 12, 9, '1.500'),
  quote(210, 12, '1.500'),
  trade(300, 1),
  quote(390, 14, '1.600'),
  delta(400, 14, 12, '1.600'),
  trade(900, 2, '100.3'),
  watermark(1_000),
  trade(1_500, 3, '99.9'),
  delta(1_600, 15, 14, '1.700'),
  watermark(2_000),
  watermark(3_000),
]

export async function writeLines(path: string, lines: readonly Line[]): Promise<string> {
  const file = await createTapeFile(path)
  for (let from = 0; from < lines.length; from += 4) {
    const some = lines.slice(from, from + 4)
    await file.append(some.map(([ms, json]) => `${nsText(at(ms))} ${json}\n`).join(''))
  }
  await file.close()
  return path
}

/** `lines` without those at `index`, and `more` in their place. */
export const replaced = (lines: readonly Line[], index: number, ...more: readonly Line[]): readonly Line[] => [
  ...lines.slice(0, index),
  ...more,
  ...lines.slice(index + 1),
]
