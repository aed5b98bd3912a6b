import { hash } from 'node:crypto'

/** SHA-256 over the bits of a window, hexadecimal. */
export const featureHash = ({ buffer, byteOffset, byteLength }: Float32Array): string =>
  hash('sha256', new Uint8Array(buffer, byteOffset, byteLength), 'hex')
