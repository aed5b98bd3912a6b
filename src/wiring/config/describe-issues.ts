import type { z } from 'zod'
import type { KeyPath, ParsedYaml, Problem } from './parse-yaml.ts'
import { schemaKeys } from './schema-keys.ts'

const VALUE_CHARS_MAX = 80

type Issue = z.core.$ZodIssue

/** One problem per issue, in the order of the file: key path, value, rule. */
export function describeIssues(issues: readonly Issue[], yaml: ParsedYaml, schema: z.ZodType): readonly Problem[] {
  return issues
    .flatMap((issue) => problemsOf(issue, yaml, schema))
    .sort((a, b) => (a.line ?? Number.MAX_SAFE_INTEGER) - (b.line ?? Number.MAX_SAFE_INTEGER))
}

function problemsOf(issue: Issue, yaml: ParsedYaml, schema: z.ZodType): readonly Problem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const path = [...issue.path, key]
      return { line: yaml.lineOf(path), text: `${nameOf(path)}: unknown key` }
    })
  }
  const value = valueAt(yaml.value, issue.path)
  const about = meaningOf(schema, issue.path)
  const meaning = about === undefined ? '' : ` (${about})`
  const rule = issue.message.replace('Invalid input: ', '')
  const name = nameOf(issue.path)
  const text = value === undefined ? `${name} is missing${meaning}` : `${name} was ${shown(value)}: ${rule}${meaning}`
  return [{ line: yaml.lineOf(issue.path), text }]
}

const nameOf = (path: KeyPath): string =>
  path.reduce<string>(
    (name, key) => (typeof key === 'number' ? `${name}[${key}]` : name === '' ? String(key) : `${name}.${String(key)}`),
    '',
  )

function valueAt(value: unknown, path: KeyPath): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<PropertyKey, unknown>)[key] : undefined,
    value,
  )
}

/** What the schema says of the key: its meaning and unit. */
function meaningOf(schema: z.ZodType, path: KeyPath): string | undefined {
  const wanted = nameOf(path).replace(/\[\d+\]/g, '[]')
  return schemaKeys(schema).find((key) => key.path === wanted)?.description
}

/** JSON, cut short; of a URL only what comes before its path, which may hold a key. */
function shown(value: unknown): string {
  const text = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value))
  if (typeof value === 'string' && /^[a-z]+:\/\//i.test(value)) {
    return URL.canParse(value) ? `"${new URL(value).origin}/…"` : 'a malformed URL'
  }
  return text.length > VALUE_CHARS_MAX ? `${text.slice(0, VALUE_CHARS_MAX)}…` : text
}
