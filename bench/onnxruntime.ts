import type { OnnxJob } from './onnxruntime-process.ts';
import { startOwn } from './own-process.ts';
import { PeerError, type PeerProcess } from './peer-process.ts';

/**
 * Starts onnxruntime-web, where it is installed.
 *
 * @returns its process, which has said its version
 * @throws PeerError where it is not there, or does not start
 */
export async function startOnnxRuntime(
  job: OnnxJob,
  patience: number,
): Promise<{ readonly process: PeerProcess; readonly version: string }> {
  requirePackage('onnxruntime-web');
  const peer = startOwn('onnxruntime-process', [JSON.stringify(job)], { patience });
  return { process: peer, version: await peer.ask() };
}

function requirePackage(name: string): void {
  try {
    import.meta.resolve(name);
  } catch (cause) {
    throw new PeerError('absent', `the package is not installed (npm install ${name})`, { cause });
  }
}
