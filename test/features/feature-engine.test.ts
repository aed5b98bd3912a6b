import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InputError } from '../../src/core/errors.ts'
import { converter } from '../../src/core/instrument.ts'
import { featureEngine } from '../../src/features/feature-engine.ts'
import type { FeatureWindow } from '../../src/features/feature-row.ts'
import { defaultFeatureSettings, featureSchema } from '../../src/features/feature-schema.ts'
import type { FeatureSettings, MissingSettings } from '../../src/features/feature-settings.ts'
import type { Bar } from '../../src/market/bar.ts'
import { BTCUSDT, ETHUSDT } from '../market/instruments.ts'
import { barOf } from './bars.ts'
import { BTC, ETH, fullSettings, movingBars } from './full-settings.ts'

const COUNT = 75
const btc = movingBars(BTC, 1, COUNT)
const eth = movingBars(ETH, 2, COUNT)
const moments = btc.map((bar, at) => [bar, eth[at]!])

const engineOf = (settings: FeatureSettings, steps = 2) =>
  featureEngine({ schema: featureSchema(settings), converters: [converter(BTCUSDT), converter(ETHUSDT)], steps })

/** Bits, so that NaN equals NaN and 0 does not equal −0. */
const bitsOf = (windows: readonly FeatureWindow[]) =>
  windows.map(({ ready, values, row }) => [
    row.bar.symbol,
    row.bar.endAt,
    ready,
    row.ready,
    Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('hex'),
  ])

const carry: MissingSettings = { rule: 'carry', barsMax: 3 }
const tainted = (bar: Bar): Bar => ({ ...bar, taints: ['gap'] })
/** Two tainted bars of one instrument, a hole of two in the other, five tainted of both. */
const harmed = moments
  .map((bars, at) => bars.map((bar) => (at >= 45 && at < 50 ? tainted(bar) : bar)))
  .map(([a, b], at) => [at === 20 || at === 21 ? tainted(a!) : a!, ...(at === 30 || at === 31 ? [] : [b!])])

describe('save and restore', () => {
  const settings = fullSettings(carry)
  const whole = engineOf(settings)
  const uncut = harmed.map((bars) => bitsOf(whole.step(bars)))

  test('the whole list of features is warm in the test', () => {
    expect(uncut.filter((windows) => windows.every(([, , ready]) => ready)).length).toBeGreaterThan(10)
  })

  test('cut at any bar, through JSON into new objects: every later row has the same bits', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: COUNT - 1 }), (cut) => {
        const before = engineOf(settings)
        for (const bars of harmed.slice(0, cut)) before.step(bars)
        const text = JSON.stringify(before.save())
        const after = engineOf(settings)
        after.restore(JSON.parse(text))
        expect(JSON.stringify(after.save())).toBe(text)
        expect(harmed.slice(cut).map((bars) => bitsOf(after.step(bars)))).toEqual(uncut.slice(cut))
      }),
      { numRuns: 12 },
    )
  })

  const saved = (): Record<string, unknown> => JSON.parse(JSON.stringify(whole.save())) as Record<string, unknown>
  test.each<[string, () => unknown, RegExp]>([
    ['another schema', () => engineOf(defaultFeatureSettings(1_000)).save(), /schemaHash was [0-9a-f]{64}; it must be/],
    ['another window', () => engineOf(settings, 3).save(), /steps was 3; it must be 2/],
    ['another code version', () => ({ ...saved(), codeVersion: 0 }), /codeVersion was 0; it must be 1/],
    ['another version of the state', () => ({ ...saved(), version: 9 }), /version was 9; it must be 1/],
    ['what is no state', () => ({ rows: [] }), /the saved features cannot be restored/],
    ['nothing', () => null, /the saved features cannot be restored/],
  ])('%s is refused', (_name, state, message) => {
    expect(() => engineOf(settings).restore(state())).toThrow(InputError)
    expect(() => engineOf(settings).restore(state())).toThrow(message)
  })

  test('a state of a later time is forgotten, not mixed with what comes', () => {
    const [late, fresh] = [engineOf(settings), engineOf(settings)]
    late.restore(JSON.parse(JSON.stringify(whole.save())))
    const rows = (engine: ReturnType<typeof engineOf>) =>
      moments.map((bars) => engine.step(bars).filter(({ ready }) => ready)).map(bitsOf)
    expect(rows(late)).toEqual(rows(fresh))
  })

  test('other instruments, another tick size and damaged units are refused', () => {
    const only = featureEngine({
      schema: featureSchema(defaultFeatureSettings(1_000)),
      converters: [converter(BTCUSDT)],
      steps: 2,
    })
    expect(() => engineOf(defaultFeatureSettings(1_000)).restore(only.save())).toThrow(
      /instruments was BTC\/USDT:USDT;/,
    )
    const text = JSON.stringify(engineOf(settings).save())
    expect(() => engineOf(settings).restore(JSON.parse(text.replace('"0.10"', '"0.01"')))).toThrow(
      /tickSize of BTC\/USDT:USDT was 0.01; it must be 0.10/,
    )
    const state = JSON.parse(text) as { instruments: Record<string, { lane: { frames: { track: number[] }[] } }> }
    state.instruments[BTC]!.lane.frames[0]!.track.pop()
    expect(() => engineOf(settings).restore(state)).toThrow(/the saved features of BTC\/USDT:USDT are damaged/)
  })
})

