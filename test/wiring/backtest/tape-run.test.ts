import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { systemClock } from '../../../src/adapters/clock/system-clock.ts'
import type { TapeFrame } from '../../../src/adapters/tape/tape-frame.ts'
import type { Forecast } from '../../../src/inference/forecast.ts'
import type { Forecaster } from '../../../src/inference/forecaster.ts'
import { comparePrefixes, type OnDecision } from '../../../src/wiring/backtest/compare-prefixes.ts'
import { TapeReading } from '../../../src/wiring/backtest/tape-reading.ts'
import { runTapes, type TapeOutcome } from '../../../src/wiring/backtest/tape-run.ts'
import { type LoadedModel, loadModel } from '../../../src/wiring/daemon/load-model.ts'
import { instrumentsOn } from '../../../src/wiring/replay/tape-instruments.ts'
import { tapeSessions } from '../../../src/wiring/replay/tape-sessions.ts'
import { syntheticFrames } from '../../bench/synthetic-frames.ts'
import { simulatedTape } from '../../fixtures/make-tape.ts'
import { realTape } from '../../market/real-tapes.ts'
import { TAPE_BASE, tapeFile } from './support/tapes.ts'

const folder = mkdtempSync(join(tmpdir(), 'tickwright-tape-'))
const TEXT = simulatedTape(40)
let model: LoadedModel
let tape: string
beforeAll(async () => {
  model = await loadModel(TAPE_BASE, systemClock())
  tape = tapeFile(folder, 'simulated.txt', TEXT)
})
afterAll(async () => {
  await model.forecaster.release()
  rmSync(folder, { recursive: true })
})

async function run(
  files: readonly string[],
  reading = new TapeReading(files),
  onDecision?: OnDecision,
  group?: string,
): Promise<TapeOutcome> {
  const tapes = await tapeSessions(files)
  const told = { ...TAPE_BASE, section: 'backtest', described: TAPE_BASE.backtest.instruments } as const
  const instruments = await instrumentsOn(files, tapes, told, { err: () => undefined })
  const { schema, forecaster } = model
  const served = [{ group, symbols: TAPE_BASE.symbols, forecaster }]
  const monotonicMs = () => performance.now()
  return runTapes({ config: TAPE_BASE, schema, served, instruments, tapes, reading, monotonicMs, onDecision })
}

describe('a run on a tape', () => {
  test('decides every bar, trades, and comes to the same twice, in one file or in two', async () => {
    const hasModel: boolean[] = []
    const first = await run([tape], undefined, ({ modelId }) => hasModel.push(modelId !== null))
    expect(first.bars).toBe(39) // The last second has no later frame that would close it.
    expect(first).toMatchObject({ decisions: 39, gaps: 0, malformedFrames: 0 })
    expect(first.fills).toBeGreaterThan(0)
    // What is measured begins with the first forecast.
    expect(first.record.equity.at).toHaveLength(39 - hasModel.indexOf(true))
    expect(first.record.forecasts.length).toBeGreaterThan(10)

    const lines = TEXT.split('\n')
    const at = Math.floor(lines.length / 2)
    const halves = [lines.slice(0, at), lines.slice(at)].map((half, index) =>
      tapeFile(folder, `half-${index}.txt`, half.join('\n')),
    )
    const grouped = await run([tape], undefined, undefined, 'majors')
    for (const again of [await run([tape]), await run(halves), grouped]) expect(again.runHash).toBe(first.runHash)
  }, 60_000)

  test('its trips add up to the change of equity', async () => {
    const { record } = await run([tape])
    const net = record.trips.reduce((sum, { netPnl }) => sum + netPnl, 0)
    expect(record.trips.length).toBeGreaterThan(0)
    expect(record.startingBalance + net).toBeCloseTo(record.equity.equity.at(-1)!, 6)
  }, 60_000)

  test('keeps a price and an exposure for bars behind a hole in the book', async () => {
    const lines = TEXT.split('\n')
    const updates = lines.flatMap((line, index) => (line.includes('"e":"depthUpdate"') ? [index] : []))
    const lost = updates[Math.floor(updates.length / 2)]!
    const holed = tapeFile(folder, 'holed.txt', lines.filter((_, index) => index !== lost).join('\n'))
    const { gaps, record } = await run([holed])
    expect(gaps).toBe(1)
    const { equity, exposure } = record.equity
    expect([...equity, ...exposure, ...record.prices[0]!.close].every(Number.isFinite)).toBe(true)
  }, 60_000)

  test('pays funding, told after a latency, to the trip that is open', async () => {
    const funded = tapeFile(folder, 'funded.txt', withFunding(TEXT))
    const { record } = await run([funded])
    expect(record.costs.funding).not.toBe(0)
    const paid = record.trips.reduce((sum, { funding }) => sum + funding, 0)
    expect(paid).toBeCloseTo(record.costs.funding, 10)
    const net = record.trips.reduce((sum, { netPnl }) => sum + netPnl, 0)
    expect(record.startingBalance + net).toBeCloseTo(record.equity.equity.at(-1)!, 6)
  }, 60_000)

  test('ends with an error where no bar closed', async () => {
    const short = tapeFile(folder, 'short.txt', simulatedTape(1))
    await expect(run([short])).rejects.toThrow('no bar of 1000 ms closed on the tapes')
  })
})

