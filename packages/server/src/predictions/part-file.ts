import { setImmediate as nextTurn } from 'node:timers/promises'
import { PlatformError, PredictionRole, predictionPart } from '@airlock-ml/contract'
import { sha256Hex } from '@airlock-ml/stack'
import {
  type ByteRange,
  parquetLayout,
  readParquetBatches,
  readParquetGroup,
  type Table,
  TableError,
} from '@airlock-ml/tabular'
import { readBlob, readBlobRange } from '../artifacts/blobs.ts'
import type { Answered } from '../deployments/answered-store.ts'
import type { Deps } from '../deps.ts'
import type { IndexedPart, PartLayout } from './store.ts'

/** What a part says of itself, checked row by row. */
export type PartFile = {
  rows: number
  firstId: string
  lastId: string
  firstAtMs: number
  lastAtMs: number
  layout: PartLayout
  versions: Answered[]
  subjects: Set<string>
}

const uuidV7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/**
 * Reads what the index and the rules need of a part, in which ids ascend; a shadow's answer stands under the id of the
 * champion's, behind it. A service that was taken over may send
 * anything: nothing of it is believed unread.
 * @throws PlatformError `prediction_part_invalid`
 */
export async function inspectPart(bytes: Uint8Array): Promise<PartFile> {
  const { mostRows, rowGroupRows } = predictionPart
  const found: PartFile = {
    ...{ rows: 0, firstId: '', lastId: '', firstAtMs: Number.POSITIVE_INFINITY, lastAtMs: Number.NEGATIVE_INFINITY },
    ...{ layout: { footer: NOWHERE, groups: [] }, versions: [], subjects: new Set() },
  }
  const versions = new Map<string, Answered>()
  const firstIds: string[] = []
  let isShadow = false
  const columns = ['id', 'at', 'version_number', 'version_digest', 'subject', 'role']
  await orInvalid(async () => {
    for await (const group of readParquetBatches(bytes, { columns, maxCells: rowGroupRows * columns.length })) {
      const [ids, ats, numbers, digests, subjects, roles] = columns.map((name) => group.column(name).values)
      for (let row = 0; row < group.rowCount; row++) {
        const id = ids![row]
        const wasShadow = isShadow
        isShadow = roles![row] === 'shadow'
        const isOfLast = id === found.lastId && isShadow && !wasShadow
        if (typeof id !== 'string' || !uuidV7.test(id) || (id <= found.lastId && !isOfLast))
          throw invalid(`its ids are no ascending UUIDs of version 7, at row ${found.rows + row + 1}`)
        const at = Number(ats![row])
        if (!Number.isSafeInteger(at)) throw invalid('a prediction has no time')
        found.firstAtMs = Math.min(found.firstAtMs, at)
        found.lastAtMs = Math.max(found.lastAtMs, at)
        found.firstId ||= id
        found.lastId = id
        countVersion(versions, { number: numbers![row], digest: digests![row], role: roles![row], at })
        const subject = subjects![row]
        if (typeof subject === 'string') found.subjects.add(subject)
      }
      firstIds.push(String(ids![0]))
      found.rows += group.rowCount
      // Others are served between two groups.
      await nextTurn()
      if (found.rows > mostRows) throw invalid(`it has more than ${mostRows} rows`)
    }
  })
  if (found.rows === 0) throw invalid('it has no rows')
  found.layout = await orInvalid(() => layoutOf(bytes, firstIds))
  const group = await orInvalid(() => readParquetGroup(bytes, 0))
  for (const name of predictionPart.columns) if (!group.has(name)) throw invalid(`it has no column "${name}"`)
  if (
    found.lastAtMs - found.firstAtMs > predictionPart.mostSpanMs ||
    timeOf(found.lastId) - timeOf(found.firstId) > predictionPart.mostSpanMs
  )
    throw invalid('its predictions lie further apart than a part may last')
  return { ...found, versions: [...versions.values()] }
}

function countVersion(
  versions: Map<string, Answered>,
  { number, digest, role, at }: { number: unknown; digest: unknown; role: unknown; at: number },
): void {
  const name = `${number} ${digest} ${role}`
  const known = versions.get(name)
  if (known) {
    known.rows++
    known.firstAtMs = Math.min(known.firstAtMs, at)
    known.lastAtMs = Math.max(known.lastAtMs, at)
    return
  }
  const { data: answeredAs } = PredictionRole.safeParse(role)
  if (!answeredAs) throw invalid(`a prediction has the role ${String(role).slice(0, 100)}`)
  const version = { number: Number(number), digest: String(digest), role: answeredAs }
  versions.set(name, { ...version, rows: 1, firstAtMs: at, lastAtMs: at })
}

