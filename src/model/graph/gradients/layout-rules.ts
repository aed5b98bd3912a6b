import { check } from '../../../core/check.ts'
import type { Attributes, Graph, Value } from '../graph.ts'
import { concat, pad, reshape, slice, split, transpose, zeros } from '../ops/layout.ts'
import { matMul } from '../ops/matrix.ts'
import { sumTo } from '../ops/reduce.ts'
import { elementCount, sizeOf, staticShape } from '../shape.ts'
import type { GradientRules } from './rule.ts'

const integer = (attributes: Attributes, key: string): number => Number(attributes[key])

/** The numbers of a stored int64 list. */
function listOf(graph: Graph, value: Value | undefined): readonly number[] {
  const found = graph.initializers.find((initializer) => initializer.value === value)
  check(found !== undefined, 'stored list of integers', value?.name)
  return Array.from(found!.data, Number)
}

export const layoutRules: GradientRules = {
  Concat: (graph, { inputs, attributes }, [d]) => {
    const axis = integer(attributes, 'axis')
    const sizes = inputs.map((input) => sizeOf(input!.shape, axis))
    const parts = split(graph, d!, axis, sizes)
    return parts.map((part) => () => part)
  },
  Expand: (graph, { inputs: [x] }, [d]) => [() => sumTo(graph, d!, x!.shape)],
  /** What was taken from one place is added up there: a product with a matrix of 0 and 1, as ONNX has no such sum that all engines know. */
  Gather: (graph, { inputs: [x, indices], attributes }, [d]) => [
    () => {
      const axis = integer(attributes, 'axis')
      const from = listOf(graph, indices)
      const size = sizeOf(x!.shape, axis)
      const places = new Float32Array(size * from.length)
      for (const [i, index] of from.entries()) places[index * from.length + i] = 1
      const matrix = graph.constant(`gathered_from_${graph.initializers.length}`, places, [size, from.length])
      const tail = elementCount(x!.shape.slice(axis + 1))
      const rows = reshape(graph, d!, [...x!.shape.slice(0, axis), from.length, tail])
      return reshape(graph, matMul(graph, matrix, rows), x!.shape)
    },
  ],
  Pad: (graph, { inputs: [x, amounts] }, [d]) => [
    () => {
      const before = listOf(graph, amounts).slice(0, x!.shape.length)
      return before.reduce((cut, from, axis) => slice(graph, cut, axis, from, from + sizeOf(x!.shape, axis)), d!)
    },
  ],
  Reshape: (graph, { inputs: [x] }, [d]) => [() => reshape(graph, d!, x!.shape)],
  Slice: (graph, { inputs: [x, from, to, axes] }, [d]) => [
    () => {
      const [start, end, axis] = [from, to, axes].map((list) => listOf(graph, list)[0]!) as [number, number, number]
      return pad(graph, d!, axis, start, sizeOf(x!.shape, axis) - end)
    },
  ],
  Split: (graph, { outputs, attributes }, d) => [
    () => {
      const parts = d.map((gradient, i) => gradient ?? zeros(graph, staticShape(outputs[i]!.shape)))
      return concat(graph, parts, integer(attributes, 'axis'))
    },
  ],
  Transpose: (graph, { attributes }, [d]) => [
    () => {
      const order = attributes['perm'] as readonly number[]
      return transpose(
        graph,
        d!,
        order.map((_, axis) => order.indexOf(axis)),
      )
    },
  ],
}
