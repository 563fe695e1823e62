import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Evidence, GateVerdict, PolicySpec } from '@airlock-ml/contract'
import type { Deps } from '../deps.ts'
import { existingVersion } from '../models/existing.ts'
import { withStagedAt } from '../models/staged-at.ts'
import { askPolicy, withHistory } from '../policies/admit.ts'
import { demandApplicable } from '../policies/apply.ts'
import { assess } from './assess.ts'

type Wanted = { project: string; model: string; spec: PolicySpec; subject: { number: number } | { uri: string } }

/**
 * What a policy, in force or only written, would make of a version of this workspace or of a bundle now. Nothing is
 * kept, so that a policy can be tried before it is applied.
 * @throws PlatformError `policy_invalid`, `model_version_not_found`, and those of `assess`
 */
export async function testPolicy(
  deps: Deps,
  wanted: Wanted,
): Promise<{ verdict: 'passed' | 'refused'; gates: GateVerdict[] }> {
  const { project, model, spec } = wanted
  demandApplicable(spec)
  const evidence = await withHistory(deps.db, deps, {
    project,
    model,
    stage: spec.stage,
    ...(await knownOf(deps, wanted)),
  })
  const gates = askPolicy(spec, evidence, { act: 'enter', now: deps.now() })
  return { verdict: gates.every(({ verdict }) => verdict === 'passed') ? 'passed' : 'refused', gates }
}

async function knownOf(
  deps: Deps,
  { project, model, subject }: Wanted,
): Promise<{ evidence: Evidence; digest: string }> {
  if ('number' in subject) {
    const version = await existingVersion(deps.db, { project, model }, subject)
    return { evidence: await withStagedAt(deps.db, version), digest: version.digest }
  }
  const stagingDir = join(deps.stagingDir, `plan-${randomUUID()}`)
  try {
    const { evidence, bundle } = await assess(deps, { uri: subject.uri, model, stagingDir })
    return { evidence, digest: bundle.manifest.model.digest }
  } finally {
    await rm(stagingDir, { recursive: true, force: true })
  }
}
