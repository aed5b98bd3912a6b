import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { InputError } from '../../../src/core/errors.ts'
import { epochMs } from '../../../src/core/units.ts'
import { loadLatencies } from '../../../src/wiring/simulation/load-latencies.ts'
import { simulationSettings } from '../../../src/wiring/simulation/simulation-settings.ts'

const folder = mkdtempSync(join(tmpdir(), 'latencies-'))
afterAll(() => rmSync(folder, { recursive: true }))

function fileOf(text: string, name = 'latencies.csv'): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

const CSV = 'at,feedMs,entryMs,responseMs\n2000,1,20,3\n1000,1,10,5\n'
const ROWS = [
  { at: 1_000, feedMs: 1, entryMs: 10, responseMs: 5 },
  { at: 2_000, feedMs: 1, entryMs: 20, responseMs: 3 },
]
const order = (sentAt: number, entryMs: number, latencySource: string) => ({
  sentAt,
  latency: { feedMs: 1, entryMs, responseMs: 5 },
  latencySource,
  clientId: 'x',
})
const divergence = (...orders: unknown[]) => JSON.stringify({ session: {}, report: { currency: 'USDT', orders } })

describe('latencies of a recorded session', () => {
  test('a CSV, by time', () => expect(loadLatencies(fileOf(CSV))).toEqual(ROWS))
  test('with the line ends of other systems', () =>
    expect(loadLatencies(fileOf(CSV.replaceAll('\n', '\r\n')))).toEqual(ROWS))
  test('what divergence prints: only what was measured', () => {
    const text = divergence(
      order(3_000, 30, 'halved'),
      order(2_000, 20, 'interpolated'),
      order(1_000, 10, 'measured'),
      order(4_000, 1, 'given'),
    )
    expect(loadLatencies(fileOf(text)).map(({ at, entryMs }) => [at, entryMs])).toEqual([
      [1_000, 10],
      [3_000, 30],
    ])
  })

  test.each([
    ['another header', 'ts,entry\n', 'line 1 was "ts,entry"; it must be at,feedMs,entryMs,responseMs'],
    ['no row', 'at,feedMs,entryMs,responseMs\n', 'no order in it measured its latency'],
    ['a row too short', `${CSV}1,2\n`, 'the row of line 4 was "1,2"; it must be 4 values'],
    ['a value below 0', `${CSV}3000,1,-1,2\n`, 'entryMs of line 4 was "-1"; it must be milliseconds from 0 to 600000'],
    ['another unit', `${CSV}3000,1,600001,2\n`, 'entryMs of line 4 was "600001"'],
    ['a text', `${CSV}3000,1,2,fast\n`, 'responseMs of line 4 was "fast"'],
    ['an empty cell', `${CSV},1,2,3\n`, 'at of line 4 was ""; it must be epoch milliseconds'],
    ['another JSON', '{"report":{}}', 'not what tickwright divergence --json prints: report.orders'],
    ['a JSON cut short', '{"report":', 'not what tickwright divergence --json prints'],
    ['a latency below 0', divergence(order(1, -1, 'measured')), 'report.orders.0.latency.entryMs'],
    ['nothing measured', divergence(order(1, 1, 'given')), 'no order in it measured its latency'],
  ])('%s is refused', (_name, text, message) => {
    const path = fileOf(text)
    expect(() => loadLatencies(path)).toThrow(InputError)
    expect(() => loadLatencies(path)).toThrow(path)
    expect(() => loadLatencies(path)).toThrow(message)
  })
  test('the longest way that is taken', () =>
    expect(loadLatencies(fileOf(`${CSV}3000,0,600000,0\n`)).at(-1)).toMatchObject({ entryMs: 600_000 }))
  test('a file that is not there', () =>
    expect(() => loadLatencies(join(folder, 'none'))).toThrow(
      /simulation.latency.file was ".*none": it cannot be read/,
    ))
})

describe('the configured latency', () => {
  const model = (draw: 'bootstrapped' | 'interpolated', seed = 1) =>
    simulationSettings({
      latency: { kind: 'measured', file: fileOf(CSV), draw, seed },
      queue: { kind: 'risk-averse' },
      candles: { halfSpreadBps: 0, slippageBps: 0, impactBps: 0, participationMax: 1 },
      messagesPerMinuteMax: 0,
    }).latency

  test('interpolated: in time', () => {
    expect(model('interpolated').at(epochMs(1_500))).toEqual({ feedMs: 1, entryMs: 15, responseMs: 4 })
    expect(model('interpolated').at(epochMs(9_000))).toMatchObject({ entryMs: 20 })
  })

  test('bootstrapped: whole rows, the same for the same seed', () => {
    const draws = (seed: number) => {
      const drawn = model('bootstrapped', seed)
      return Array.from({ length: 50 }, () => drawn.at(epochMs(0)))
    }
    for (const drawn of draws(1)) expect(ROWS).toContainEqual(drawn)
    expect(new Set(draws(1).map(({ entryMs }) => entryMs)).size).toBe(2)
    expect(draws(1)).toEqual(draws(1))
    expect(draws(1)).not.toEqual(draws(2))
  })
})
