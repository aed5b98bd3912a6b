import { basename } from 'node:path'
import type { FeatureSchema } from '../../features/feature-schema.ts'
import { momentsOf } from '../../report/metrics/moments.ts'
import type { GateTrials } from '../../training/gate/contender.ts'
import type { TrialStore } from '../../training/search/trial-store.port.ts'
import { identityOf } from '../rows/bar-source.ts'

/** Under what a family's trainings are counted: for what its models see, as rows of other days are the same market. */
export const familyTrials = (familyFolder: string, schema: FeatureSchema): string =>
  identityOf('family', basename(familyFolder), schema.hash)

/** All that was ever tried under these names, the one that is under way included: of a family, and of rows that were searched or evaluated. */
export function trialsSoFar(store: Pick<TrialStore, 'trialsOn'>, names: readonly string[]): GateTrials {
  const found = names.map((name) => store.trialsOn(name))
  const sharpes = found.flatMap((one) => one.sharpes)
  return {
    count: found.reduce((sum, { count }) => sum + count, 1),
    ...(sharpes.length > 1 && { sharpeVariance: momentsOf(sharpes).deviation ** 2 }),
  }
}
