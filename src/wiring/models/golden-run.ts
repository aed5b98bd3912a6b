import { readBundle } from '../../adapters/bundle/read-bundle.ts'
import { onnxRuntime } from '../../adapters/onnx/onnx-runtime.ts'
import { checkGolden } from '../../inference/check-golden.ts'
import type { ModelSession } from '../../inference/model-runtime.port.ts'
import { checkBundle, type ModelBundle } from '../../model/bundle/bundle.ts'
import type { FoundModel } from './find-model.ts'

/** A bundle of which everything was checked but its golden vectors. Throws `InputError` naming what is wrong. */
export const openModel = async ({ familyFolder, version }: FoundModel): Promise<ModelBundle> =>
  checkBundle(await readBundle(familyFolder, version))

/** The same, golden vectors on the CPU included. */
export async function proveModel(found: FoundModel): Promise<ModelBundle> {
  const bundle = await openModel(found)
  await withSession(bundle, (session) => checkGolden(bundle, session))
  return bundle
}

/** Loads `bundle` on the CPU for `use`. */
export async function withSession<T>(bundle: ModelBundle, use: (session: ModelSession) => Promise<T>): Promise<T> {
  const { steps, features } = bundle.manifest
  const session = await onnxRuntime().load(bundle.graph, { steps, features: features.names.length }, 'cpu')
  try {
    return await use(session)
  } finally {
    await session.release()
  }
}
