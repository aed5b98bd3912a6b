import type { KeyPath, ParsedYaml, Problem } from './parse-yaml.ts'

const SECRET_KEY = /secret|token|passw|passphrase|api[-_]?key|private[-_]?key|credential|mnemonic/i

/** True for a name under which people keep secrets. */
export const looksSecret = (key: string): boolean => SECRET_KEY.test(key)

/** Keys that would put a secret into a file. Their values are never repeated. */
export function secretKeys({ value, lineOf }: ParsedYaml): readonly Problem[] {
  return pathsOf(value, []).map((path) => ({
    line: lineOf(path),
    text: `${path.join('.')}: secrets do not belong in a config file; set TICKWRIGHT_API_KEY, TICKWRIGHT_API_SECRET, TICKWRIGHT_TELEGRAM_TOKEN, TICKWRIGHT_WEBHOOK_SECRET or TICKWRIGHT_EXTERNAL_TOKEN in the environment`,
  }))
}

function pathsOf(value: unknown, path: KeyPath): readonly KeyPath[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => {
    const here = [...path, key]
    return looksSecret(key) ? [here] : pathsOf(inner, here)
  })
}
