import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/** Chart library and its style, to be inlined: pages load nothing when they are opened. */
export const uplotScript = (): string => readFileSync(require.resolve('uplot/dist/uPlot.iife.min.js'), 'utf8')
export const uplotStyle = (): string => readFileSync(require.resolve('uplot/dist/uPlot.min.css'), 'utf8')

/** Forbids a page to load anything, whatever is in it. */
export const OFFLINE_POLICY = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">`

export const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

/** Inside of a script element only `<` could end it. What is not finite becomes null, a hole. */
export const escapeJson = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c')
