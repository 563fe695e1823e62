import type { Manifest } from '@airlock-ml/contract'
import { sha256Hex } from '@airlock-ml/stack'

const id = (n: number): string => `01990000-0000-7000-8000-${String(n).padStart(12, '0')}`

/** Some bytes for each file; the two tables have the same size. */
export const sampleFiles = (): Map<string, Buffer> =>
  new Map([
    ['artifacts/model.onnx', Buffer.alloc(1_200_000, 'onnx')],
    ['artifacts/evaluation.parquet', Buffer.from('PAR1 evaluation')],
    ['artifacts/reference.parquet', Buffer.from('PAR1 reference_')],
    ['lineage.json', Buffer.from('{"steps":[]}')],
    ['snapshot.json', Buffer.from('{"steps":{}}')],
  ])

const artifacts: Record<string, { role: string; type: 'model' | 'table'; id: string }> = {
  'artifacts/model.onnx': { role: 'model', type: 'model', id: id(3) },
  'artifacts/evaluation.parquet': { role: 'evaluation', type: 'table', id: id(4) },
  'artifacts/reference.parquet': { role: 'reference', type: 'table', id: id(5) },
}

/** A valid manifest over the sample files. */
export const sampleManifest = (): Manifest => ({
  formatVersion: 1,
  source: {
    workspace: 'enterprise-dev-staging',
    project: 'cancer-detection',
    model: 'breast_cancer_classifier',
    number: 7,
    versionId: id(1),
    registeredAt: '2026-01-02T03:04:05.678Z',
    registeredBy: 'dora',
  },
  training: {
    runId: id(2),
    pipeline: 'training',
    environment: 'staging',
    stack: 'staging-stack',
    startedBy: 'ci',
    startedAt: '2026-01-02T03:00:00.000Z',
    endedAt: '2026-01-02T03:04:05.000Z',
    snapshotDigest: sha256Hex('snapshot'),
    commit: null,
    dirty: false,
  },
  model: { digest: sha256Hex('model'), parameters: { trees: 100, label: 'é' }, metrics: { accuracy: 0.97 } },
  evaluation: { target: 'diagnosis', positive: 'malignant' },
  evidence: {},
  promotionChain: [],
  files: [...sampleFiles()].map(([path, bytes]) => ({
    path,
    sha256: sha256Hex(bytes),
    sizeBytes: bytes.byteLength,
    artifact: artifacts[path] ?? null,
  })),
})
