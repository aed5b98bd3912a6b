import { existsSync } from 'node:fs'

/** Linux device files without which the provider cannot work: NVIDIA's driver, any GPU, the GPU of Windows around WSL. */
const NVIDIA = ['/dev/nvidiactl', '/dev/dxg']
const ANY_GPU = [...NVIDIA, '/dev/dri']

/**
 * What is worth trying on this machine, best first, `cpu` last. A provider is left out where `onnxruntime-node` has no build of it or no
 * device for it is to be seen: an attempt costs time, and its failure is an alert.
 */
export function autoProviders(
  platform: string = process.platform,
  arch: string = process.arch,
  exists: (path: string) => boolean = existsSync,
): readonly string[] {
  const isLinux = platform === 'linux'
  const cuda = isLinux && arch === 'x64' && NVIDIA.some(exists)
  const webgpu = isLinux ? arch === 'x64' && ANY_GPU.some(exists) : true
  return [...(cuda ? ['cuda'] : []), ...(webgpu ? ['webgpu'] : []), 'cpu']
}
