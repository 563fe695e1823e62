import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { createClient } from '@airlock-ml/client'
import type { PredictionPart } from '@airlock-ml/contract'
import { readParquet, type Table } from '@airlock-ml/tabular'
import type { Contact } from '../src/follow/follow-target.ts'

type Body = { id: string; digest: string; subjects: { subject: string; key: string; firstAt: string }[] }

/** The two routes of a workspace that a prediction log uses, over HTTP. It can be away. */
export type PartsDesk = {
  contact: Contact
  parts: Body[]
  isAway: boolean
  /** All that was registered, part by part. */
  tables: () => Promise<Table[]>
  ids: () => Promise<string[]>
  close: () => Promise<void>
}

export async function openPartsDesk(): Promise<PartsDesk> {
  const blobs = new Map<string, Buffer>()
  const desk: PartsDesk = {
    parts: [],
    isAway: false,
    contact: (talk) => talk(client),
    tables: () => Promise.all(desk.parts.map(({ digest }) => readParquet(blobs.get(digest)!))),
    ids: async () => (await desk.tables()).flatMap((table) => table.column('id').values as string[]),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
  const server = createServer(async (request, response) => {
    const body = await buffer(request)
    const answer = (status: number, said: object) =>
      response.writeHead(status, { 'content-type': 'application/json', connection: 'close' }).end(JSON.stringify(said))
    if (desk.isAway) return answer(503, problem)
    if (request.method === 'PUT') {
      const digest = request.url!.split('/').at(-1)!
      blobs.set(digest, body)
      return answer(200, { digest, sizeBytes: body.length })
    }
    const part = JSON.parse(body.toString()) as Body
    if (!desk.parts.some(({ id }) => id === part.id)) desk.parts.push(part)
    answer(201, { id: part.id } satisfies Partial<PredictionPart>)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const client = createClient({ baseUrl: `http://127.0.0.1:${port}`, apiKey: 'k', wait: async () => {} })
  return desk
}

const problem = { code: 'store_unreachable', status: 503, title: 'away', detail: 'away' }
