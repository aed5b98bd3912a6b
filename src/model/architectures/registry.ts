import { InputError } from '../../core/errors.ts'
import type { Architecture } from './architecture.ts'
import { cnn } from './cnn.ts'
import { deeplob } from './deeplob.ts'
import { dlinear } from './dlinear.ts'
import { ensembleOf } from './ensemble.ts'
import { gru } from './gru.ts'
import { lstm } from './lstm.ts'
import { nlinear } from './nlinear.ts'
import { patchTransformer } from './patch-transformer.ts'
import { reservoir } from './reservoir.ts'
import { rnn } from './rnn.ts'
import { transformer } from './transformer.ts'

const SINGLE: readonly Architecture<unknown>[] = [
  transformer,
  patchTransformer,
  lstm,
  gru,
  rnn,
  cnn,
  deeplob,
  reservoir,
  nlinear,
  dlinear,
]

/** All that can be configured. A new architecture is one file and one entry here. */
export const ARCHITECTURES: readonly Architecture<unknown>[] = [...SINGLE, ensembleOf(SINGLE)]

export const ARCHITECTURE_NAMES: readonly string[] = ARCHITECTURES.map(({ name }) => name)

/** Throws `InputError` for a name that none has. */
export function architectureOf(name: string): Architecture<unknown> {
  const found = ARCHITECTURES.find((architecture) => architecture.name === name)
  if (!found) throw new InputError(`architecture.name was ${name}; it must be one of ${ARCHITECTURE_NAMES.join(', ')}`)
  return found
}
