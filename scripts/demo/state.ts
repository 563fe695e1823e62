import { setTimeout as wait } from 'node:timers/promises'
import type { Deployment, ModelVersion, Page, Promotion, StageChange } from '@airlock-ml/contract'
import type { Demo } from './demo.ts'
import { MODEL, PRODUCTION, SERVICE } from './names.ts'

/** Reads of what the commands left, for the checks of the chapters. All are asked of the command, as anybody can. */
export const holderOf = async (demo: Demo, workspace: string, stage: string): Promise<ModelVersion> =>
  first(
    await demo.ask<Page<ModelVersion>>(`model version list ${MODEL} --stage ${stage} --workspace ${workspace}`),
    `holder of ${stage} in ${workspace}`,
  )

export const newestVersion = async (demo: Demo, workspace: string): Promise<ModelVersion> =>
  first(
    await demo.ask<Page<ModelVersion>>(`model version list ${MODEL} --limit 1 --workspace ${workspace}`),
    `version of ${MODEL} in ${workspace}`,
  )

export const newestPromotion = async (demo: Demo): Promise<Promotion> =>
  first(await demo.ask<Page<Promotion>>(`promotion list --limit 1 --workspace ${PRODUCTION}`), 'promotion')

export const stageChanges = async (demo: Demo, workspace: string): Promise<StageChange[]> =>
  (await demo.ask<Page<StageChange>>(`model history ${MODEL} --workspace ${workspace}`)).items

/** Waits until the service answers with this version, or with none: it hears of a change within a second. */
export const serviceFollows = (demo: Demo, number: number | null): Promise<Deployment> =>
  until<Deployment>(
    demo,
    `deployment show ${SERVICE} --workspace ${PRODUCTION}`,
    ({ report }) => report !== null && report.number === number,
  )

/** Asks again until it is so, and gives the answer. */
export async function until<T>(demo: Demo, line: string, isSo: (answer: T) => boolean): Promise<T> {
  for (let tries = 0; tries < 100; tries++) {
    const answer = await demo.ask<T>(line)
    if (isSo(answer)) return answer
    await wait(100)
  }
  throw new Error(`\`airlock ${line}\` does not come to say what is waited for.`)
}

function first<T>({ items }: Page<T>, what: string): T {
  const [item] = items
  if (item === undefined) throw new Error(`There is no ${what}.`)
  return item
}
