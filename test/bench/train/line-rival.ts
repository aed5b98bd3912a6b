import { type Contender, TRAIN_ADAM, TRAIN_MODELS, TRAIN_SHAPE } from './contender.ts'
import type { LineProcess } from './line-process.ts'
import type { Problems, ProblemTensor } from './problem.ts'

/** A contender behind JSON lines, with what it said of itself. */
export interface LineRival extends Contender {
  readonly version: string
  losses: NonNullable<Contender['losses']>
}

/** Hands the problems over; then speaks the protocol that `torch-rival.py` states. */
export async function lineRival(name: string, process: LineProcess, problems: Problems): Promise<LineRival> {
  let version = ''
  for (const model of TRAIN_MODELS) {
    const problem = packed(problems[model])
    const ready = await process.ask({ model, problem, shape: TRAIN_SHAPE, adam: TRAIN_ADAM })
    version = String(ready['version'])
  }
  return {
    name,
    version,
    run: async (model, threads, steps) => number(await process.ask({ model, threads, steps }), 'samplesPerSec'),
    losses: async (model, steps) => {
      const { losses } = await process.ask({ model, losses: steps })
      return losses as readonly number[]
    },
    close: () => process.close(),
  }
}

function number(answer: Readonly<Record<string, unknown>>, key: string): number {
  const value = answer[key]
  if (typeof value !== 'number' || !(value > 0)) throw new Error(`${key}: expected a number > 0, got ${String(value)}`)
  return value
}

const packed = ({ x, y, weights }: Problems['lstm']): object => ({
  x: packedTensor(x),
  y: packedTensor(y),
  weights: Object.fromEntries(Object.entries(weights).map(([name, tensor]) => [name, packedTensor(tensor)])),
})

const packedTensor = ({ dims, data }: ProblemTensor): object => ({
  dims,
  float32: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64'),
})
