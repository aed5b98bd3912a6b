import type { BarCodec } from '../../adapters/bars/bar-log-place.ts'
import { loadBar, saveBar, savedBar } from '../../features/saved-bar.ts'

/** Bars in a log stand as in the saved state of the features. */
export const barCodec: BarCodec = { save: saveBar, load: (saved) => loadBar(savedBar.parse(saved)) }
