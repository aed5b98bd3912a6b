import { stableText } from './stable-text.ts'
import type { Params } from './trial.ts'

const texts = new WeakMap<Params, string>()

/** Names params by their content. Remembered: samplers ask for those of every trial, again and again. */
export function paramsText(params: Params): string {
  const known = texts.get(params)
  if (known !== undefined) return known
  const text = stableText(params)
  texts.set(params, text)
  return text
}
