import { onnxEngine } from '../../../src/adapters/onnx/onnx-engine.ts'
import type { Random } from '../../../src/core/random.ts'
import { normal } from '../../../src/core/random.ts'
import type { Graph } from '../../../src/model/graph/graph.ts'
import { createGraph } from '../../../src/model/graph/graph.ts'
import { onnxFile } from '../../../src/model/graph/onnx-file.ts'
import type { EngineTensor } from '../../../src/training/graph-engine.port.ts'

export type Tensors = Readonly<Record<string, EngineTensor>>

const engine = onnxEngine({ provider: 'cpu', threads: 1 })

export const tensor = (dims: readonly number[], values: ArrayLike<number>): EngineTensor => ({
  dims,
  data: Float32Array.from(values),
})

const sizeOf = (dims: readonly number[]): number => dims.reduce((product, dim) => product * dim, 1)

/** Standard normal draws times `scale`. */
export const randomTensor = (random: Random, dims: readonly number[], scale = 1): EngineTensor =>
  tensor(
    dims,
    Array.from({ length: sizeOf(dims) }, () => scale * normal(random)),
  )

export const filledTensor = (dims: readonly number[], value: number): EngineTensor => ({
  dims,
  data: new Float32Array(sizeOf(dims)).fill(value),
})

/** Outputs of an ONNX file, computed by ONNX Runtime on one CPU thread. */
export async function runFile(file: Uint8Array, feeds: Tensors): Promise<Tensors> {
  const session = await engine.load(file)
  try {
    return await session.run(feeds)
  } finally {
    await session.release()
  }
}

/** Outputs of the graph that `build` makes. */
export function runGraph(build: (graph: Graph) => void, feeds: Tensors): Promise<Tensors> {
  const graph = createGraph('test')
  build(graph)
  return runFile(onnxFile(graph), feeds)
}
