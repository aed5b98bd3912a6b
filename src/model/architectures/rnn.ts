import { z } from 'zod'
import { rnnLayer } from '../layers/rnn.ts'
import type { Architecture } from './architecture.ts'
import { encodeRecurrent, recurrentPart } from './recurrent-encoder.ts'
import { recurrentFields } from './recurrent-options.ts'

const options = z.strictObject(recurrentFields)

type RnnOptions = z.infer<typeof options>

/** Plain recurrent layers with tanh (Elman 1990): small and fast, with a short memory. */
export const rnn: Architecture<RnnOptions> = {
  name: 'rnn',
  summary: 'stacked plain recurrent layers with tanh',
  options,
  encode: (network, window, settings) => encodeRecurrent(network, rnnLayer, window, settings),
  recurrent: recurrentPart('rnn', rnnLayer),
}
