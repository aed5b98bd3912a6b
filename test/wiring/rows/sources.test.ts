import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { tableFromIPC } from 'apache-arrow'
import { describe, expect, test } from 'vitest'
import { createTapeWriter } from '../../../src/adapters/tape/tape-writer.ts'
import { converter } from '../../../src/core/instrument.ts'
import { type EpochMs, epochMs } from '../../../src/core/units.ts'
import { defaultFeatureSettings, featureSchema } from '../../../src/features/feature-schema.ts'
import { candleSource } from '../../../src/wiring/rows/candle-source.ts'
import { tapeSource } from '../../../src/wiring/rows/tape-source.ts'
import { exportTape } from '../../../src/wiring/tape/export-tape.ts'
import { all } from '../../adapters/bars/bar-logs.ts'
import { simulatedTape } from '../../fixtures/make-tape.ts'
import { BTCUSDT, ETHUSDT } from '../../market/instruments.ts'
import { MINUTE_MS, madeCandles, START_AT } from '../backtest/support/candles.ts'
import { tapeFile } from '../backtest/support/tapes.ts'
import { folder } from './rows-support.ts'

const dir = folder()
const schema = featureSchema(defaultFeatureSettings(1_000))
const converters = [converter(BTCUSDT)]
const GRACE_MS = 500

describe('tapeSource', () => {
  const text = simulatedTape(20)
  const file = tapeFile(dir, 'foreign.txt', text)
  const settings = { files: [file], converters, schema, latenessMs: GRACE_MS }

  test('gives the bars that the export of the tape gives', async () => {
    const groups = await all((await tapeSource(settings)).groups())
    const out = path.join(dir, 'bars.arrow')
    const bar = { kind: 'time', ms: 1_000 } as const
    await exportTape({ files: [file], out, what: 'bars', symbol: BTCUSDT.symbol, bar, levels: 10 })
    const table = tableFromIPC(await readFile(out))
    expect(groups.every((bars) => bars.length === 1)).toBe(true)
    const bars = groups.flat()
    expect(bars).toHaveLength(19) // The last second has no later frame that would close it.
    expect(bars.map(({ close }) => close)).toEqual([...table.getChild('close')!])
    expect(bars.map(({ buyVolume }) => buyVolume)).toEqual([...table.getChild('buy_volume')!])
    expect(bars.map(({ ofi }) => ofi[0])).toEqual([...table.getChild('ofi_1')!])
    expect(bars.map(({ taints }) => taints.join('+'))).toEqual([...table.getChild('taints')!])
  })

  test('on a tape of ours the watermarks close the bars, and what the recorder dropped is a gap', async () => {
    const lines = text.trimEnd().split('\n')
    const writer = await createTapeWriter({
      ...{ dir, prefix: 'own', rotateMs: 1e12, rotateBytes: 1e9, queueBytesMax: 1e9 },
      clock: { now: () => epochMs(1), monotonicMs: () => 0 },
      session: {
        ...{ format: 1, program: 'test', venueId: 'binanceusdm', mode: 'record', instruments: [BTCUSDT] },
        ...{ streams: [], startedAt: epochMs(1) },
      },
      onError: (error) => expect.fail(error.message),
    })
    let closed = 0
    for (const line of lines) {
      const at = Number(line.slice(0, 13)) as EpochMs
      const boundary = Math.floor((at - GRACE_MS) / 1_000) * 1_000 // As the daemon's feed.
      if (boundary > closed) {
        if (closed > 0) {
          const exchangeTime = boundary as EpochMs
          const event = { kind: 'watermark', symbol: BTCUSDT.symbol, exchangeTime, receivedAt: at } as const
          writer.control({ kind: 'event', event }, at)
        }
        closed = boundary
      }
      writer.frame(line.slice(20), at)
    }
    const end = Number(lines.at(-1)!.slice(0, 13)) as EpochMs
    writer.control({ kind: 'overflow', lines: 3, characters: 9, fromAt: end, toAt: end }, end)
    const last = (Math.floor(end / 1_000) * 1_000 + 1_000) as EpochMs
    const event = { kind: 'watermark', symbol: BTCUSDT.symbol, exchangeTime: last, receivedAt: last } as const
    writer.control({ kind: 'event', event }, last)
    await writer.close()
    const { files } = writer.counts()
    const source = await tapeSource({ ...settings, files })
    const bars = (await all(source.groups())).flat()
    const foreign = (await all((await tapeSource(settings)).groups())).flat()
    expect(bars.slice(0, 19).map(({ close, ofi }) => [close, ofi])).toEqual(
      foreign.map(({ close, ofi }) => [close, ofi]),
    )
    expect(bars.at(-1)?.taints).toContain('gap')
  })

  test('all that decides the bars is in the identity', async () => {
    const shorter = tapeFile(dir, 'shorter.txt', text.slice(0, text.lastIndexOf('\n', text.length - 2) + 1))
    const changes = [
      {},
      { files: [shorter] },
      { latenessMs: 400 },
      { schema: featureSchema(defaultFeatureSettings(2_000)) },
      { converters: [converter({ ...BTCUSDT, lotSize: '0.01' })] },
    ]
    const identities: string[] = []
    for (const change of changes) identities.push((await tapeSource({ ...settings, ...change })).identity)
    expect(new Set(identities).size).toBe(changes.length)
  })
})

describe('candleSource', () => {
  const series = [
    madeCandles({ seed: 1, count: 30 }),
    { ...madeCandles({ seed: 2, count: 30, symbol: ETHUSDT.symbol }), filled: Int32Array.of(7) },
  ]
  const pair = [converter(BTCUSDT), converter(ETHUSDT)]
  const settings = { series, converters: pair, halfSpreadBps: 1 }

  test('one group for each candle, of all instruments; each call begins anew', async () => {
    const source = candleSource(settings)
    for (const groups of [await all(source.groups()), await all(source.groups())]) {
      expect(groups.map((bars) => bars.map(({ close }) => close))).toEqual(
        series[0]!.candles.map((candle, at) => [candle.close, series[1]!.candles[at]!.close]),
      )
      expect(groups.map(([bar]) => bar!.endAt)).toEqual(groups.map((_, at) => START_AT + (at + 1) * MINUTE_MS))
      expect(groups.flatMap((bars, at) => (bars[1]!.taints.length > 0 ? [at] : []))).toEqual([7])
    }
  })

  test('all that decides the bars is in the identity', () => {
    const changes = [
      {},
      { halfSpreadBps: 2 },
      { series: [{ ...series[0]!, dataHash: 'other' }, series[1]!] },
      { series: series.map((one) => ({ ...one, candles: one.candles.slice(1) })) },
    ]
    const identities = changes.map((change) => candleSource({ ...settings, ...change }).identity)
    expect(new Set(identities).size).toBe(changes.length)
  })

  test.each([
    { name: 'another length', second: madeCandles({ seed: 2, count: 29, symbol: ETHUSDT.symbol }), rule: 'the span' },
    { name: 'another instrument', second: madeCandles({ seed: 2, count: 30 }), rule: 'must be of ETH/USDT:USDT' },
  ])('$name is refused', ({ second, rule }) => {
    expect(() => candleSource({ ...settings, series: [series[0]!, second] })).toThrow(rule)
  })
})
