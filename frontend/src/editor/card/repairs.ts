/** What to call each error a card may show, and which repair it offers. No React. */
import { texts as editorTexts } from '../texts'
import { texts } from './texts'

/** What a repair does; `none` says that there is nothing to press. */
export type Repair =
  | 'connect'
  | 'open'
  | 'cutOut'
  | 'addKey'
  | 'chooseKey'
  | 'bindKey'
  | 'addRunner'
  | 'model'
  | 'weights'
  | 'server'
  | 'usage'
  | 'cap'
  | 'retry'
  | 'run'
  | 'none'

interface Row {
  title: string
  repair: Repair
}

/** By code; a test holds it to the codes that nodes, plans and the engine can give. */
export const ROWS: Readonly<Record<string, Row>> = {
  // A graph that cannot run.
  MISSING_INPUT: { title: texts.anInputIsMissing, repair: 'connect' },
  INVALID_VALUE: { title: texts.aValueHasTheWrongType, repair: 'open' },
  UNKNOWN_INPUT: { title: texts.thereIsNoSuchInput, repair: 'none' },
  DUPLICATE_FIELD: { title: texts.twoInputsHaveOneName, repair: 'open' },
  TYPE_MISMATCH: { title: texts.aConnectionDoesNotFit, repair: 'none' },
  TWO_WIRES: { title: texts.tooManyConnections, repair: 'none' },
  SELF_LOOP: { title: texts.connectedToItself, repair: 'none' },
  CYCLE: { title: texts.theseNodesWaitForEachOther, repair: 'none' },
  DANGLING_EDGE: { title: texts.aConnectionLeadsNowhere, repair: 'none' },
  UNKNOWN_PORT: { title: texts.aConnectionLeadsNowhere, repair: 'none' },
  UNKNOWN_NODE: { title: texts.aNodeIsMissing, repair: 'none' },
  UNKNOWN_NODE_TYPE: { title: texts.thisNodeIsNotInstalledHere, repair: 'none' },
  NO_RESULT: { title: texts.thereIsNoResultYet, repair: 'run' },
  NOTHING_TO_RUN: { title: texts.thereIsNothingToRun, repair: 'none' },
  // A node that could not do its work.
  NODE_FAILED: { title: texts.thisNodeFailed, repair: 'retry' },
  NODE_CRASHED: { title: texts.thisNodeHasAFault, repair: 'retry' },
  worker_lost: { title: texts.theServerStoppedWhileThisRan, repair: 'retry' },
  TRANSPARENCY_MISSING: { title: texts.theImageHasNoTransparency, repair: 'cutOut' },
  WEIGHTS_MISSING: { title: texts.theModelIsNotHereYet, repair: 'weights' },
  LIBRARY_MISSING: { title: texts.theModelsLibraryIsMissing, repair: 'model' },
  RUN_CAP_REACHED: { title: texts.theRunWouldCostTooMuch, repair: 'usage' },
  PAYER_CAP_REACHED: { title: texts.theOwnerPaysNoMoreToday, repair: 'open' },
  TOO_MANY_ITEMS: { title: texts.theListIsTooLong, repair: 'open' },
  INSUFFICIENT_CREDITS: { title: texts.notEnoughCredits, repair: 'usage' },
  // Models and their providers.
  MODEL_MISSING: { title: texts.noModelIsChosen, repair: 'model' },
  MODEL_KEY_REFUSED: { title: texts.theKeyIsNotAccepted, repair: 'addKey' },
  MODEL_CREDIT: { title: texts.theProviderWantsCredit, repair: 'model' },
  KEY_CAP_REACHED: { title: texts.theKeysCapIsReached, repair: 'cap' },
  MODEL_BUSY: { title: texts.theProviderIsBusy, repair: 'retry' },
  MODEL_REFUSED: { title: texts.theModelRefusesThis, repair: 'open' },
  MODEL_GONE: { title: texts.thereIsNoSuchModel, repair: 'model' },
  MODEL_FAILED: { title: texts.theProviderFailed, repair: 'retry' },
  SERVER_NOT_ALLOWED: { title: texts.thisServerIsNotAllowed, repair: 'server' },
  // Keys and runners.
  CREDENTIAL_MISSING: { title: texts.aKeyIsMissing, repair: 'addKey' },
  CREDENTIAL_UNKNOWN: { title: texts.aKeyIsMissing, repair: 'chooseKey' },
  CREDENTIAL_NOT_BOUND: { title: texts.yourCredentialIsNeeded, repair: 'bindKey' },
  NO_RUNNER: { title: texts.noRunnerCanTakeThis, repair: 'addRunner' },
  RUNNER_UNREACHABLE: { title: texts.theRunnerCannotBeReached, repair: 'retry' },
  RUNNER_LOST: { title: texts.theRunnerLostTheRequest, repair: 'retry' },
  RUNNER_FAILED: { title: texts.theRunnerFailed, repair: 'retry' },
  RUNNER_STOPPED: { title: texts.stoppedAtTheRunner, repair: 'retry' },
  GRAPH_REJECTED: { title: texts.theRunnerRefusedTheGraph, repair: 'none' },
  // Files and URLs.
  BAD_PICTURE: { title: texts.thisIsNotAnImage, repair: 'open' },
  BAD_VIDEO: { title: texts.thisIsNotAVideo, repair: 'open' },
  FILE_NOT_FOUND: { title: texts.theFileNoLongerExists, repair: 'open' },
  QUOTA_EXCEEDED: { title: texts.yourStorageIsFull, repair: 'usage' },
  MEDIA_TOO_LARGE: { title: texts.thisNeedsTooMuchMemory, repair: 'open' },
  MEDIA_CRASHED: { title: texts.theWorkOnThisFileCrashed, repair: 'open' },
  MEDIA_TIMEOUT: { title: texts.thisFileTakesTooLong, repair: 'open' },
  UNAVAILABLE: { title: texts.theServerIsBusy, repair: 'retry' },
  MEDIA_BUSY: { title: texts.theServerIsBusy, repair: 'retry' },
  TOO_LARGE: { title: texts.thisIsTooLarge, repair: 'open' },
  INVALID_BODY: { title: texts.thisCannotBeRead, repair: 'open' },
  BLOCKED_ADDRESS: { title: texts.thisUrlIsNotAllowed, repair: 'open' },
  UNREACHABLE: { title: texts.theUrlCannotBeReached, repair: 'retry' },
  FETCH_TIMEOUT: { title: texts.theUrlTookTooLong, repair: 'retry' },
  FETCH_TOO_LARGE: { title: texts.theResponseIsTooLarge, repair: 'open' },
  FETCH_REFUSED: { title: texts.thisUrlCannotBeUsed, repair: 'open' },
}

