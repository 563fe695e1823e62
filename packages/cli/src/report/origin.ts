import type { Trace } from '@airlock-ml/contract'

/** What a report is of, as the workspace recorded it: not by the word of whoever wrote the report. */
export type ReportOrigin = {
  /** `MODEL/NUMBER`; null where the run made and used no version. */
  version: string | null
  run: string
  /** Where it ran. */
  workspace: string
  commit: string | null
  /** Whether the tree differed from the commit. */
  dirty: boolean
  startedAt: string
  endedAt: string | null
}

/** Null where the workspace knows no run: then nothing is said. */
export function originOf({ version, run, training }: Pick<Trace, 'version' | 'run' | 'training'>): ReportOrigin | null {
  const told = run ?? training
  if (!told) return null
  const { id, workspace, commit, dirty, startedAt, endedAt } = told
  return {
    version: version && `${version.model}/${version.number}`,
    run: id,
    ...{ workspace, commit, dirty, startedAt, endedAt },
  }
}

/** Name and value of each line that both renderers print. */
export function originLines(origin: ReportOrigin | null): [string, string][] {
  if (!origin) return []
  const { version, run, workspace, commit, dirty, startedAt, endedAt } = origin
  const dirtyText = dirty ? ' with changes that were not committed' : ''
  return [
    ...(version === null ? [] : [['Version', version] satisfies [string, string]]),
    ['Run', `${run} in ${workspace}`],
    ['Commit', commit === null ? 'none' : `${commit}${dirtyText}`],
    ['Time', `${startedAt}${endedAt === null ? '' : ` to ${endedAt}`}`],
  ]
}
