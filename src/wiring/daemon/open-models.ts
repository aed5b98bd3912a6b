import type { Logger } from 'pino'
import { workerRuntime } from '../../adapters/onnx/worker-runtime.ts'
import type { Alert } from '../../core/alert.ts'
import { InputError } from '../../core/errors.ts'
import { type InForce, type ModelService, modelService } from '../../inference/model-service.ts'
import { WHY_MAX } from '../../model/bundle/model-history.ts'
import { modelAlert } from '../alerts/model-alert.ts'
import type { WallConfig } from '../config/schema.ts'
import { changeChampion, versionBefore } from '../models/change-champion.ts'
import { readHistory } from '../models/history.ts'
import { type ModelLoader, modelLoader } from './load-model.ts'
import type { Edges } from './venues.ts'

/** What `status` shows. */
export interface ModelNote {
  readonly modelId: string
  readonly provider: string
}

export interface RunningModels {
  readonly loader: ModelLoader
  readonly service: ModelService
}

interface ModelListeners {
  raise(alert: Alert): void
  /** Another model decides from now on: told on the spot. */
  onSwap(modelId: string): void
  /** A version that was offered and must not be used. */
  onRefused?(version: string, cause: string): void
  /** Who answers now: model and provider. */
  note(inForce: ModelNote): void
}

/** The champion of the family, ready, each model in a thread of its own. Throws `InputError` when it must not be used. */
export async function openModels(
  config: WallConfig,
  { clock, scheduler }: Edges,
  log: Logger,
  { raise, onSwap, onRefused, note }: ModelListeners,
): Promise<RunningModels> {
  const { threads, runMsMax, keepMs } = config.model
  let service: ModelService | undefined
  const noted = (): void => {
    if (!service) return
    const { modelId, provider } = service.inForce.forecaster
    note({ modelId, provider })
  }
  /** Behind the decision that is being taken: each of these waits for the disk. */
  const tell = (alert: Alert): void => {
    void scheduler.sleep(0).then(() => {
      log[alert.severity === 'info' ? 'info' : 'warn'](alert.data, alert.text)
      raise(alert)
      noted()
    })
  }
  const loader = await modelLoader(config, clock, workerRuntime({ intraOpThreads: threads }), {
    time: { runMsMax, scheduler },
    batch: config.symbols.length,
    onFallback: (fallback) => tell(modelAlert({ kind: 'fallback', ...fallback }, clock.now())),
  })
  const { version, inForce } = await firstModel(config.model.path, loader, clock)
  service = modelService({
    version,
    inForce,
    load: async (wanted) => unexpired(await loader.load(wanted), clock),
    keepMs,
    scheduler,
    onChange(change) {
      if (change.kind === 'swapped') onSwap(change.modelId)
      else onRefused?.(change.version, change.cause)
      tell(modelAlert(change, clock.now()))
    },
  })
  noted()
  return { loader, service }
}

/**
 * The current model; where a machine put it there and it must not be used, the one before it, written down as a rollback: a daemon that
 * does not start watches over no position. Throws `InputError` where there is none.
 */
async function firstModel(
  familyFolder: string,
  loader: ModelLoader,
  clock: Edges['clock'],
): Promise<{ readonly version: string; readonly inForce: InForce }> {
  const version = await loader.currentVersion()
  try {
    return { version, inForce: await loader.load(version) }
  } catch (error) {
    if (!(error instanceof InputError) || !(await wasPutByMachine(familyFolder, version))) throw error
    const before = await versionBefore(familyFolder)
    const inForce = await loader.load(before)
    const why = `the daemon refuses ${version} at its start: ${error.message}`.slice(0, WHY_MAX)
    const at = new Date(clock.now()).toISOString()
    await changeChampion({ familyFolder, version: before, action: 'rollback', at, who: 'daemon', why })
    return { version: before, inForce }
  }
}

async function wasPutByMachine(familyFolder: string, version: string): Promise<boolean> {
  const last = (await readHistory(familyFolder)).findLast(({ action }) => action === 'promote' || action === 'rollback')
  return last?.version === version && (last.who === 'trainer' || last.who === 'daemon')
}

/** At the start an expired model may still close positions. Nobody swaps to one. */
async function unexpired(model: InForce, clock: Edges['clock']): Promise<InForce> {
  const { forecaster, expiresAt } = model
  if (expiresAt === undefined || expiresAt > clock.now()) return model
  await forecaster.release()
  throw new InputError(`${forecaster.modelId}: it expired at ${new Date(expiresAt).toISOString()}`)
}
