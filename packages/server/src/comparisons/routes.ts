import {
  type comparisonDefinitionRoutes,
  type comparisonRoutes,
  type ModelComparison,
  PlatformError,
} from '@airlock-ml/contract'
import type { Db } from '../db/db.ts'
import type { Deps } from '../deps.ts'
import type { Handlers } from '../http/mount.ts'
import { existingModel, existingVersion } from '../models/existing.ts'
import { findDefinition, listDefinitions } from './definition-store.ts'
import { type Compared, listComparisons } from './store.ts'
import { whyRecalled } from './why-recalled.ts'

export const comparisonHandlers = ({ db }: Deps): Handlers<typeof comparisonRoutes> => ({
  listComparisons: async ({ project, model, number, ...page }) => {
    await existingModel(db, { project, model })
    const version = number === undefined ? undefined : await existingVersion(db, { project, model }, { number })
    const { items, nextCursor } = await listComparisons(db, { project, model, digest: version?.digest }, page)
    return { items: await Promise.all(items.map((each) => shown(db, each))), nextCursor }
  },
})

export const comparisonDefinitionHandlers = ({
  db,
}: Deps): Omit<Handlers<typeof comparisonDefinitionRoutes>, 'applyComparison'> => ({
  listRegisteredComparisons: ({ project, name, ...page }) => listDefinitions(db, { project, name }, page),
  showRegisteredComparison: async ({ project, comparison: name, version }) => {
    const found = await findDefinition(db, { project, name, version })
    if (found) return found
    const which = version === undefined ? '' : ` in version ${version}`
    throw new PlatformError('comparison_not_registered', `The project ${project} has no comparison ${name}${which}.`)
  },
})

const shown = async (db: Db, compared: Compared): Promise<ModelComparison> => ({
  runId: compared.run_id,
  workspace: compared.workspace,
  model: compared.model,
  champion: { number: compared.champion_number, digest: compared.champion_digest },
  challenger: { number: compared.challenger_number, digest: compared.challenger_digest },
  grade: compared.grade,
  result: compared.result,
  comparedAt: compared.compared_at,
  recalled: await whyRecalled(db, compared),
})
