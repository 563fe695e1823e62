// Packs the sample bundle once, in a process of its own that a test can kill: node pack-once EXCHANGE_DIR KEY_FILE.
import { readFile } from 'node:fs/promises'
import { bodyOf, openObjectStore } from '@airlock-ml/stack'
import { packBundle } from './pack.ts'
import { sampleFiles, sampleManifest } from './sample-manifest.test-data.ts'
import { fileSigner } from './signing.ts'

const [exchangeDir = '', keyFile = ''] = process.argv.slice(2)
const manifest = sampleManifest()
const files = sampleFiles()
const packed = await packBundle({
  manifest,
  signer: fileSigner(await readFile(keyFile, 'utf8')),
  exchange: await openObjectStore(exchangeDir),
  files: manifest.files.map((file) => ({ ...file, open: () => bodyOf(files.get(file.path) ?? Buffer.alloc(0)) })),
})
console.log(JSON.stringify(packed))
