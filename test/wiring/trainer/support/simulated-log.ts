import { createBarLog } from '../../../../src/adapters/bars/bar-log.ts'
import type { Clock } from '../../../../src/core/clock.port.ts'
import { epochMs } from '../../../../src/core/units.ts'
import type { FeatureSchema } from '../../../../src/features/feature-schema.ts'
import { demoMarkets } from '../../../../src/simulation/exchange/demo-markets.ts'
import { simulatedBars } from '../../../../src/training/simulated-flow.ts'
import { loadConfig } from '../../../../src/wiring/config/load-config.ts'
import { loadFeatureSchema } from '../../../../src/wiring/features/load-feature-schema.ts'
import { barLogOf } from '../../../../src/wiring/trainer/bar-log-of.ts'

/** A log as a daemon of the demo would have written it, of the demo's markets in another hour. */
export interface SimulatedLog {
  /** The next bar. False: there is none left. */
  add(): boolean
  close(): Promise<void>
}

/**
 * Writes `before` bars into the bar log of the configuration, the last of them at `lastAt`, milliseconds since the epoch, and keeps `after`
 * more to be added one by one.
 */
export async function simulatedLog(file: string, lastAt: number, before: number, after = 0): Promise<SimulatedLog> {
  const config = loadConfig(file)
  const { barMs, bars: section } = config
  if (!section) throw new Error(`${file} has no bars`)
  const schema: FeatureSchema = await loadFeatureSchema({ barMs, ...config.features })
  const markets = demoMarkets(0.5).filter(({ instrument }) => config.symbols.includes(instrument.symbol))
  const startAt = Math.floor(lastAt / barMs) * barMs - before * barMs
  const bars = simulatedBars({ seed: 3, startAt: epochMs(startAt), markets, bars: before + after, schema })
  let now = startAt
  const clock: Clock = { now: () => epochMs(now), monotonicMs: () => now }
  const log = await createBarLog({
    ...barLogOf(section.dir, config, schema),
    ...{ barMs, venueId: config.venue.id, program: 'tickwright test', clock, fsyncMs: 20 },
    instruments: markets.map(({ instrument }) => instrument),
    onError(error) {
      throw error
    },
  })
  const add = (): boolean => {
    const { value, done } = bars.next()
    if (done) return false
    now = value[0]!.endAt
    log.add(value)
    return true
  }
  for (let nth = 0; nth < before; nth += 1) add()
  return { add, close: () => log.close() }
}
