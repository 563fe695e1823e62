import { extname } from 'node:path'
import type { ArtifactType } from '@airlock-ml/contract'

const types: Readonly<Record<string, ArtifactType>> = {
  '.parquet': 'table',
  '.onnx': 'model',
  '.json': 'json',
  '.csv': 'text',
  '.tsv': 'text',
  '.jsonl': 'text',
  '.md': 'text',
  '.txt': 'text',
}

/** What a file of this name holds, as far as its ending tells: bytes of another kind where it does not. */
export const fileType = (file: string): ArtifactType => types[extname(file).toLowerCase()] ?? 'bytes'

/** The ending of a file that holds an artifact of a type. */
export const fileEnding: Readonly<Record<ArtifactType, string>> = {
  table: '.parquet',
  model: '.onnx',
  json: '.json',
  text: '.txt',
  bytes: '.bin',
}
