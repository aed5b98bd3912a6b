import { seededRandom } from '../../core/random.ts'
import type { AccountSettings } from '../../simulation/account/account-settings.ts'
import { binanceTiers } from '../../simulation/account/binance-tiers.ts'
import { constantLatency, type LatencyModel } from '../../simulation/latency/latency.ts'
import { sampledLatency } from '../../simulation/latency/sampled-latency.ts'
import type { SimulationSettings } from '../../simulation/venue/simulation-settings.ts'
import type { SimulationConfig } from '../config/simulation-section.ts'

/** What the configuration says of the simulated venue, as the venue takes it. */
export const simulationSettings = ({ latency, ...rest }: SimulationConfig): SimulationSettings => ({
  ...rest,
  latency: latencyOf(latency),
})

const latencyOf = (latency: SimulationConfig['latency']): LatencyModel =>
  latency.kind === 'constant' ? constantLatency(latency) : sampledLatency(latency, seededRandom(latency.seed))

/** How the configured venue margins an account, as far as it is kept here: Binance's tiers; others have a single one. */
export const venueAccount = ({ venue }: { venue: { id: string } }): Partial<Pick<AccountSettings, 'tiersOf'>> =>
  venue.id === 'binanceusdm' ? { tiersOf: binanceTiers } : {}
