import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { TrainModel } from './contender.ts'
import { lineProcess } from './line-process.ts'
import { type LineRival, lineRival } from './line-rival.ts'
import type { Problems } from './problem.ts'

const SCRIPT = fileURLToPath(new URL('./torch-rival.py', import.meta.url))
const INTERPRETERS = ['python3', '/usr/bin/python3']

/** PyTorch, one process for each number of threads: OpenBLAS takes it from the environment, once. `undefined` without torch. */
export async function torchRival(problems: Problems, threads: readonly number[]): Promise<LineRival | undefined> {
  const python = INTERPRETERS.find(hasTorch)
  if (python === undefined) return undefined
  const byThreads = new Map<number, LineRival>()
  for (const count of threads) {
    const env = { OMP_NUM_THREADS: String(count), OPENBLAS_NUM_THREADS: String(count) }
    byThreads.set(count, await lineRival('torch', lineProcess(python, [SCRIPT, String(count)], env), problems))
  }
  const [first] = byThreads.values()
  if (first === undefined) return undefined
  return {
    ...first,
    async run(model: TrainModel, count: number, steps: number) {
      const rival = byThreads.get(count)
      if (rival === undefined) throw new Error(`no torch process with ${count} threads`)
      return rival.run(model, count, steps)
    },
    async close() {
      await Promise.all([...byThreads.values()].map((rival) => rival.close()))
    },
  }
}

function hasTorch(python: string): boolean {
  try {
    execFileSync(python, ['-c', 'import torch, numpy'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
