import { InvariantError } from '../../core/errors.ts'
import type { EngineTensor } from '../../training/graph-engine.port.ts'

/** What a graph says of an input. A name stands for a size that is known only at run time; an empty one for any size. */
export interface GraphInput {
  readonly name: string
  readonly shape: readonly (number | string)[]
}

/**
 * Every input is fed once, in its shape, and nothing else is fed. A dimension of one name has one size in all inputs.
 * Otherwise the caller has a bug: `InvariantError` naming the input.
 */
export function checkFeeds(inputs: readonly GraphInput[], feeds: Readonly<Record<string, EngineTensor>>): void {
  const sizes = new Map<string, number>()
  for (const input of inputs) {
    const feed = feeds[input.name] ?? refuse(input, 'it was not fed')
    checkFeed(input, feed, sizes)
  }
  const names = Object.keys(feeds)
  if (names.length === inputs.length) return
  const unknown = names.find((name) => !inputs.some((input) => input.name === name))
  throw new InvariantError(`feed ${unknown} is no input of the graph; those are ${namesOf(inputs)}`, { unknown })
}

function checkFeed(input: GraphInput, { dims, data }: EngineTensor, sizes: Map<string, number>): void {
  const fits = dims.length === input.shape.length && input.shape.every((dim, axis) => sizeFits(dim, dims[axis]!, sizes))
  if (!fits) refuse(input, `dims were [${dims.join(', ')}]`)
  const count = dims.reduce((product, dim) => product * dim, 1)
  if (data.length !== count) refuse(input, `dims [${dims.join(', ')}] hold ${count} values, data ${data.length}`)
}

function sizeFits(dim: number | string, size: number, sizes: Map<string, number>): boolean {
  if (typeof dim === 'number') return size === dim
  const known = dim === '' ? undefined : sizes.get(dim)
  if (known !== undefined) return size === known
  sizes.set(dim, size)
  return Number.isInteger(size) && size >= 0
}

function refuse({ name, shape }: GraphInput, what: string): never {
  throw new InvariantError(`input ${name} [${shape.join(', ')}]: ${what}`, { name })
}

const namesOf = (inputs: readonly GraphInput[]): string => inputs.map(({ name }) => name).join(', ')
