import { InputError } from '../../core/errors.ts'
import { OPSET } from '../graph/onnx-file.ts'
import { checkGraph } from './check-graph.ts'
import type { Manifest, ManifestDraft } from './manifest.ts'
import {
  GRAPH_FILE,
  MANIFEST_FILE,
  OPTIMIZER_FILE,
  parseManifest,
  REPORT_FILE,
  sealManifest,
  sha256Of,
} from './manifest.ts'
import { decodeOptimizerState } from './optimizer-state.ts'

/** A model as it lies on disk: file name to content. `folder` is for messages; its last part is the version. */
export interface BundleFiles {
  readonly folder: string
  readonly files: ReadonlyMap<string, Uint8Array>
}

/** A bundle that passed every check except its golden vectors, which need a session. */
export interface ModelBundle {
  /** `<family>/<version>`. */
  readonly modelId: string
  readonly manifest: Manifest
  readonly graph: Uint8Array
}

/** What the running program computes; a model made for anything else is refused. */
export interface RunningSchema {
  readonly names: readonly string[]
  readonly schemaHash: string
  /** Checked when given. */
  readonly barMs?: number
}

/** A bundle that is whole and, besides, made for what the program computes. Throws `InputError` naming file, field, value and rule. */
export function openBundle(found: BundleFiles, schema: RunningSchema): ModelBundle {
  const bundle = checkBundle(found)
  checkSchema(bundle.manifest, schema, `${found.folder}/${MANIFEST_FILE}`)
  return bundle
}

/** Checks manifest, file list, checksums, graph and optimiser state. Throws `InputError` naming file, field, value and rule. */
export function checkBundle({ folder, files }: BundleFiles): ModelBundle {
  const manifestFile = `${folder}/${MANIFEST_FILE}`
  const bytes = files.get(MANIFEST_FILE)
  if (bytes === undefined)
    throw new InputError(`${manifestFile}: missing; every bundle needs it`, { file: manifestFile })
  const manifest = parseManifest(bytes, manifestFile)
  checkIdentity(folder, manifest, manifestFile)
  checkFiles(folder, manifest, files)
  const graph = files.get(GRAPH_FILE)!
  checkGraph(graph, {
    file: `${folder}/${GRAPH_FILE}`,
    steps: manifest.steps,
    features: manifest.features.names.length,
    levelCount: manifest.calibration.levels.length,
  })
  checkOptimizer(`${folder}/${OPTIMIZER_FILE}`, manifest, files.get(OPTIMIZER_FILE))
  return { modelId: `${manifest.family}/${manifest.version}`, manifest, graph }
}

/** What may stand in a bundle beside the manifest and the graph. */
export interface BundleExtras {
  /** `encodeOptimizerState`. */
  readonly optimizer?: Uint8Array
  /** A page of HTML. */
  readonly report?: string
}

/** All files of a bundle, its manifest included, ready to be written. */
export function packBundle(
  draft: ManifestDraft,
  graph: Uint8Array,
  { optimizer, report }: BundleExtras = {},
): ReadonlyMap<string, Uint8Array> {
  const files = new Map([[GRAPH_FILE, graph]])
  if (optimizer !== undefined) files.set(OPTIMIZER_FILE, optimizer)
  if (report !== undefined) files.set(REPORT_FILE, new TextEncoder().encode(report))
  return new Map([...files, [MANIFEST_FILE, new TextEncoder().encode(sealManifest(draft, files))]])
}

function refuse(file: string, field: string, value: unknown, rule: string): never {
  throw new InputError(`${file}: ${field} was ${JSON.stringify(value)}; ${rule}`, { file, field })
}

function checkIdentity(folder: string, manifest: Manifest, file: string): void {
  const version = folder.split(/[/\\]/).at(-1)
  if (manifest.version !== version)
    refuse(file, 'version', manifest.version, `it must be its folder's name, ${version}`)
  if (manifest.opset !== OPSET) refuse(file, 'opset', manifest.opset, `it must be ${OPSET}`)
}

function checkFiles(folder: string, { files: stated }: Manifest, files: ReadonlyMap<string, Uint8Array>): void {
  for (const [name, expected] of Object.entries(stated)) {
    const file = `${folder}/${name}`
    const bytes = files.get(name)
    if (bytes === undefined) throw new InputError(`${file}: missing; the manifest lists it`, { file })
    const actual = sha256Of(bytes)
    if (actual !== expected) refuse(file, 'SHA-256', actual, `the manifest says ${expected}`)
  }
  const extra = [...files.keys()].find((name) => name !== MANIFEST_FILE && !(name in stated))
  if (extra !== undefined) {
    const file = `${folder}/${extra}`
    throw new InputError(`${file}: unknown; the manifest must list every file`, { file })
  }
}

/** State of other weights than the graph's is no state to resume from. */
function checkOptimizer(file: string, { weights }: Manifest, bytes: Uint8Array | undefined): void {
  if (bytes === undefined) return
  const { length } = decodeOptimizerState(bytes, file).vectors['weights'] ?? []
  if (weights === undefined || length === weights.count) return
  refuse(file, 'length of weights', length, `the manifest's weights.count is ${weights.count}`)
}

function checkSchema(manifest: Manifest, schema: RunningSchema, file: string): void {
  const { names, schemaHash } = manifest.features
  const at = names.findIndex((name, i) => name !== schema.names[i])
  const position = at >= 0 ? at : names.length
  if (at >= 0 || names.length !== schema.names.length) {
    const running = schema.names[position] ?? 'nothing there'
    refuse(file, `features.names[${position}]`, names[position] ?? null, `the running schema has ${running}`)
  }
  if (schemaHash !== schema.schemaHash) {
    refuse(file, 'features.schemaHash', schemaHash, `the running schema has ${schema.schemaHash}`)
  }
  if (schema.barMs !== undefined && manifest.barMs !== schema.barMs) {
    refuse(file, 'barMs', manifest.barMs, `this program closes bars of ${schema.barMs} ms`)
  }
}
