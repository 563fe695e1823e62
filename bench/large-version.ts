import { createHash, randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { makeBenchWorkspace, openBenchWorkspace, project, stack, type WorkspaceKey } from './bench-workspace.ts'
import { registerVersion, storeSmallModel } from './versions.ts'

const MIB = 1024 * 1024
export const model = 'large_model'
const GATES = [
  { name: 'accuracy', expression: 'metrics.accuracy >= 0', message: 'It has no accuracy.', remedy: 'Train again.' },
]

/** A development workspace with one version that has an artifact of the wanted size. */
export interface LargeVersion {
  /** Parent of all that is made. */
  readonly dir: string
  readonly exchange: string
  readonly development: WorkspaceKey
  readonly number: number
  /** A plain file with the bytes of the large artifact. */
  readonly file: string
}

/** Makes the workspace below `dir`, trains a tiny model, and stores `sizeMib` of bytes with it under the role `weights`. */
export async function makeLargeVersion(dir: string, sizeMib: number): Promise<LargeVersion> {
  const exchange = join(dir, 'exchange')
  await mkdir(exchange, { recursive: true })
  const development = await makeBenchWorkspace({ dir: join(dir, 'development'), exchange, name: 'development' })
  const file = join(dir, 'weights.txt')
  const digest = await writeBytes(file, sizeMib)
  const { client, close } = await openBenchWorkspace(development)
  const body = Readable.toWeb(createReadStream(file, { highWaterMark: MIB })) as ReadableStream<Uint8Array>
  await client.putBlob({ project, sha256: digest, body })
  const outputs = { ...(await storeSmallModel(client, project)), weights: { type: 'text', digest } } as const
  const number = await registerVersion(client, { project, stack, model, outputs })
  await close()
  return { dir, exchange, development, number, file }
}

/** Forgets what was exported, so that the next export has to write it again. */
export const emptyExchange = ({ exchange }: LargeVersion): Promise<void> =>
  rm(join(exchange, 'bundles'), { recursive: true, force: true })

/** Makes a new production workspace that trusts the development workspace and lets its versions in unapproved. */
export async function makeProduction(large: LargeVersion, name: string): Promise<WorkspaceKey> {
  const source = await openBenchWorkspace(large.development)
  const { publicKey } = await source.client.showWorkspace({})
  await source.close()
  const dir = join(large.dir, name)
  const production = await makeBenchWorkspace({ dir, exchange: large.exchange, name })
  const { client, close } = await openBenchWorkspace(production)
  await client.addTrustedKey({ body: { workspace: 'development', publicKey } })
  const policy = { name, stage: 'production', gates: GATES, approvals: { required: 0 } } as const
  await client.applyPolicy({ project, body: policy })
  await close()
  return production
}

/** Bytes that differ from place to place, and their SHA-256. */
async function writeBytes(path: string, sizeMib: number): Promise<string> {
  const file = await open(path, 'wx')
  const sha256 = createHash('sha256')
  const chunk = randomBytes(MIB)
  for (let at = 0; at < sizeMib; at++) {
    chunk.writeUInt32LE(at)
    sha256.update(chunk)
    await file.write(chunk)
  }
  await file.sync()
  await file.close()
  return sha256.digest('hex')
}
