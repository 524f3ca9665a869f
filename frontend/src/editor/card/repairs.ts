/** What to call each error a card may show, and which repair it offers. No React. */

/** What a repair does; `none` says that there is nothing to press. */
export type Repair =
  | 'connect'
  | 'open'
  | 'cutOut'
  | 'addKey'
  | 'chooseKey'
  | 'bindKey'
  | 'addRunner'
  | 'usage'
  | 'retry'
  | 'none'

interface Row {
  title: string
  repair: Repair
}

/** By code; a test holds it to the codes that nodes, plans and the engine can give. */
export const ROWS: Readonly<Record<string, Row>> = {
  // A graph that cannot run.
  MISSING_INPUT: { title: 'An input is missing', repair: 'connect' },
  INVALID_VALUE: { title: 'A value has the wrong type', repair: 'open' },
  UNKNOWN_INPUT: { title: 'There is no such input', repair: 'none' },
  DUPLICATE_FIELD: { title: 'Two inputs have one name', repair: 'open' },
  TYPE_MISMATCH: { title: 'A connection does not fit', repair: 'none' },
  TWO_WIRES: { title: 'Too many connections', repair: 'none' },
  SELF_LOOP: { title: 'Connected to itself', repair: 'none' },
  CYCLE: { title: 'These nodes wait for each other', repair: 'none' },
  DANGLING_EDGE: { title: 'A connection leads nowhere', repair: 'none' },
  UNKNOWN_PORT: { title: 'A connection leads nowhere', repair: 'none' },
  UNKNOWN_NODE: { title: 'A node is missing', repair: 'none' },
  UNKNOWN_NODE_TYPE: { title: 'This node is not installed here', repair: 'none' },
  NOTHING_TO_RUN: { title: 'There is nothing to run', repair: 'none' },
  // A node that could not do its work.
  NODE_FAILED: { title: 'This node failed', repair: 'retry' },
  NODE_CRASHED: { title: 'This node has a fault', repair: 'retry' },
  worker_lost: { title: 'The server stopped while this ran', repair: 'retry' },
  TRANSPARENCY_MISSING: { title: 'The image has no transparency', repair: 'cutOut' },
  RUN_CAP_REACHED: { title: 'The run would cost too much', repair: 'usage' },
  INSUFFICIENT_CREDITS: { title: 'Not enough credits', repair: 'usage' },
  // Keys and runners.
  CREDENTIAL_MISSING: { title: 'A key is missing', repair: 'addKey' },
  CREDENTIAL_UNKNOWN: { title: 'A key is missing', repair: 'chooseKey' },
  CREDENTIAL_NOT_BOUND: { title: 'Your credential is needed', repair: 'bindKey' },
  NO_RUNNER: { title: 'No runner can take this', repair: 'addRunner' },
  RUNNER_UNREACHABLE: { title: 'The runner cannot be reached', repair: 'retry' },
  RUNNER_LOST: { title: 'The runner lost the request', repair: 'retry' },
  RUNNER_FAILED: { title: 'The runner failed', repair: 'retry' },
  RUNNER_STOPPED: { title: 'Stopped at the runner', repair: 'retry' },
  GRAPH_REJECTED: { title: 'The runner refused the graph', repair: 'none' },
  // Files and addresses.
  BAD_PICTURE: { title: 'This is not an image', repair: 'open' },
  BAD_VIDEO: { title: 'This is not a video or audio', repair: 'open' },
  FILE_NOT_FOUND: { title: 'The file no longer exists', repair: 'open' },
  QUOTA_EXCEEDED: { title: 'Your storage is full', repair: 'usage' },
  MEDIA_TOO_LARGE: { title: 'This needs too much memory', repair: 'open' },
  MEDIA_BUSY: { title: 'The server is busy', repair: 'retry' },
  TOO_LARGE: { title: 'This is too large', repair: 'open' },
  INVALID_BODY: { title: 'This cannot be read', repair: 'open' },
  BLOCKED_ADDRESS: { title: 'This URL is not allowed', repair: 'open' },
  UNREACHABLE: { title: 'The URL cannot be reached', repair: 'retry' },
  FETCH_TIMEOUT: { title: 'The URL took too long', repair: 'retry' },
  FETCH_TOO_LARGE: { title: 'The response is too large', repair: 'open' },
  FETCH_REFUSED: { title: 'This URL cannot be used', repair: 'open' },
}

const UNKNOWN: Row = { title: 'This node failed', repair: 'retry' }

export const rowOf = (code: unknown): Row =>
  (typeof code === 'string' && Object.hasOwn(ROWS, code) && ROWS[code]) || UNKNOWN

/** What stands on the button of a repair; empty without one. */
export function repairLabel(repair: Repair, provider = ''): string {
  switch (repair) {
    case 'connect':
      return 'Connect an input'
    case 'open':
      return 'Show the field'
    case 'cutOut':
      return 'Insert Remove background'
    case 'addKey':
      return provider ? `Add ${provider} key` : 'Add a key'
    case 'chooseKey':
    case 'bindKey':
      return 'Choose a key'
    case 'addRunner':
      return 'Add a runner'
    case 'usage':
      return 'Show usage'
    case 'retry':
      return 'Try again'
    case 'none':
      return ''
  }
}

/** The page where a repair is made; null for one that is made here. */
export function repairPage(repair: Repair): string | null {
  if (repair === 'addKey') return '/settings#credentials'
  if (repair === 'addRunner') return '/runners'
  return repair === 'usage' ? '/settings#usage' : null
}
