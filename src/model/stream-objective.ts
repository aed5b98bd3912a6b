import { check } from '../core/check.ts'
import type { RecurrentArchitecture } from './architectures/architecture.ts'
import type { Graph, Value } from './graph/graph.ts'
import { reshape, slice } from './graph/ops/layout.ts'
import { rowsOf } from './graph/ops/matrix.ts'
import { forecastHeads } from './heads/forecast-heads.ts'
import { forecastLoss, forecastTargets } from './heads/forecast-loss.ts'
import type { Encoder, ForecasterShape } from './network-forecaster.ts'
import type { Objective } from './optimise/training-graphs.ts'

interface StreamSizes {
  /** Sequences side by side. */
  readonly streams: number
  /** Steps after which the state is carried on. */
  readonly k1: number
  /** Steps of one run, through which gradients flow, ≥ k1. */
  readonly k2: number
}

/**
 * What truncated BPTT minimises: inputs `window` [streams, k2, features], `state0` … [streams, width] before its first step, and those
 * of `forecastTargets` for each step, [streams × k2]. Carries `stateNext0` …, the states after `k1` steps. The parameters are those of
 * `forecasterObjective`.
 */
export function streamObjective(
  shape: ForecasterShape,
  { streams, k1, k2 }: StreamSizes,
  classWeights: readonly number[],
): Objective {
  check(k1 >= 1 && k1 <= k2, `k1 from 1 to ${k2}`, k1)
  const { encoder, heads, levels } = shape
  const widths = stateWidths(encoder)
  const nextNames = widths.map((_, i) => `stateNext${i}`)
  return {
    name: encoder.architecture.name,
    carried: nextNames,
    build: (network) => {
      const { graph } = network
      const window = graph.input('window', [streams, k2, shape.features])
      const states = widths.map((width, i) => graph.input(`state${i}`, [streams, width]))
      const { representations, statesAfter } = network.scope('encoder', () =>
        recurrentOf(encoder).encodeSteps(network, window, states, encoder.options),
      )
      const values = network.scope('heads', () => forecastHeads(network, rowsOf(graph, representations), heads, levels))
      const { loss, parts } = graph.scope('loss', () =>
        forecastLoss(graph, values, forecastTargets(graph, streams * k2), { heads, levels, classWeights }),
      )
      const next = nextNames.map((name, i): [string, Value] => [name, stateAfter(graph, statesAfter[i]!, k1)])
      return { loss, outputs: { ...parts, ...Object.fromEntries(next) } }
    },
  }
}

/** Widths of the states that an architecture carries. */
export const stateWidths = (encoder: Encoder): readonly number[] => recurrentOf(encoder).stateWidths(encoder.options)

function recurrentOf({ architecture }: Encoder): RecurrentArchitecture<unknown> {
  check(architecture.recurrent !== undefined, 'architecture that carries a state', architecture.name)
  return architecture.recurrent!
}

/** States [streams, steps, width] → that after `step` steps, [streams, width]. */
function stateAfter(graph: Graph, states: Value, step: number): Value {
  const [streams, , width] = states.shape
  return reshape(graph, slice(graph, states, 1, step - 1, step), [streams!, width!])
}
