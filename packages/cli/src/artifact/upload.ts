import { openAsBlob } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { Client } from '@airlock-ml/client'
import { type ArtifactType, isPlatformError, PlatformError } from '@airlock-ml/contract'
import { checkType } from './check-type.ts'

/**
 * Stores a file as it is, and answers with its SHA-256; nothing is sent where the bytes are there already. Throws
 * `cli_file_invalid` for what is no file or not of the type, and for one whose digest is not the one `expected`.
 */
export async function uploadFile(
  { client, project }: { client: Client; project: string },
  { file, shown, type, expected }: { file: string; shown: string; type: ArtifactType; expected: string | undefined },
): Promise<string> {
  const found = await stat(file).catch(() => undefined)
  if (found?.isDirectory()) throw new PlatformError('cli_file_invalid', `${shown} is a folder. Name one of its files.`)
  if (!found?.isFile()) throw new PlatformError('cli_file_invalid', `There is no file ${shown}.`)
  const body = await openAsBlob(file)
  const { hashBody } = await import('@airlock-ml/stack')
  const { sha256 } = await hashBody(body.stream())
  if (expected !== undefined && expected !== sha256) {
    const message = `${shown} is not what was expected: its SHA-256 is ${sha256}, not ${expected}. Nothing was registered.`
    throw new PlatformError('cli_file_invalid', message, { expected, actual: sha256 })
  }
  await checkType(type, { file, shown })
  try {
    await client.showBlob({ project, sha256 })
  } catch (error) {
    if (!isPlatformError(error) || error.code !== 'blob_not_found') throw error
    await client.putBlob({ project, sha256, body })
  }
  return sha256
}
