declare module 'lz4js' {
  const lz4: {
    /** One LZ4 frame. */
    compress(bytes: Uint8Array): Uint8Array
  }
  export default lz4
}
