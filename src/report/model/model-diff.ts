import type { ModelBundle } from '../../model/bundle/bundle.ts'
import type { ForecasterOutputs, OutputName } from '../../model/forecaster-outputs.ts'
import { OUTPUT_NAMES } from '../../model/forecaster-outputs.ts'
import { type GraphView, graphView, type TensorView } from './graph-view.ts'
import { settingRows } from './setting-rows.ts'

/** What differs between two models. `null`: not there. */
export interface ModelDiff {
  /** Facts of the manifest, architecture and parameters by path. */
  readonly settings: readonly { readonly name: string; readonly a: string | null; readonly b: string | null }[]
  readonly features: {
    readonly added: readonly string[]
    readonly removed: readonly string[]
    readonly reordered: boolean
  }
  readonly metrics: readonly { readonly name: string; readonly a: number | null; readonly b: number | null }[]
  /** Stored float tensors that differ. */
  readonly tensors: readonly TensorDiff[]
  readonly equalTensors: number
}

export interface TensorDiff {
  readonly name: string
  readonly aDims: readonly number[] | null
  readonly bDims: readonly number[] | null
  /** ‖b − a‖ / ‖a‖, Euclidean; null where shapes differ or a is zero. */
  readonly relativeChange: number | null
}

export function diffModels(a: ModelBundle, b: ModelBundle): ModelDiff {
  const [aNames, bNames] = [a.manifest.features.names, b.manifest.features.names]
  const added = bNames.filter((name) => !aNames.includes(name))
  const removed = aNames.filter((name) => !bNames.includes(name))
  const common = (names: readonly string[], others: readonly string[]): string =>
    names.filter((name) => others.includes(name)).join('\n')
  const tensors = tensorPairs(a, b)
  const changed = tensors.filter(({ aDims, bDims, relativeChange }) => !aDims || !bDims || relativeChange !== 0)
  return {
    settings: changedRows(new Map(factsOf(a)), new Map(factsOf(b))),
    features: { added, removed, reordered: common(aNames, bNames) !== common(bNames, aNames) },
    metrics: changedRows(new Map(Object.entries(a.manifest.metrics)), new Map(Object.entries(b.manifest.metrics))),
    tensors: changed,
    equalTensors: tensors.length - changed.length,
  }
}

function changedRows<T>(a: ReadonlyMap<string, T>, b: ReadonlyMap<string, T>) {
  return [...new Set([...a.keys(), ...b.keys()])]
    .map((name) => ({ name, a: a.get(name) ?? null, b: b.get(name) ?? null }))
    .filter((row) => row.a !== row.b)
}

function factsOf({ manifest }: ModelBundle): readonly (readonly [string, string])[] {
  const { family, createdAt, parent, steps, barMs, horizonBars, architecture, weights, fit, training, calibration } =
    manifest
  const { epochs, bestEpoch, losses, ...how } = training ?? {}
  return [
    ['family', family],
    ['created', createdAt],
    ['parent', parent ?? 'none'],
    ['architecture', architecture.name],
    ['schema', manifest.features.schemaHash],
    ...settingRows({ steps, barMs, horizonBars, levels: calibration.levels, weights: weights?.count ?? null }),
    ...settingRows(architecture.parameters, 'parameters'),
    ...settingRows(JSON.parse(JSON.stringify(fit)), 'fit'),
    ...settingRows(JSON.parse(JSON.stringify({ ...how, epochs, bestEpoch })), 'training'),
  ]
}

function tensorPairs(a: ModelBundle, b: ModelBundle): readonly TensorDiff[] {
  const viewOf = ({ graph, modelId }: ModelBundle): GraphView => graphView(graph, modelId)
  const floats = ({ tensors }: GraphView) => new Map([...tensors].filter(([, { isFloat }]) => isFloat))
  const [left, right] = [floats(viewOf(a)), floats(viewOf(b))]
  return [...new Set([...left.keys(), ...right.keys()])].map((name) => {
    const [one, other] = [left.get(name), right.get(name)]
    const pair = { name, aDims: one?.dims ?? null, bDims: other?.dims ?? null }
    return { ...pair, relativeChange: one && other ? relativeChange(one, other) : null }
  })
}

function relativeChange(a: TensorView, b: TensorView): number | null {
  if (a.dims.join() !== b.dims.join()) return null
  let change = 0
  let size = 0
  for (const [i, value] of a.values.entries()) {
    change += (b.values[i]! - value) ** 2
    size += value ** 2
  }
  if (change === 0) return 0
  return size === 0 ? null : Math.sqrt(change / size)
}

/** How far two models' answers to the same windows lie apart: greatest and root mean square difference. */
export interface OutputDiff {
  readonly output: OutputName
  readonly greatest: number
  readonly rms: number
}

/** Outputs whose widths differ (other quantile levels) are left out. */
export function diffOutputs(a: ForecasterOutputs, b: ForecasterOutputs): readonly OutputDiff[] {
  return OUTPUT_NAMES.filter((output) => a[output].length === b[output].length).map((output) => {
    const differences = Array.from(a[output], (value, i) => Math.abs(b[output][i]! - value))
    const squares = differences.reduce((sum, difference) => sum + difference ** 2, 0)
    return { output, greatest: Math.max(...differences), rms: Math.sqrt(squares / differences.length) }
  })
}