describe('the prefix property', () => {
  const checked = async (reading: (untilAt: number) => TapeReading) => {
    let span = { from: 0, to: 0 }
    return comparePrefixes(
      {
        async whole(onDecision) {
          const whole = reading(Number.POSITIVE_INFINITY)
          await run([tape], whole, onDecision)
          span = whole.span
        },
        async upTo(share, onDecision) {
          const untilAt = span.from + share * (span.to - span.from)
          await run([tape], reading(untilAt), onDecision)
          return untilAt
        },
      },
      { cuts: 3, seed: 5 },
    )
  }

  test('holds on a tape', async () => {
    const report = await checked((untilAt) => new TapeReading([tape], { untilAt }))
    expect(report.found).toEqual([])
    expect(report.decisionsCompared).toBeGreaterThan(30)
  }, 60_000)

  test('fails where trades know how the tape ends', async () => {
    const report = await checked((untilAt) => new Leaking([tape], untilAt))
    expect(report.found.length).toBeGreaterThan(0)
    expect(report.found[0]).toMatchObject({ differs: 'features' })
  }, 60_000)
})

/** Mark prices between the frames; funding is due every four seconds. */
function withFunding(text: string): string {
  return text
    .split('\n')
    .flatMap((line, index) => {
      if (index % 20 !== 10 || line === '') return [line]
      const time = line.split(' ')[0]!
      const E = Number(time.slice(0, 13))
      const T = Math.ceil((E + 1) / 4_000) * 4_000
      const data = {
        e: 'markPriceUpdate',
        E,
        s: 'BTCUSDT',
        p: '60000.00',
        i: '60000.00',
        P: '60000.00',
        r: '0.00100000',
        T,
      }
      return [line, `${time} ${JSON.stringify({ stream: 'btcusdt@markPrice@1s', data })}`]
    })
    .join('\n')
}

test('instruments with models of their own: each says how far it looks, and what it calls flat', async () => {
  const both = syntheticFrames(10_000).flatMap(({ receivedAt, text }) => {
    const named = text.replace('{"lastUpdateId"', '{"symbol":"BTCUSDT","lastUpdateId"')
    const other = named.replaceAll('BTCUSDT', 'ETHUSDT').replaceAll('btcusdt', 'ethusdt')
    return [`${receivedAt} ${named}`, `${receivedAt} ${other}`]
  })
  const file = tapeFile(folder, 'two.txt', both.join('\n'))
  const config = { ...TAPE_BASE, symbols: [ETH, BTC] }
  const tapes = await tapeSessions([file])
  const told = { ...config, section: 'backtest', described: config.backtest.instruments } as const
  const instruments = await instrumentsOn([file], tapes, told, { err: () => undefined })
  const { schema } = model
  const served = [
    { group: 'far', symbols: [ETH], forecaster: saying({ modelId: 'far/1', horizonBars: 9, thresholdBps: 7 }) },
    { group: 'near', symbols: [BTC], forecaster: saying({ modelId: 'near/1', horizonBars: 2, thresholdBps: 3 }) },
  ]
  const reading = new TapeReading([file])
  const { bars, modelIds, record } = await runTapes({
    ...{ config, schema, served, instruments, tapes, reading },
    monotonicMs: () => 0,
  })
  expect(modelIds).toEqual(['far/1', 'near/1'])
  expect(record.horizonBars).toBe(9)
  const of = (symbol: string) => record.forecasts.filter((one) => one.symbol === symbol)
  const said = (symbol: string) => [...new Set(of(symbol).map((one) => `${one.modelId} ${one.thresholdBps}`))]
  expect([said(ETH), said(BTC)]).toEqual([['far/1 7'], ['near/1 3']])
  expect(bars).toBeGreaterThan(50)
  // Those of the last bars have not come true.
  expect(of(BTC).length - of(ETH).length).toBe(9 - 2)
})

const BTC = 'BTC/USDT:USDT'
const ETH = 'ETH/USDT:USDT'

/** The same of every window. */
function saying(one: Pick<Forecaster, 'modelId' | 'horizonBars' | 'thresholdBps'>): Forecaster {
  const { modelId, horizonBars } = one
  const said: Forecast = {
    ...{ modelId, horizonBars, provider: 'cpu', latencyMs: 0, meanBps: 0, volatilityBps: 1 },
    ...{ levels: [0.5], quantilesBps: [0], classes: [0.3, 0.4, 0.3] },
  }
  return {
    ...{ ...one, provider: 'cpu', steps: 1, features: model.schema.names.length },
    forecast: (windows) => Promise.resolve(windows.map(() => said)),
    release: () => Promise.resolve(),
  }
}

/** Trades whose sizes are scaled by how many lines there are. */
class Leaking extends TapeReading {
  readonly #isWhole: boolean
  #taken = 0

  constructor(files: readonly string[], untilAt: number) {
    super(files, { untilAt })
    this.#isWhole = untilAt === Number.POSITIVE_INFINITY
  }

  override take(): TapeFrame | undefined {
    const line = super.take()
    if (!line) return undefined
    const { data } = line.frame as { data?: { e: string; q: string } }
    this.#taken += 1
    if (data?.e === 'trade' && this.#isWhole && this.#taken % 2 === 0) data.q = (2 * Number(data.q)).toFixed(3)
    return line
  }
}

const { file, absent } = realTape('binance-usdm-btcusdt-20240808.gz')
test.skipIf(absent)(
  'a real capture of Binance USD-M',
  async () => {
    const { bars, gaps, malformedFrames, frames, record } = await run([file])
    expect(bars).toBeGreaterThan(300)
    expect({ gaps, malformedFrames }).toEqual({ gaps: 0, malformedFrames: 0 })
    expect(frames).toBe(93_954)
    expect(record.prices[0]!.close.every(Number.isFinite)).toBe(true)
  },
  60_000,
)
