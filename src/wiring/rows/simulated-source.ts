import { type SimulatedBarsSettings, simulatedBars } from '../../training/simulated-flow.ts'
import { type BarSource, identityOf } from './bar-source.ts'

/** Bars of one run of the simulated exchange, of one seed. */
export function simulatedSource(settings: SimulatedBarsSettings): BarSource {
  const { seed, startAt, markets, bars, alphaFlipAtBar, schema } = settings
  return {
    identity: identityOf('simulated', seed, startAt, markets, bars, alphaFlipAtBar ?? null, schema.hash),
    async *groups() {
      yield* simulatedBars(settings)
    },
  }
}
