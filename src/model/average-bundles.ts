import { InputError } from '../core/errors.ts'
import { averageGraph } from './average-graph.ts'
import type { ModelBundle } from './bundle/bundle.ts'
import type { Manifest, ManifestDraft } from './bundle/manifest.ts'
import { sha256Of } from './bundle/manifest.ts'

/** Architecture of a bundle that averages others. */
const AVERAGE = 'average'

interface AverageRequest {
  readonly family: string
  /** ISO 8601, UTC. */
  readonly createdAt: string
  /** Golden outputs of the averaged graph, which needs a session: answers of `graph` to `inputs`, [rows][steps × features]. */
  readonly answer: (graph: Uint8Array, inputs: readonly (readonly number[])[]) => Promise<Manifest['golden']['outputs']>
}

/** A draft and the graph that it is about. */
export interface AveragedBundle {
  readonly draft: ManifestDraft
  readonly graph: Uint8Array
}

/**
 * One bundle that averages the forecasts of `members`. They must be made for the same features, bars, window, horizon, levels and class
 * threshold; else `InputError`. It was measured on nothing of its own: its scores are its members', as `<model id>.<score>`.
 */
export async function averageBundles(
  members: readonly ModelBundle[],
  { family, createdAt, answer }: AverageRequest,
): Promise<AveragedBundle> {
  if (members.length < 2) throw new InputError(`models: ${members.length} given; an average needs at least two`)
  for (const member of members) checkAgrees(members[0]!, member)
  const [first] = members.map(({ manifest }) => manifest) as [Manifest]
  const graph = averageGraph(
    members.map((member) => member.graph),
    first.calibration.levels.length,
  )
  const inputs = first.golden.inputs
  const content = {
    family,
    ...sharedParts(members),
    golden: { inputs, outputs: await answer(graph, inputs), tolerance: first.golden.tolerance },
  }
  const version = `${AVERAGE}-${sha256Of(`${sha256Of(graph)} ${JSON.stringify(content)}`).slice(0, 12)}`
  return { draft: { ...content, version, createdAt }, graph }
}

/** What the manifest says of the members together. */
function sharedParts(members: readonly ModelBundle[]) {
  const manifests = members.map(({ manifest }) => manifest)
  const [first] = manifests as [Manifest]
  const { opset, features, barMs, steps, horizonBars, calibration } = first
  const sumOf = (pick: (manifest: Manifest) => number): number =>
    manifests.reduce((sum, manifest) => sum + pick(manifest), 0)
  const mostOf = (pick: (manifest: Manifest) => number): number => Math.max(...manifests.map(pick))
  const seedsOf = (pick: (manifest: Manifest) => readonly number[]): number[] => [
    ...new Set(manifests.flatMap((manifest) => [...pick(manifest)])),
  ]
  return {
    ...{ opset, features, barMs, steps, horizonBars },
    architecture: {
      name: AVERAGE,
      parameters: Object.fromEntries(members.map(({ modelId }, i) => [`member${i}`, modelId])),
    },
    weights: { count: sumOf(({ weights }) => weights?.count ?? 0) },
    fit: {
      source: [...new Set(manifests.map(({ fit }) => fit.source))].join('; '),
      ...(manifests.every(({ fit }) => fit.window === 'simulated') && { window: 'simulated' as const }),
      seeds: seedsOf(({ fit }) => fit.seeds),
      evaluationSeeds: seedsOf(({ fit }) => fit.evaluationSeeds),
      trainRows: mostOf(({ fit }) => fit.trainRows),
      validationRows: mostOf(({ fit }) => fit.validationRows),
      evaluationRows: mostOf(({ fit }) => fit.evaluationRows),
      trials: sumOf(({ fit }) => fit.trials),
    },
    metrics: Object.fromEntries(
      members.flatMap(({ modelId, manifest }) =>
        Object.entries(manifest.metrics)
          .filter(([score]) => !score.startsWith('baseline'))
          .map(([score, value]) => [`${modelId}.${score}`, value]),
      ),
    ),
    calibration: { levels: calibration.levels, thresholdBps: meanOf(manifests.map((m) => m.calibration.thresholdBps)) },
    limits: {
      meanAbsMaxBps: mostOf(({ limits }) => limits.meanAbsMaxBps),
      volatilityMaxBps: mostOf(({ limits }) => limits.volatilityMaxBps),
    },
  }
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** Share by which the class thresholds may differ: fits on other rows find slightly others. */
const THRESHOLD_TOLERANCE = 0.05

function checkAgrees({ manifest: a, modelId }: ModelBundle, { manifest: b, modelId: other }: ModelBundle): void {
  const rules: readonly (readonly [field: string, a: unknown, b: unknown])[] = [
    ['features.schemaHash', a.features.schemaHash, b.features.schemaHash],
    ['barMs', a.barMs, b.barMs],
    ['steps', a.steps, b.steps],
    ['horizonBars', a.horizonBars, b.horizonBars],
    ['calibration.levels', a.calibration.levels.join(', '), b.calibration.levels.join(', ')],
  ]
  for (const [field, expected, found] of rules) {
    if (expected === found) continue
    throw new InputError(`${other}: ${field} was ${String(found)}; ${modelId} has ${String(expected)}`, { field })
  }
  const [threshold, otherThreshold] = [a.calibration.thresholdBps, b.calibration.thresholdBps]
  if (Math.abs(otherThreshold / threshold - 1) <= THRESHOLD_TOLERANCE) return
  const field = 'calibration.thresholdBps'
  throw new InputError(`${other}: ${field} was ${otherThreshold}; it must be within 5 % of ${modelId}'s ${threshold}`, {
    field,
  })
}
