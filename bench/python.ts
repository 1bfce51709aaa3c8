import { PeerError, PeerProcess, type PeerProcessOptions } from './peer-process.ts';

/** Pythons to look for where PYTHON names none: that of the path, then Debian's own. */
const PYTHONS = ['python3', '/usr/bin/python3'];

/** A Python that has some modules, and their versions. */
export interface Python {
  readonly command: string;
  readonly version: string;
  /** Versions of the modules by name. */
  readonly modules: Readonly<Record<string, string>>;
}

/** Only looks whether there are such modules: what goes wrong when they are loaded is told later. */
const LOOK = `
import importlib.metadata, importlib.util, json, platform, sys
def version(name):
    try:
        return importlib.metadata.version(name)
    except Exception:
        return "of unknown version"
names = sys.argv[1:]
if any(importlib.util.find_spec(name) is None for name in names):
    sys.exit(1)
print(json.dumps({"version": platform.python_version(), "modules": {name: version(name) for name in names}}))
`;

/**
 * Looks for a Python with some modules: the one that PYTHON names, else those of the path and of Debian.
 *
 * @param packages names of Debian's packages, for the advice
 * @param patience seconds that each may take to answer
 * @throws PeerError where there is none
 */
export async function findPython(
  modules: readonly string[],
  packages: string,
  patience: number,
): Promise<Python> {
  const named = process.env.PYTHON;
  for (const command of named ? [named] : PYTHONS) {
    const peer = new PeerProcess(command, ['-c', LOOK, ...modules], { patience });
    try {
      return { command, ...((await peer.askJson()) as Omit<Python, 'command'>) };
    } catch (error) {
      if (!(error instanceof PeerError)) throw error;
    } finally {
      await peer.close();
    }
  }
  const where = named ? `PYTHON=${named} does not have` : 'no Python here has';
  throw new PeerError(
    'absent',
    `${where} ${modules.join(' and ')} (on Debian: apt install ${packages}; PYTHON=… names another Python)`,
  );
}

/** Starts a script with one argument, a value that it finds as JSON in sys.argv[1]. */
export const startPython = (
  { command }: Python,
  script: string,
  job: unknown,
  options: PeerProcessOptions,
): PeerProcess => new PeerProcess(command, ['-c', script, JSON.stringify(job)], options);
