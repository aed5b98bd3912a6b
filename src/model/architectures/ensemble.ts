import { z } from 'zod'
import type { Value } from '../graph/graph.ts'
import type { Network } from '../graph/network.ts'
import { relu } from '../graph/ops/elementwise.ts'
import { concat } from '../graph/ops/layout.ts'
import { dense } from '../layers/dense.ts'
import type { Architecture } from './architecture.ts'

/** `name` says which architecture it is; the other keys are that one's options. */
export interface Member {
  readonly name: string
  readonly [option: string]: unknown
}

interface EnsembleOptions {
  readonly members: readonly Member[]
  readonly width: number
  readonly dropout: number
}

const DEFAULT_MEMBERS = ['transformer', 'lstm', 'cnn']

/** Several encoders of one window, side by side → one dense layer; trained jointly. `architectures`: those that can be members. */
export function ensembleOf(architectures: readonly Architecture<unknown>[]): Architecture<EnsembleOptions> {
  return {
    name: 'ensemble',
    summary: 'several architectures side by side, joined by a dense layer, trained jointly',
    options: z.strictObject({
      members: z
        .array(memberSchema(architectures))
        .min(1)
        .max(8)
        .prefault(DEFAULT_MEMBERS.map((name) => ({ name })))
        .describe('encoders: the name of an architecture, beside it the options of that architecture'),
      width: z.int().min(1).max(2_048).default(64).describe('values that the encoders are joined to'),
      dropout: z.number().min(0).lt(1, 'below 1').default(0).describe('share dropped before and after they are joined'),
    }),
    encode(network, window, { members, width, dropout }) {
      const encoded = members.map((member, i) => encodeMember(network, window, architectures, member, i))
      const joined = network.dropout(concat(network.graph, encoded, 1), dropout)
      const aggregated = network.scope('aggregation', () => dense(network, joined, width))
      return network.dropout(relu(network.graph, aggregated), dropout)
    },
  }
}

function encodeMember(
  network: Network,
  window: Value,
  architectures: readonly Architecture<unknown>[],
  { name, ...options }: Member,
  at: number,
): Value {
  const architecture = architectures.find((known) => known.name === name)!
  return network.scope(`member${at}_${name}`, () => architecture.encode(network, window, options))
}

/** Checks a member's options by its architecture, and fills in their defaults. */
function memberSchema(architectures: readonly Architecture<unknown>[]): z.ZodType<Member> {
  return z
    .looseObject({ name: z.enum(architectures.map(({ name }) => name)) })
    .transform(({ name, ...given }, context): Member => {
      const { options } = architectures.find((known) => known.name === name)!
      const parsed = options.safeParse(given)
      if (parsed.success) return { name, ...(parsed.data as object) }
      for (const issue of parsed.error.issues)
        context.addIssue({ code: 'custom', path: [...issue.path], message: issue.message })
      return z.NEVER
    })
}
