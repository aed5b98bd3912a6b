import { describe, expect, test } from 'vitest'
import type { MarketEvent } from '../../../src/core/market-event.ts'
import type { EpochMs } from '../../../src/core/units.ts'
import type { ExternalReading, ExternalSource } from '../../../src/features/external-series.port.ts'
import { externalEvents } from '../../../src/wiring/external/external-events.ts'
import { externalSources } from '../../../src/wiring/external/external-sources.ts'

const clock = { now: () => 5_000 as EpochMs, monotonicMs: () => 0 }
const scheduler = { sleep: async () => undefined }
const reading: ExternalReading = { series: 'fear', value: 1, observedAt: 10 as EpochMs }

describe('externalEvents', () => {
  test('a reading is one event of every instrument, stamped alike', async () => {
    const events: MarketEvent[] = []
    let closed = 0
    const source: ExternalSource = {
      start: async (onReading) => onReading(reading),
      close: async () => {
        closed += 1
      },
    }
    const subscription = externalEvents({
      sources: [source],
      symbols: ['A', 'B'],
      clock,
      exchangeTimeOf: (local) => local - 7,
      onProblem: () => undefined,
      onFatal: () => undefined,
    }).subscribe((event) => events.push(event))
    await Promise.resolve()
    const common = { kind: 'external', exchangeTime: 4_993, receivedAt: 5_000, ...reading }
    expect(events).toEqual([
      { ...common, symbol: 'A' },
      { ...common, symbol: 'B' },
    ])
    subscription.unsubscribe()
    expect(closed).toBe(1)
  })

  test('a source that cannot be opened is told', async () => {
    const failures: unknown[] = []
    const source: ExternalSource = { start: () => Promise.reject(new Error('no')), close: async () => undefined }
    const parts = { symbols: [], clock, exchangeTimeOf: Number, onProblem: () => undefined }
    externalEvents({ ...parts, sources: [source], onFatal: (error) => failures.push(error) }).subscribe()
    await new Promise(setImmediate)
    expect(failures).toEqual([new Error('no')])
  })
})

describe('externalSources', () => {
  const externals = [{ series: 'fear', staleMsMax: 1, transform: 'level' as const }]
  test('the push needs a token that cannot be guessed', () => {
    const make = (token: string | undefined) =>
      externalSources({ push: { port: 1 } }, { externals }, token, { clock, scheduler })
    expect(() => make(undefined)).toThrow(/TICKWRIGHT_EXTERNAL_TOKEN must be set to at least 16 characters/)
    expect(() => make('x'.repeat(15))).toThrow(/16/)
    expect(make('x'.repeat(16))).toHaveLength(1)
  })

  test('sources without a series are a mistake', () => {
    const file = { path: 'x', format: 'csv' as const, pollMs: 100 }
    expect(() => externalSources({ file }, {}, undefined, { clock, scheduler })).toThrow(/names no series/)
    expect(externalSources({ file }, { externals }, undefined, { clock, scheduler })).toHaveLength(1)
  })
})