const UNKNOWN: Row = { title: texts.thisNodeFailed, repair: 'retry' }

export const rowOf = (code: unknown): Row =>
  (typeof code === 'string' && Object.hasOwn(ROWS, code) && ROWS[code]) || UNKNOWN

/** The label of a repair's button; empty without one. */
export function repairLabel(repair: Repair, provider = ''): string {
  switch (repair) {
    case 'connect':
      return texts.connectAnInput
    case 'open':
      return texts.showTheField
    case 'cutOut':
      return texts.insertRemoveBackground
    case 'addKey':
      return provider ? texts.addProviderKey(provider) : texts.addAKey
    case 'chooseKey':
    case 'bindKey':
      return texts.chooseAKey
    case 'addRunner':
      return texts.addARunner
    case 'model':
      return editorTexts.chooseAModel
    case 'weights':
      return texts.downloadIt
    case 'server':
      return texts.allowTheServer
    case 'usage':
      return texts.showUsage
    case 'cap':
      return texts.raiseTheCap
    case 'retry':
      return editorTexts.tryAgain
    case 'run':
      return editorTexts.runToHere
    case 'none':
      return ''
  }
}

/** The page where a repair is made; null for one that is made here. `key` is the one in question. */
export function repairPage(repair: Repair, key = ''): string | null {
  if (repair === 'cap') return `/models#cap=${encodeURIComponent(key)}`
  if (repair === 'addKey') return '/settings#credentials'
  if (repair === 'addRunner') return '/runners'
  if (repair === 'server') return '/models'
  return repair === 'usage' ? '/settings#usage' : null
}
