import { z } from 'zod'
import { gruLayer } from '../layers/gru.ts'
import type { Architecture } from './architecture.ts'
import { encodeRecurrent, recurrentPart } from './recurrent-encoder.ts'
import { recurrentFields } from './recurrent-options.ts'

const options = z.strictObject(recurrentFields)

type GruOptions = z.infer<typeof options>

/** Gated recurrent units (Cho et al. 2014): two thirds of an LSTM's gates, often as good. */
export const gru: Architecture<GruOptions> = {
  name: 'gru',
  summary: 'stacked gated recurrent units',
  options,
  encode: (network, window, settings) => encodeRecurrent(network, gruLayer, window, settings),
  recurrent: recurrentPart('gru', gruLayer),
}
