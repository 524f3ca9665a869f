/** Journals of earlier versions (`tests/golden`) are shown as they ended. */

import { expect, it } from 'vitest'
import after13 from '../../../tests/golden/0013.json'
import after15 from '../../../tests/golden/0015.json'
import after16 from '../../../tests/golden/0016.json'
import after29 from '../../../tests/golden/0029.json'
import type { RunEvent } from '../api/schema'
import { words } from './eventWords'
import { type Folded, fold, NO_RUN } from './fold'

/** What the API calls the state of a node, and what the pages call it. */
const STATES: Record<string, readonly string[]> = {
  completed: ['done', 'cached'],
  failed: ['failed'],
  skipped: ['skipped', 'cancelled'],
  running: ['running'],
  pending: ['queued', 'cancelled', 'skipped'],
}

type Golden = typeof after16

function journal(golden: Golden, run: string): RunEvent[] {
  const { columns, rows } = golden.tables.workflows_event
  return rows
    .map(row => Object.fromEntries(columns.map((name, at) => [name, row[at]])))
    .filter(row => row.run_id === run.replaceAll('-', ''))
    .map(row => ({
      ...JSON.parse(String(row.data)),
      seq: row.seq,
      type: row.type,
      at: `${String(row.at).replace(' ', 'T')}Z`,
    }))
}

const goldens = { after13, after15, after16, after29 } as unknown as Record<string, Golden>

it.each(Object.keys(goldens))('a journal is folded to what its version said: %s', name => {
  const golden = goldens[name] as Golden
  for (const [kind, run] of Object.entries(golden.runs)) {
    const read = golden.read[kind as keyof Golden['read']]
    const events = journal(golden, run)
    // The last lines of the unfinished one came after it was read.
    if (kind === 'unfinished') expect(events.length).toBeGreaterThanOrEqual(read.lastSeq)
    else expect(events.length, kind).toBe(read.lastSeq)
    const folded: Folded = { summary: { ...NO_RUN, id: run }, nodes: new Map() }
    fold(folded, events)
    expect(folded.summary.status, kind).toBe(read.status === 'processing' ? 'running' : read.status)
    for (const node of read.nodes) {
      const shown = folded.nodes.get(node.id)
      expect(STATES[node.status], `${kind} ${node.id}`).toContain(shown?.state)
      if (node.status === 'completed') expect(shown?.output, node.id).toBeTruthy()
    }
    for (const event of events) expect(words(event).text).not.toBe('')
  }
})
