import { fileURLToPath } from 'node:url'
import { lineProcess } from './line-process.ts'
import { type LineRival, lineRival } from './line-rival.ts'
import type { Problems } from './problem.ts'

const CHILD = fileURLToPath(new URL('./tfjs-child.ts', import.meta.url))

/**
 * TensorFlow.js on its WASM backend, one thread whatever is asked for: under Node.js the package has no others
 * (tensorflow/tfjs issue 3830). `tuned`: with a faster gradient of the matrix product than the library's own.
 */
export const tfjsRival = (problems: Problems, kind: 'plain' | 'tuned'): Promise<LineRival> =>
  lineRival(
    kind === 'plain' ? 'tfjsWasm' : 'tfjsWasmTuned',
    lineProcess(process.execPath, ['--import', 'tsx', CHILD, kind], {}),
    problems,
  )
