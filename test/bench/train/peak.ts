import '../../../src/adapters/onnx/no-telemetry.ts'

import onnxProto from 'onnx-proto'
import { InferenceSession, Tensor } from 'onnxruntime-node'

const SIZE = 1_536
const RUNS = 4

const { ModelProto, TensorProto } = onnxProto.onnx

/** GFLOP/s of a square float32 matrix product of ONNX Runtime: what no training on it can exceed. The best of some runs. */
export async function peakGflopsPerSec(threads: number): Promise<number> {
  const session = await InferenceSession.create(squareProduct(), {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
  })
  const ones = new Tensor('float32', new Float32Array(SIZE * SIZE).fill(1), [SIZE, SIZE])
  let best = 0
  try {
    for (let run = 0; run <= RUNS; run += 1) {
      const from = performance.now()
      await session.run({ a: ones, b: ones })
      const gflopsPerSec = (2 * SIZE ** 3) / (performance.now() - from) / 1e6
      if (run > 0) best = Math.max(best, gflopsPerSec)
    }
  } finally {
    await session.release()
  }
  return best
}

function squareProduct(): Uint8Array {
  const square = (name: string) => ({
    name,
    type: {
      tensorType: { elemType: TensorProto.DataType.FLOAT, shape: { dim: [{ dimValue: SIZE }, { dimValue: SIZE }] } },
    },
  })
  const graph = {
    name: 'product',
    node: [{ opType: 'MatMul', input: ['a', 'b'], output: ['c'] }],
    input: [square('a'), square('b')],
    output: [square('c')],
  }
  return ModelProto.encode({ irVersion: 8, opsetImport: [{ domain: '', version: 17 }], graph }).finish()
}
