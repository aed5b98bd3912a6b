import { z } from 'zod'
import { InputError } from '../../core/errors.ts'
import type { Graph, Value } from '../graph/graph.ts'
import type { Network } from '../graph/network.ts'
import { leakyRelu } from '../graph/ops/elementwise.ts'
import { concat, reshape, slice } from '../graph/ops/layout.ts'
import { sizeOf } from '../graph/shape.ts'
import { bookBlock, inception } from '../layers/book-block.ts'
import { dense } from '../layers/dense.ts'
import { lstmLayer } from '../layers/lstm.ts'
import { recurrentStack } from '../layers/recurrent-stack.ts'
import type { Architecture } from './architecture.ts'

const options = z.strictObject({
  levels: z.int().min(1).max(50).default(10).describe('levels of the order book among the features, best first'),
  featuresPerLevel: z
    .int()
    .min(2)
    .max(16)
    .multipleOf(2, 'as many for the ask as for the bid')
    .default(4)
    .describe(
      'features of a level: those of one side, then as many of the other, e.g. ask price, ask size, bid price, bid size',
    ),
  firstColumn: z
    .int()
    .min(0)
    .default(0)
    .describe('feature at which the book starts, counted from 0; its levels x featuresPerLevel columns lie together'),
  filters: z.int().min(1).max(512).default(16).describe('filters of the convolutions'),
  inceptionFilters: z.int().min(1).max(512).default(32).describe('filters of each branch of the inception module'),
  otherWidth: z.int().min(1).max(512).default(16).describe('values per step that features outside the book become'),
  hidden: z.int().min(1).max(2_048).default(64).describe('width of the LSTM, values'),
  dropout: z
    .number()
    .min(0)
    .lt(1, 'below 1')
    .default(0)
    .describe('share dropped before the LSTM and the heads while training'),
})

type DeepLobOptions = z.infer<typeof options>

const SLOPE = 0.01

/**
 * Convolutions that merge the columns of a side, the sides of a level and the levels, over 4 steps each; an inception module; an LSTM
 * whose last state is read (Zhang, Zohren and Roberts 2019). Features outside the book join before the LSTM by a dense layer.
 */
export const deeplob: Architecture<DeepLobOptions> = {
  name: 'deeplob',
  summary: 'DeepLOB: convolutions over book levels, inception module, LSTM',
  options,
  encode(network, window, settings) {
    const { hidden, dropout } = settings
    const [book, others] = parted(network.graph, window, settings)
    const views = [bookViews(network, book, settings)]
    if (others) {
      const joined = network.scope('others', () => dense(network, others, settings.otherWidth))
      views.push(leakyRelu(network.graph, joined, SLOPE))
    }
    const steps = network.dropout(concat(network.graph, views, -1), dropout)
    const { last } = network.scope('lstm', () =>
      recurrentStack(network, lstmLayer, steps, { hidden, layers: 1, dropout: 0 }),
    )
    return network.dropout(last[0]!, dropout)
  },
}

/** [batch, steps, columns of the book] → [batch, steps, 3 × inceptionFilters]. */
function bookViews(network: Network, book: Value, settings: DeepLobOptions): Value {
  const { levels, featuresPerLevel, filters, inceptionFilters } = settings
  const [batch, steps, columns] = book.shape
  let value = reshape(network.graph, book, [batch!, steps!, columns!, 1])
  for (const [name, merged] of [
    ['side', featuresPerLevel / 2],
    ['level', 2],
    ['book', levels],
  ] as const) {
    const from = value
    value = network.scope(name, () => bookBlock(network, from, merged, filters))
  }
  const merged = reshape(network.graph, value, [batch!, steps!, filters])
  return network.scope('inception', () => inception(network, merged, inceptionFilters))
}

/** The columns of the book, and all others if there are. */
function parted(graph: Graph, window: Value, settings: DeepLobOptions): readonly [Value, Value | undefined] {
  const { levels, featuresPerLevel, firstColumn: from } = settings
  const features = sizeOf(window.shape, 2)
  const to = from + levels * featuresPerLevel
  if (to > features) {
    throw new InputError(
      `deeplob.levels was ${levels}; with ${featuresPerLevel} features each from column ${from} the book needs ${to} features, the window has ${features}`,
    )
  }
  const others = [
    ...(from > 0 ? [slice(graph, window, 2, 0, from)] : []),
    ...(to < features ? [slice(graph, window, 2, to, features)] : []),
  ]
  return [slice(graph, window, 2, from, to), others.length > 0 ? concat(graph, others, 2) : undefined]
}
