import type { onnx } from 'onnx-proto'
import onnxProto from 'onnx-proto'
import { check } from '../core/check.ts'
import type { OutputName } from './forecaster-outputs.ts'
import { INPUT_NAME, OUTPUT_NAMES, outputWidths } from './forecaster-outputs.ts'
import type { Graph, Value } from './graph/graph.ts'
import { createGraph } from './graph/graph.ts'
import { onnxFile } from './graph/onnx-file.ts'
import { add, scale, sqrt, square, sub } from './graph/ops/elementwise.ts'

const { ModelProto } = onnxProto.onnx

/**
 * One ONNX file out of several that serve on the same input: every member's nodes under a prefix of their own, their answers averaged.
 * Quantiles are averaged level by level, which keeps them in order, means and class probabilities too; the variance is that of the
 * members' mixture, mean of the variances plus variance of the means.
 */
export function averageGraph(members: readonly Uint8Array[], levelCount: number): Uint8Array {
  check(members.length >= 2, 'members to average, at least two:', members.length)
  const graphs = members.map((bytes, i) => prefixed(ModelProto.decode(bytes), prefixOf(i)))
  const model = ModelProto.decode(onnxFile(combination(members.length, levelCount)))
  const { graph } = model
  const merged = {
    ...model,
    graph: {
      ...graph,
      input: graphs[0]!.input ?? [],
      initializer: [...graphs.flatMap(({ initializer }) => initializer ?? []), ...(graph?.initializer ?? [])],
      node: [...graphs.flatMap(({ node }) => node ?? []), ...(graph?.node ?? [])],
    },
  }
  return new Uint8Array(ModelProto.encode(merged).finish())
}

const prefixOf = (member: number): string => `member${member}/`

/** From the members' answers, as inputs under their prefixes, to one. */
function combination(members: number, levelCount: number): Graph {
  const graph = createGraph('average')
  const widths = outputWidths(levelCount)
  const answers = OUTPUT_NAMES.map((name): [OutputName, readonly Value[]] => [
    name,
    Array.from({ length: members }, (_, i) => graph.input(`${prefixOf(i)}${name}`, ['batch', widths[name]])),
  ])
  const of = Object.fromEntries(answers) as Record<OutputName, readonly Value[]>
  const mean = average(graph, of.mean)
  const spread = average(
    graph,
    of.mean.map((each) => square(graph, sub(graph, each, mean))),
  )
  const variance = average(
    graph,
    of.volatility.map((each) => square(graph, each)),
  )
  graph.output('mean', mean)
  graph.output('volatility', sqrt(graph, add(graph, variance, spread)))
  graph.output('quantiles', average(graph, of.quantiles))
  graph.output('classes', average(graph, of.classes))
  return graph
}

const average = (graph: Graph, values: readonly Value[]): Value =>
  scale(
    graph,
    values.reduce((sum, value) => add(graph, sum, value)),
    1 / values.length,
  )

/** The graph with every name but that of its input under `prefix`. */
function prefixed({ graph }: onnx.IModelProto, prefix: string): onnx.IGraphProto {
  const renamed = (name: string): string => (name === '' || name === INPUT_NAME ? name : `${prefix}${name}`)
  return {
    input: graph?.input ?? [],
    initializer: (graph?.initializer ?? []).map((tensor) => ({ ...tensor, name: renamed(tensor.name ?? '') })),
    node: (graph?.node ?? []).map((node) => ({
      ...node,
      name: renamed(node.name ?? ''),
      input: (node.input ?? []).map(renamed),
      output: (node.output ?? []).map(renamed),
    })),
  }
}
