import { InputError } from '../../core/errors.ts'
import type { Manifest } from '../../model/bundle/manifest.ts'
import type { OptimizerState } from '../../model/bundle/optimizer-state.ts'
import type { ForecasterScales } from '../../model/network-forecaster.ts'
import type { ModelShape } from './continuation.ts'
import { requireSame, settingsRecord } from './continuation.ts'
import type { NetworkSettings } from './network-settings.ts'
import { unpackScales, unpackTrainingState } from './pack-training-state.ts'

/**
 * An earlier fit that training on other data begins from: its best weights, with the scales that they were learnt in, since the same
 * weights under other scales are another model. Optimiser, schedule and epochs begin afresh; losses count in the earlier fit's deviations.
 */
export interface WarmStart {
  /** Its version. */
  readonly version: string
  /** Flat. */
  readonly weights: Float32Array
  readonly scales: ForecasterScales
}

/**
 * A warm start from a bundle. How it was trained may differ, what it is may not: throws `InputError` when it has another architecture,
 * other heads, features, steps or horizon than `settings` and `shape` say, or when its `optimizer.bin` does not hold its scales.
 */
export function warmStartOf(
  manifest: Manifest,
  optimizer: OptimizerState,
  settings: NetworkSettings,
  shape: ModelShape,
): WarmStart {
  const { version, steps, barMs, horizonBars, features, architecture } = manifest
  requireSame('warm start', version, {
    wanted: { ...shape, architecture: settingsRecord(settings).architecture },
    made: { steps, barMs, horizonBars, schemaHash: features.schemaHash, architecture },
  })
  const scales = unpackScales(optimizer)
  if (scales === undefined) {
    throw new InputError(`warm start: optimizer.bin of ${version} was without scales; it must hold them: fit afresh`, {
      version,
    })
  }
  return { version, weights: unpackTrainingState(optimizer).best.weights, scales }
}
