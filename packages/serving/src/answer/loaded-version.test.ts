import { hash } from 'node:crypto'
import {
  exportOnnx,
  featureMatrix,
  float32Column,
  namesOfModel,
  type OnnxError,
  RandomForest,
  StandardScaler,
  Table,
} from '@airlock-ml/tabular'
import { expect, test } from 'vitest'
import { answering, planOf } from '../../test/risk-service.ts'
import { riskModel } from '../../test/served-risk.ts'
import { loadVersion } from './loaded-version.ts'
import { openModelChecks } from './names-in-thread.ts'

test('the example of a version is the means of its profile, and zeros where it has none', async () => {
  const rows = new Table([float32Column('a', [0, 0, 1, 1]), float32Column('__proto__', [0, 1, 0, 1])])
  const features = featureMatrix(rows, ['a', '__proto__'])
  const scaler = StandardScaler.fit(features)
  const classifier = RandomForest.train(scaler.transform(features), [0, 0, 1, 1], { seed: 1, trees: 2 })
  const onnx = exportOnnx({ scaler, classifier, featureNames: features.names, classLabels: ['no', 'yes'] })
  const profile = new TextEncoder().encode('{"features":[{"name":"a","mean":12.34567},{"name":"other","mean":1}]}')
  const exampleOf = async (bytes: Record<string, Uint8Array>) => {
    const artifacts = Object.fromEntries(
      Object.entries(bytes).map(([role, content]) => [role, { id: 'i', digest: hash('sha256', content) }]),
    ) as never
    const version = {
      ...{ id: 'i', model: 'risk', number: 1, sourceWorkspace: 'dev', sourceNumber: 1, digest: 'd', artifacts },
    }
    const loaded = await loadVersion(planOf(answering), { version, bytesOf: async (role) => bytes[role]! })
    await loaded.close()
    return Object.entries(loaded.example)
  }
  expect(await exampleOf({ model: onnx, profile })).toEqual([
    ['a', 12.35],
    ['__proto__', 0],
  ])
  expect(await exampleOf({ model: onnx })).toEqual([
    ['a', 0],
    ['__proto__', 0],
  ])
})

test('a model is checked in a thread as it is here, also one that is refused, and once', async () => {
  const onnx = riskModel()
  const namesOf = openModelChecks()
  const names = await namesOf(onnx, 'its digest')
  expect(names).toEqual(namesOfModel(onnx))
  expect(await namesOf(onnx, 'its digest')).toBe(names)
  for (const bytes of [Uint8Array.of(1, 2, 3), onnx.subarray(0, onnx.length - 5), new Uint8Array(0)]) {
    const here = await (async () => namesOfModel(bytes))().catch((error: OnnxError) => error)
    const { code, message } = here as OnnxError
    await expect(namesOf(bytes, 'another')).rejects.toMatchObject({ name: 'OnnxError', code, message })
  }
})
