import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll } from 'vitest'
import { converter } from '../../../src/core/instrument.ts'
import { epochMs } from '../../../src/core/units.ts'
import { featureEngine } from '../../../src/features/feature-engine.ts'
import type { FeatureRow } from '../../../src/features/feature-row.ts'
import { defaultFeatureSettings, featureSchema } from '../../../src/features/feature-schema.ts'
import type { Bar } from '../../../src/market/bar.ts'
import { demoMarkets } from '../../../src/simulation/exchange/demo-markets.ts'
import { simulatedBars } from '../../../src/training/simulated-flow.ts'

export const markets = demoMarkets(0.5).slice(0, 2)
export const converters = markets.map(({ instrument }) => converter(instrument))
export const symbols = markets.map(({ instrument }) => instrument.symbol)
const carry = { rule: 'carry', barsMax: 2 } as const
const peers = [symbols[0]!]
const indicators = [{ name: 'rsi', periods: [5] }] as const
/** With peers, indicators and carried bars: what a row depends on reaches back and across. */
export const schema = featureSchema({ ...defaultFeatureSettings(1_000), missing: carry, peers, indicators })
export const START = epochMs(1_735_689_600_000)
export const run = { seed: 5, startAt: START, markets, schema }

/** Simulated bars with what a live log has: tainted ones, missing ones, and an instrument that misses a close. */
export const liveBars = (bars: number): readonly (readonly Bar[])[] =>
  [...simulatedBars({ ...run, bars })].flatMap((group, nth) => {
    if (nth % 17 === 11) return []
    if (nth % 13 === 5) return [[{ ...group[0]!, taints: ['gap' as const] }, group[1]!]]
    return nth % 19 === 7 ? [group.slice(1)] : [group]
  })

/** What the daemon's engine makes of them, with windows of several steps. */
export function liveRows(groups: readonly (readonly Bar[])[]): readonly (readonly FeatureRow[])[] {
  const engine = featureEngine({ schema, converters, steps: 7 })
  const rows = groups.flatMap((bars) => engine.step(bars).map(({ row }) => row))
  return symbols.map((symbol) => rows.filter(({ bar }) => bar.symbol === symbol))
}

/** A folder of one test file. */
export function folder(): string {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'tickwright-rows-'))
  afterAll(() => rmSync(dir, { recursive: true }))
  return dir
}
