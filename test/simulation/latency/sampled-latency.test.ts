import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../../src/core/random.ts'
import { epochMs } from '../../../src/core/units.ts'
import type { LatencyModel } from '../../../src/simulation/latency/latency.ts'
import { bootstrappedLatency, sampledLatency } from '../../../src/simulation/latency/sampled-latency.ts'

const LAWS = {
  feed: { medianMs: 8, p99Ms: 60 },
  entry: { medianMs: 3, p99Ms: 12 },
  response: { medianMs: 5, p99Ms: 5 },
}
const DRAWS = 40_000
const at = epochMs(0)
const draw = (model: LatencyModel, count = DRAWS) => Array.from({ length: count }, () => model.at(at))
const quantile = (values: readonly number[], share: number) =>
  [...values].sort((a, b) => a - b)[Math.floor(share * values.length)]!
const correlation = (x: readonly number[], y: readonly number[]): number => {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const [mx, my] = [mean(x), mean(y)]
  const cross = mean(x.map((value, nth) => (value - mx) * (y[nth]! - my)))
  return cross / Math.sqrt(mean(x.map((value) => (value - mx) ** 2)) * mean(y.map((value) => (value - my) ** 2)))
}

describe('log-normal', () => {
  const rows = draw(sampledLatency(LAWS, seededRandom(1)))
  test.each(['feed', 'entry', 'response'] as const)('%s has the median and the 99th percentile asked for', (name) => {
    const values = rows.map((row) => row[`${name}Ms`])
    expect(quantile(values, 0.5) / LAWS[name].medianMs).toBeCloseTo(1, 1)
    expect(quantile(values, 0.99) / LAWS[name].p99Ms).toBeCloseTo(1, 1)
    expect(Math.min(...values)).toBeGreaterThan(0)
  })

  test('its logarithm is normal: the quartiles stand where those of a normal law do', () => {
    const sigma = Math.log(60 / 8) / 2.326347874
    const logs = rows.map(({ feedMs }) => Math.log(feedMs / 8) / sigma)
    expect(quantile(logs, 0.25)).toBeCloseTo(-0.6745, 1)
    expect(quantile(logs, 0.75)).toBeCloseTo(0.6745, 1)
  })

  test('the three are drawn on their own', () => {
    const [feed, entry] = [rows.map(({ feedMs }) => Math.log(feedMs)), rows.map(({ entryMs }) => Math.log(entryMs))]
    expect(Math.abs(correlation(feed, entry))).toBeLessThan(0.02)
  })

  test('the same seed draws the same, another seed others', () => {
    const other = (seed: number) => draw(sampledLatency(LAWS, seededRandom(seed)), 5)
    expect(other(7)).toEqual(other(7))
    expect(other(7)).not.toEqual(other(8))
  })

  test('0 and 0 is none at all; a median of 0 alone, or above its 99th percentile, is a bug', () => {
    const none = { medianMs: 0, p99Ms: 0 }
    expect(sampledLatency({ feed: none, entry: none, response: none }, seededRandom(1)).at(at)).toEqual({
      ...{ feedMs: 0, entryMs: 0, responseMs: 0 },
    })
    for (const law of [
      { medianMs: 0, p99Ms: 1 },
      { medianMs: 2, p99Ms: 1 },
    ]) {
      expect(() => sampledLatency({ ...LAWS, entry: law }, seededRandom(1))).toThrow('medianMs')
    }
  })
})

describe('bootstrapped', () => {
  const MEASURED = [1, 2, 3, 4].map((ms) => ({ feedMs: ms, entryMs: 10 * ms, responseMs: 100 * ms }))

  test('draws whole measured rows, each as often', () => {
    const rows = draw(bootstrappedLatency(MEASURED, seededRandom(3)))
    const isWhole = rows.every((row) => row.entryMs === 10 * row.feedMs && row.responseMs === 100 * row.feedMs)
    expect(isWhole).toBe(true)
    for (const { feedMs } of MEASURED) {
      expect(rows.filter((row) => row.feedMs === feedMs).length / DRAWS).toBeCloseTo(0.25, 1)
    }
  })

  test('from nothing nothing can be drawn', () => {
    expect(() => bootstrappedLatency([], seededRandom(1))).toThrow('measured latencies')
  })
})
