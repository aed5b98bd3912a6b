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
  if (isLeftOut(schema)) visit(schema.unwrap(), path, found)
  // What turns settings into what they stand for, too, is written as what it takes.
  if (schema instanceof z.ZodPipe) visit(schema.in, path, found)
  if (schema instanceof z.ZodArray) visit(schema.element, `${path}[]`, found)
  if (schema instanceof z.ZodUnion) {
    for (const option of schema.options) visit(option, path, found)
  }
  if (!(schema instanceof z.ZodObject)) return
  for (const [key, inner] of Object.entries(schema.shape)) {
    if (!(inner instanceof z.ZodType)) continue
    const at = path === '' ? key : `${path}.${key}`
    if (!found.has(at)) {
      found.set(at, { path: at, description: inner.description, optional: isLeftOut(inner) })
    }
    visit(inner, at, found)
  }
}

/** A key that need not be there, with or without a default. */
const isLeftOut = (schema: unknown): schema is z.ZodOptional | z.ZodDefault | z.ZodPrefault =>
  schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault
