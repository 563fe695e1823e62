import { readFile } from 'node:fs/promises'
import type { Signer } from '@airlock-ml/bundle'
import { crashPoint } from '@airlock-ml/stack/crash-point'
import { layout } from '../project/layout.ts'
import { writePrivateFile } from '../project/private-file.ts'
import type { OpenWorkspace } from '../workspace/open.ts'

type Place = Pick<OpenWorkspace, 'name' | 'folder'>

/** The decision key of a person that lies on this machine, or null. */
export async function readDecisionKey({ name, folder }: Place, person: string): Promise<Signer | null> {
  const { fileSigner } = await import('@airlock-ml/bundle')
  try {
    return fileSigner(await readFile(layout(folder.dir).decisionKey(name, person), 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/**
 * Makes a decision key and stores it, readable by its owner alone: in the place of one that has ended, or where there is
 * none. When another process stores one first, that is the one.
 */
export async function makeDecisionKey(
  place: Place,
  person: string,
  { replaces }: { replaces: boolean },
): Promise<Signer> {
  const { createSigningKey } = await import('@airlock-ml/bundle')
  const path = layout(place.folder.dir).decisionKey(place.name, person)
  await writePrivateFile(path, createSigningKey(), { onlyIfNew: !replaces })
  await crashPoint('decision-key:stored')
  return (await readDecisionKey(place, person))!
}