describe('other instruments', () => {
  const settings: FeatureSettings = {
    ...defaultFeatureSettings(1_000),
    peers: [ETH],
    indicators: [
      { name: 'rsi', periods: [3], timeframes: ['1s', '3s'] },
      { name: 'relative_strength', periods: [2] },
      { name: 'lead_lag', periods: [4], lags: [1] },
    ],
  }
  const { names } = featureSchema(settings)
  const engine = engineOf(settings, 1)
  const rows = moments.map((bars) => engine.step(bars).map(({ row }) => row))
  const of = (row: (typeof rows)[number][number], name: string) => row.values[names.indexOf(name)]!

  test('names tell timeframe and instrument', () => {
    expect(names.slice(24)).toEqual([
      'rsi_3',
      `rsi_3:${ETH}`,
      'rsi_3@3s',
      `rsi_3@3s:${ETH}`,
      `relative_strength_2:${ETH}`,
      `lead_lag_4_1:${ETH}`,
    ])
  })

  test('the column of a peer is what the peer sees itself, at the same close', () => {
    const ready = rows.filter(([a, b]) => a!.ready && b!.ready)
    expect(ready.length).toBeGreaterThan(30)
    for (const [a, b] of ready) {
      for (const name of ['rsi_3', 'rsi_3@3s']) expect(of(a!, `${name}:${ETH}`)).toBe(of(b!, name))
    }
  })

  test('relative strength and lead-lag equal their formulas', () => {
    const mid = (bars: readonly Bar[], at: number) => (0.1 * (bars[at]!.bidTicks + bars[at]!.askTicks)) / 2
    const moved = (bars: readonly Bar[], at: number, span: number) => Math.log(mid(bars, at) / mid(bars, at - span))
    for (let at = 20; at < COUNT; at += 1) {
      const [row] = rows[at]!
      expect(of(row!, `relative_strength_2:${ETH}`)).toBeCloseTo(1e4 * (moved(btc, at, 2) - moved(eth, at, 2)), 2)
      const own = [0, 1, 2, 3].map((ago) => moved(btc, at - ago, 1))
      const other = [0, 1, 2, 3].map((ago) => moved(eth, at - ago - 1, 1))
      expect(of(row!, `lead_lag_4_1:${ETH}`)).toBeCloseTo(correlation(own, other), 5)
    }
  })

  test('a peer that did not close with it makes the row not ready; bars of events take its newest', () => {
    const alone = engineOf(settings, 1)
    for (const bars of moments.slice(0, 40)) alone.step(bars)
    expect(alone.step([btc[40]!])[0]!.row.ready).toBe(false)
    const events: FeatureSettings = {
      ...settings,
      indicators: [{ name: 'rsi', periods: [3] }],
      eventBars: { kind: 'tick', trades: 100 },
    }
    const one = engineOf(events, 1)
    for (const bars of moments.slice(0, 40)) for (const bar of bars) one.step([bar])
    const [a] = one.step([btc[40]!])
    const columns = featureSchema(events).names
    expect(a!.ready).toBe(true)
    expect(a!.values[columns.indexOf(`rsi_3:${ETH}`)]).toBe(of(rows[39]![1]!, 'rsi_3'))
  })

  test('a peer that is no instrument here is refused', () => {
    const schema = featureSchema(settings)
    expect(() => featureEngine({ schema, converters: [converter(BTCUSDT)], steps: 1 })).toThrow(
      /features.peers: ETH\/USDT:USDT was named; it must be one of symbols/,
    )
  })
})

const correlation = (x: readonly number[], y: readonly number[]): number => {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const [a, b] = [mean(x), mean(y)]
  const product = (p: readonly number[], u: number, q: readonly number[], v: number) =>
    p.reduce((sum, value, at) => sum + (value - u) * (q[at]! - v), 0)
  return product(x, a, y, b) / Math.sqrt(product(x, a, x, a) * product(y, b, y, b))
}

