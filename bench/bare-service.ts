import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { namesOfModel } from '@airlock-ml/tabular'
import type { InferenceSession, Tensor } from 'onnxruntime-node'
import type { ServiceTask } from './service-process.ts'

type Model = {
  session: InferenceSession
  featureNames: readonly string[]
  tensor: (values: Float32Array, shape: readonly number[]) => Tensor
}
type Waiting = { response: ServerResponse; row: Record<string, number> }

/**
 * The least that an answer over HTTP can cost with `node:http` and onnxruntime: it believes each request, asks the model
 * once for all that came in one turn of the loop, and keeps nothing. Its answers have the shape and length of ours.
 */
export async function startBareService({ onnx, port, sharesPort, version }: ServiceTask): Promise<{ url: string }> {
  const bytes = await readFile(onnx)
  // Nothing leaves here.
  process.env.ORT_DISABLE_TELEMETRY = '1'
  const ort = await import('onnxruntime-node')
  const session = await ort.InferenceSession.create(bytes, {
    ...{ executionProviders: ['cpu'], intraOpNumThreads: 1, interOpNumThreads: 1 },
  })
  const model: Model = {
    session,
    featureNames: namesOfModel(bytes).featureNames,
    tensor: (values, shape) => new ort.Tensor('float32', values, shape),
  }
  const said = JSON.stringify({
    name: version.model,
    version: version.number,
    sourceVersion: version.sourceNumber,
    digest: version.digest,
  })
  let waiting: Waiting[] = []
  const flush = () => {
    const batch = waiting
    waiting = []
    void answer(batch, { model, said })
  }
  const server = createServer(async (request, response) => {
    const { row } = JSON.parse(await bodyOf(request)) as { row: Record<string, number> }
    if (waiting.push({ response, row }) === 1) setImmediate(flush)
  })
  await new Promise<void>((resolve) => {
    server.listen({ host: '127.0.0.1', port, reusePort: sharesPort }, resolve)
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

function bodyOf(request: IncomingMessage): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    request.setEncoding('utf8')
    request.on('data', (chunk: string) => {
      text += chunk
    })
    request.on('end', () => resolve(text))
  })
}

async function answer(batch: readonly Waiting[], { model, said }: { model: Model; said: string }): Promise<void> {
  const { featureNames } = model
  const width = featureNames.length
  const features = new Float32Array(batch.length * width)
  for (const [at, { row }] of batch.entries())
    for (let j = 0; j < width; j++) features[at * width + j] = row[featureNames[j]!]!
  const outputs = await model.session.run({ features: model.tensor(features, [batch.length, width]) })
  const labels = outputs.label!.data as string[]
  const probabilities = outputs.probabilities!.data as Float32Array
  for (const [at, { response }] of batch.entries()) {
    const [benign, malignant] = [probabilities[at * 2]!, probabilities[at * 2 + 1]!]
    const riskLevel = malignant >= 0.7 ? 'high' : malignant >= 0.3 ? 'medium' : 'low'
    const own = JSON.stringify({ label: labels[at], riskLevel, probabilities: { benign, malignant } })
    const text = `{"predictionId":"01a20da1-0000-7000-8000-000000000001",${own.slice(1, -1)},"model":${said}}`
    response.writeHead(200, {
      ...{ 'content-type': 'application/json', 'content-length': text.length },
      'x-request-id': '01a20da1-0000-7000-8000-000000000001',
    })
    response.end(text)
  }
}
