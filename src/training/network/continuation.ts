import { InputError } from '../../core/errors.ts'
import type { Manifest } from '../../model/bundle/manifest.ts'
import type { OptimizerState } from '../../model/bundle/optimizer-state.ts'
import type { JsonObject } from '../../model/bundle/plain-json.ts'
import type { NetworkSettings } from './network-settings.ts'
import { unpackTrainingState } from './pack-training-state.ts'
import type { TrainingState } from './training-state.ts'

/** An earlier fit that training goes on from. */
export interface Continuation {
  /** Its version. */
  readonly version: string
  readonly state: TrainingState
  readonly losses: { readonly train: readonly number[]; readonly validation: readonly number[] }
}

/** What a model is made for. */
export interface ModelShape {
  readonly steps: number
  readonly barMs: number
  readonly horizonBars: number
  readonly schemaHash: string
}

/** Settings that may differ: they say how long and where, not what. */
const FREE = new Set(['epochsMax', 'patience', 'engine', 'provider', 'threads'])

/** What a manifest holds of the settings. */
export function settingsRecord({ architecture: { architecture, options }, heads, training }: NetworkSettings) {
  // Parsed from YAML: nothing but what JSON can say.
  const plain = (value: unknown): JsonObject => JSON.parse(JSON.stringify(value)) as JsonObject
  return {
    architecture: { name: architecture.name, parameters: { ...plain(options), heads: plain(heads) } },
    training: plain(training),
  }
}

/** The state in a bundle. Throws `InputError` when it was made with other settings or for other features than `settings` and `shape` say. */
export function continuationOf(
  manifest: Manifest,
  optimizer: OptimizerState,
  settings: NetworkSettings,
  shape: ModelShape,
): Continuation {
  const { version, steps, barMs, horizonBars, features, training } = manifest
  const current = settingsRecord(settings)
  requireSame('resume', version, {
    wanted: { ...shape, architecture: current.architecture, training: fixed(current.training) },
    made: {
      ...{ steps, barMs, horizonBars, schemaHash: features.schemaHash },
      architecture: manifest.architecture,
      training: fixed(optimizer.settings),
    },
  })
  return {
    version,
    state: unpackTrainingState(optimizer),
    losses: training?.losses ?? { train: [], validation: [] },
  }
}

/** Throws `InputError` naming the first thing that `version` was made with and that is another now. */
export function requireSame<Made extends object>(
  what: string,
  version: string,
  { wanted, made }: { readonly wanted: Made; readonly made: Made },
): void {
  for (const [key, value] of Object.entries(wanted)) {
    const before = made[key as keyof Made]
    if (canonical(before) === canonical(value)) continue
    throw new InputError(
      `${what}: ${key} was ${JSON.stringify(value)}; ${version} was made with ${JSON.stringify(before)}: fit afresh`,
      { key, version },
    )
  }
}

const fixed = (training: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(training).filter(([key]) => !FREE.has(key)))

/** The same text for the same values, in whatever order their keys stand. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
