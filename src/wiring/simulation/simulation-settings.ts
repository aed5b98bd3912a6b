import { seededRandom } from '../../core/random.ts'
import type { AccountSettings } from '../../simulation/account/account-settings.ts'
import { binanceTiers } from '../../simulation/account/binance-tiers.ts'
import { interpolatedLatency } from '../../simulation/latency/interpolated-latency.ts'
import { constantLatency, type LatencyModel } from '../../simulation/latency/latency.ts'
import { bootstrappedLatency, sampledLatency } from '../../simulation/latency/sampled-latency.ts'
import type { SimulationSettings } from '../../simulation/venue/simulation-settings.ts'
import type { SimulationConfig } from '../config/simulation-section.ts'
import { loadLatencies } from './load-latencies.ts'

/** What the configuration says of the simulated venue, as the venue takes it. Throws `InputError` for a file of latencies that is none. */
export const simulationSettings = ({
  latency,
  queue,
  candles,
  messagesPerMinuteMax,
}: SimulationConfig): SimulationSettings => ({ queue, candles, messagesPerMinuteMax, latency: latencyOf(latency) })

function latencyOf(latency: SimulationConfig['latency']): LatencyModel {
  if (latency.kind === 'constant') return constantLatency(latency)
  const random = seededRandom(latency.seed)
  if (latency.kind === 'sampled') return sampledLatency(latency, random)
  const measured = loadLatencies(latency.file)
  return latency.draw === 'bootstrapped' ? bootstrappedLatency(measured, random) : interpolatedLatency(measured)
}

/** How the configured venue margins an account, as far as it is kept here: Binance's tiers; others have a single one. */
export const venueAccount = ({ venue }: { venue: { id: string } }): Partial<Pick<AccountSettings, 'tiersOf'>> =>
  venue.id === 'binanceusdm' ? { tiersOf: binanceTiers } : {}
