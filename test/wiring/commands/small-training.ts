import { join } from 'node:path'
import { commands } from '../../../src/wiring/commands.ts'
import { runCli } from '../../../src/wiring/run-cli.ts'
import type { Workspace } from '../../support/workspace.ts'
import { fakeIo } from './fake-io.ts'

/** The truth test's configuration on a market of a quarter of an hour, with a ridge that is fitted at once. */
export function smallTraining(space: Workspace, changes: { readonly [section: string]: object } = {}): string {
  const trainer = {
    dir: join(space.dir, 'trainer'),
    recipe: { steps: 1, features: ['ofi', 'trade', 'queue', 'depth', 'microprice'] },
    // About 60 independent test rows: three standard errors.
    gate: { barsMin: 100, tradesMin: 10, resamples: 500, coverageErrorMax: 0.25, classErrorMax: 0.25 },
    ...changes['trainer'],
  }
  const train = {
    data: { kind: 'simulated', alpha: 0.9, seed: 80_001, bars: 1_000 },
    evaluation: { folds: { folds: 2 }, permutations: 2 },
    ...changes['train'],
  }
  const features = { flowPeriods: [2, 5], returnPeriods: [1], volatilityPeriods: [3], volumePeriod: 5 }
  return space.config('truth', { features, model: { path: join(space.dir, 'models', 'small') }, trainer, train })
}

/** One command line, as a user types it. */
export async function typed(...args: string[]) {
  const { io, out, err } = fakeIo()
  const code = await runCli(args, commands, io, '0.0.0')
  return { code, out, err }
}

/** What is refused of each command that needs a configuration of mode `train`. */
export const REFUSED: readonly (readonly [name: string, args: readonly string[], code: number, why: RegExp])[] = [
  ['no file', [], 2, /required option '-?-?.*--config/],
  ['a file that is not there', ['--config', 'nowhere.yaml'], 1, /nowhere\.yaml/],
  ['an unknown option', ['--config', 'config/truth.yaml', '--fast'], 2, /unknown option '--fast'/],
]
