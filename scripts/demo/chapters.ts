import { anotherVersion } from './chapters/another-version.ts'
import { answerOverHttp } from './chapters/answer-over-http.ts'
import { besideWhoAnswers } from './chapters/beside-who-answers.ts'
import { oneAdminAlone } from './chapters/one-admin-alone.ts'
import { promoteToProduction } from './chapters/promote-to-production.ts'
import { promoteToStaging } from './chapters/promote-to-staging.ts'
import { recallWhatAnswers } from './chapters/recall-what-answers.ts'
import { rollBack } from './chapters/roll-back.ts'
import { scoreInProduction } from './chapters/score-in-production.ts'
import { tamperedBundle } from './chapters/tampered-bundle.ts'
import { theRecord } from './chapters/the-record.ts'
import { traceBack } from './chapters/trace-back.ts'
import { trainInStaging } from './chapters/train-in-staging.ts'
import { trainLocally } from './chapters/train-locally.ts'
import { twoWorkspaces } from './chapters/two-workspaces.ts'
import type { Chapter } from './demo.ts'

/** The plan's way, in order. Each begins where the one before it ended. */
export const chapters: readonly Chapter[] = [
  ...[twoWorkspaces, trainLocally, trainInStaging, promoteToStaging, promoteToProduction],
  ...[traceBack, scoreInProduction, answerOverHttp, anotherVersion, rollBack, recallWhatAnswers, besideWhoAnswers],
  ...[tamperedBundle, oneAdminAlone, theRecord],
]