/** The time in a UUIDv7, in milliseconds. */
export const timeOf = (id: string): number => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)

/** The largest UUID of a time. */
export function lastIdOf(ms: number): string {
  const time = ms.toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-ffff-ffff-ffffffffffff`
}

export const invalid = (why: string) =>
  new PlatformError('prediction_part_invalid', `The part was not registered: ${why}.`)

async function orInvalid<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof TableError) throw invalid(error.message.replace(/\.$/, ''))
    throw error
  }
}

const NOWHERE = { from: 0, to: 0, sha256: '' }

async function layoutOf(bytes: Uint8Array, firstIds: readonly string[]): Promise<PartLayout> {
  const { groups, footer } = await parquetLayout(bytes)
  const digested = ({ from, to }: ByteRange) => ({ from, to, sha256: sha256Hex(bytes.subarray(from, to)) })
  if (groups.length !== firstIds.length) throw invalid('it has a row group without rows')
  return {
    footer: digested(footer),
    groups: groups.map((group, at) => ({ ...digested(group), firstId: firstIds[at]! })),
  }
}

type Where = Pick<IndexedPart, 'project' | 'digest' | 'sizeBytes' | 'layout'>

/** Numbers of the row groups that may hold an id: a shadow's answer under it may stand in one behind. */
export function groupsOf({ groups }: PartLayout, id: string): number[] {
  const last = groups.findLastIndex(({ firstId }) => firstId <= id)
  if (last < 0) return []
  return groups[last]!.firstId === id && last > 0 ? [last - 1, last] : [last]
}

/**
 * One row of a part that is no shadow's, as a table of one row; null when it is not there. Read are the footer and one row
 * group or two, each checked against the SHA-256 that it had when the whole part was.
 * @throws PlatformError `blob_not_found`, `blob_damaged`, `store_unreachable`
 */
export async function readRow(deps: Deps, { layout, sizeBytes, ...where }: Where, id: string): Promise<Table | null> {
  const bytes = new Uint8Array(sizeBytes)
  const read = async (range: ByteRange & { sha256: string }) =>
    bytes.set(await readBlobRange(deps, where, range), range.from)
  const groups = groupsOf(layout, id)
  if (groups.length > 0) await read(layout.footer)
  for (const group of groups) {
    await read(layout.groups[group]!)
    const rows = await orDamaged(where.digest, () => readParquetGroup(bytes, group))
    const roles = rows.column('role').values
    const at = (rows.column('id').values as readonly string[]).findIndex(
      (each, row) => each === id && roles[row] !== 'shadow',
    )
    if (at >= 0) return rows.slice(at, at + 1)
  }
  return null
}

/** What a service registered, and cannot be read row by row after all. */
async function orDamaged<T>(digest: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    if (!(cause instanceof TableError)) throw cause
    throw new PlatformError('blob_damaged', `The part ${digest} cannot be read: ${cause.message}`, {}, { cause })
  }
}

/** The ids of a part: all, or those about a subject. */
export async function readIds(
  deps: Deps,
  where: { project: string; digest: string },
  subject?: string,
): Promise<Set<string>> {
  const ids = new Set<string>()
  const columns = subject === undefined ? ['id'] : ['id', 'subject']
  for await (const group of readParquetBatches(await readBlob(deps, where), { columns })) {
    const subjects = subject === undefined ? null : group.column('subject').values
    for (const [row, id] of (group.column('id').values as readonly string[]).entries())
      if (subjects === null || subjects[row] === subject) ids.add(id)
  }
  return ids
}

/** The ids in a part with the subject of each, and the classes that the versions in it tell apart. */
export async function readSubjectsAndClasses(
  deps: Deps,
  where: { project: string; digest: string },
): Promise<{ subjects: Map<string, string | null>; classes: Set<string> }> {
  const bytes = await readBlob(deps, where)
  const subjects = new Map<string, string | null>()
  for await (const group of readParquetBatches(bytes, { columns: ['id', 'subject'] })) {
    const said = group.column('subject').values as readonly (string | null)[]
    for (const [row, id] of (group.column('id').values as readonly string[]).entries())
      subjects.set(id, said[row] ?? null)
  }
  const { probabilityPrefix } = predictionPart
  const names = (await readParquetGroup(bytes, 0)).columns.map(({ name }) => name)
  const classes = names.filter((name) => name.startsWith(probabilityPrefix))
  return { subjects, classes: new Set(classes.map((name) => name.slice(probabilityPrefix.length))) }
}
