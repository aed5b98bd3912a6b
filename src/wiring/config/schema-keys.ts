import { z } from 'zod'

/** One key of a config file. `path` has `[]` for any entry of a list. */
export interface SchemaKey {
  readonly path: string
  readonly description: string | undefined
  readonly optional: boolean
}

/** Every key that `schema` knows, sections before what they hold, each path once. */
export function schemaKeys(schema: z.ZodType): readonly SchemaKey[] {
  const found = new Map<string, SchemaKey>()
  visit(schema, '', found)
  return [...found.values()]
}

function visit(schema: unknown, path: string, found: Map<string, SchemaKey>): void {
  if (schema instanceof z.ZodOptional) visit(schema.unwrap(), path, found)
  if (schema instanceof z.ZodArray) visit(schema.element, `${path}[]`, found)
  if (schema instanceof z.ZodUnion) {
    for (const option of schema.options) visit(option, path, found)
  }
  if (!(schema instanceof z.ZodObject)) return
  for (const [key, inner] of Object.entries(schema.shape)) {
    if (!(inner instanceof z.ZodType)) continue
    const at = path === '' ? key : `${path}.${key}`
    if (!found.has(at)) {
      found.set(at, { path: at, description: inner.description, optional: inner instanceof z.ZodOptional })
    }
    visit(inner, at, found)
  }
}
