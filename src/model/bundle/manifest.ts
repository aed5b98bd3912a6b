import { createHash } from 'node:crypto'
import { z } from 'zod'
import { InputError, messageOf } from '../../core/errors.ts'
import { manifestSchema } from './manifest-schema.ts'

export const MANIFEST_FILE = 'manifest.json'
export const GRAPH_FILE = 'model.onnx'
export const OPTIMIZER_FILE = 'optimizer.bin'
export const REPORT_FILE = 'report.html'

/** How `fit.source` of a model begins that has only ever seen the simulator. */
export const SIMULATED_SOURCE = 'simulated flow'

/** Golden vectors are most of it: 64 windows of 100 × 100 values are 12 MB. */
const MANIFEST_BYTES_MAX = 16 * 1_048_576

export type Manifest = z.infer<typeof manifestSchema>
/** A manifest before it is sealed: the files' checksums and its own come last. */
export type ManifestDraft = Omit<Manifest, 'files' | 'manifestSha256' | 'format'>

export const sha256Of = (data: Uint8Array | string): string => createHash('sha256').update(data).digest('hex')

/**
 * `bytes` of the manifest in `file`. Throws `InputError` naming file, field and rule: also for a text other than `sealManifest` writes
 * of the same values, so that no key stands twice and no byte is without a meaning.
 */
export function parseManifest(bytes: Uint8Array, file: string): Manifest {
  if (bytes.length > MANIFEST_BYTES_MAX) {
    throw new InputError(`${file}: it has ${bytes.length} bytes; at most ${MANIFEST_BYTES_MAX}`, { file })
  }
  const { text, json } = readJson(bytes, file)
  const parsed = manifestSchema.safeParse(json)
  if (!parsed.success) throw new InputError(`${file}: ${z.prettifyError(parsed.error)}`, { file })
  const { manifestSha256, ...body } = json as Manifest
  const actual = sha256Of(JSON.stringify(body))
  if (actual !== manifestSha256) {
    const rule = 'it must equal the SHA-256 of the other fields'
    throw new InputError(`${file}: manifestSha256 was ${manifestSha256}; ${rule}, ${actual}`, { file })
  }
  const written = textOf(json as object)
  if (text !== written) throw new InputError(`${file}: ${firstDifference(text, written)}`, { file })
  return parsed.data
}

function readJson(bytes: Uint8Array, file: string): { readonly text: string; readonly json: unknown } {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    return { text, json: JSON.parse(text) }
  } catch (error) {
    throw new InputError(`${file}: not JSON: ${messageOf(error)}`, { file }, error)
  }
}

function firstDifference(text: string, written: string): string {
  const lines = text.split('\n')
  const expected = written.split('\n')
  const at = expected.findIndex((line, i) => line !== lines[i])
  const where = at < 0 ? expected.length : at
  const found = JSON.stringify((lines[where] ?? '').trim().slice(0, 80))
  return `line ${where + 1} was ${found}; a key stands twice there, or the file was written by another program`
}

/** The text of `manifest.json` over `files`, with all checksums. Equal drafts give equal bytes. */
export function sealManifest(draft: ManifestDraft, files: ReadonlyMap<string, Uint8Array>): string {
  const checksums = Object.fromEntries([...files].map(([file, bytes]) => [file, sha256Of(bytes)]))
  const body = JSON.parse(JSON.stringify({ format: 1, ...draft, files: checksums })) as object
  return textOf({ ...body, manifestSha256: sha256Of(JSON.stringify(body)) })
}

/** Arrays of numbers stay on one line. */
function textOf(sealed: object): string {
  const text = JSON.stringify(sealed, undefined, 2).replace(/\[[-\d.,e+\s]+\]/g, (numbers) =>
    numbers.replace(/\s+/g, ' '),
  )
  return `${text}\n`
}