describe('no look-ahead', () => {
  test('what comes after a close never changes a row, on any timeframe', () => {
    const settings = fullSettings()
    const cut = 41 // Inside a bar of three seconds.
    const other = moments.map((bars, at) =>
      at < cut
        ? bars
        : bars.map((bar) => ({ ...bar, close: bar.close * 3, high: bar.high * 3, ofi: bar.ofi.map(() => 99) })),
    )
    const [a, b] = [engineOf(settings), engineOf(settings)]
    const [seenA, seenB] = [moments, other].map((all, which) =>
      all.map((bars) => bitsOf((which === 0 ? a : b).step(bars))),
    )
    expect(seenB!.slice(0, cut)).toEqual(seenA!.slice(0, cut))
    expect(seenB!.slice(cut)).not.toEqual(seenA!.slice(cut))
  })

  test('a higher bar counts from its own close on', () => {
    const settings: FeatureSettings = {
      ...defaultFeatureSettings(1_000),
      indicators: [{ name: 'return', periods: [1], timeframes: ['3s'] }],
    }
    const place = featureSchema(settings).names.indexOf('return_1@3s')
    const engine = engineOf(settings, 1)
    const seen = moments.map((bars) => engine.step(bars)[0]!.row.values[place]!)
    const mid = (at: number) => (btc[at]!.bidTicks + btc[at]!.askTicks) / 2
    for (let at = 20; at < COUNT; at += 1) {
      const closed = 3 * Math.floor((at + 1) / 3) - 1 // Index of the last base bar of the last closed higher bar.
      expect(seen[at]).toBe(
        Math.fround(1e4 * Math.log((0.1 * 2 * mid(closed)) / 2 / ((0.1 * 2 * mid(closed - 3)) / 2))),
      )
    }
  })
})

describe('missing data', () => {
  const readyAt = (missing: MissingSettings, bars: readonly Bar[], steps = 1): readonly number[] => {
    const schema = featureSchema({ ...defaultFeatureSettings(1_000), missing })
    const engine = featureEngine({ schema, converters: [converter(BTCUSDT)], steps })
    return bars.flatMap((bar) => (engine.step([bar])[0]!.ready ? [bar.endAt / 1_000] : []))
  }
  const plain = Array.from({ length: 14 }, (_, nth) => barOf(nth + 1))
  const taintAt = (...seconds: readonly number[]) =>
    plain.map((bar) => (seconds.includes(bar.endAt / 1_000) ? tainted(bar) : bar))
  const without = (...seconds: readonly number[]) => plain.filter(({ endAt }) => !seconds.includes(endAt / 1_000))

  test.each<[string, MissingSettings, readonly Bar[], readonly number[]]>([
    ['reset: a tainted bar ends the run', { rule: 'reset' }, taintAt(8), [6, 7, 13, 14]],
    ['carry: only the tainted bar itself is not decided', carry, taintAt(8), [6, 7, 9, 10, 11, 12, 13, 14]],
    ['carry: as many as allowed', carry, taintAt(8, 9, 10), [6, 7, 11, 12, 13, 14]],
    ['carry: one more ends the run', carry, taintAt(7, 8, 9, 10), [6]],
    ['carry: a hole as long as allowed', carry, without(8, 9, 10), [6, 7, 11, 12, 13, 14]],
    ['carry: a longer hole ends the run', carry, without(7, 8, 9, 10), [6]],
    [
      'carry: hole and taint count together',
      carry,
      taintAt(8, 11).filter(({ endAt }) => endAt !== 9_000 && endAt !== 10_000),
      [6, 7],
    ],
    ['carry: nothing to carry at the start', carry, taintAt(1, 2), [7, 8, 9, 10, 11, 12, 13, 14]],
  ])('%s', (_name, missing, bars, expected) => {
    expect(readyAt(missing, bars)).toEqual(expected)
  })

  test('a carried bar repeats the price without flow and is masked', () => {
    const settings: FeatureSettings = { ...defaultFeatureSettings(1_000), missing: { ...carry, mask: true } }
    const { names } = featureSchema(settings)
    const engine = featureEngine({ schema: featureSchema(settings), converters: [converter(BTCUSDT)], steps: 3 })
    const bars = plain.map((bar) =>
      bar.endAt === 9_000 ? { ...tainted(bar), bidTicks: 1, askTicks: 2, ofi: bar.ofi.map(() => 1e6) } : bar,
    )
    const windows = bars.map((bar) => engine.step([bar])[0]!)
    const seen = (at: number, name: string) => windows[at]!.row.values[names.indexOf(name)]!
    expect([7, 8, 9].map((at) => seen(at, 'missing'))).toEqual([0, 1, 0])
    expect([7, 8, 9].map((at) => seen(at, 'return_1'))).toEqual([0, 0, 0])
    expect([7, 8, 9].map((at) => seen(at, 'ofi_best'))).toEqual([1, 0, 1])
    expect(windows.map(({ ready }) => ready)).toEqual([
      ...Array<boolean>(7).fill(false),
      true,
      false,
      ...Array<boolean>(5).fill(true),
    ])
    expect(windows[9]!.values[names.length + names.indexOf('missing')]).toBe(1)
    expect(windows[8]!.row.bar.taints).toEqual(['gap'])
  })

  test('the rule is part of the schema', () => {
    const settings = defaultFeatureSettings(1_000)
    const hashes = [
      settings,
      { ...settings, missing: carry },
      { ...settings, missing: { ...carry, barsMax: 4 } },
      { ...settings, missing: { ...carry, mask: true } },
    ].map((each) => featureSchema(each).hash)
    expect(new Set(hashes).size).toBe(4)
    expect(featureSchema({ ...settings, missing: { rule: 'reset' } }).hash).toBe(hashes[0])
  })
})
